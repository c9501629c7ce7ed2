"""One function in the making, and the functions of a route together."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from codex.blueprint.assemble import FunctionNotes
from codex.blueprint.template_source import head
from codex.builtin.contracts.operands import (
    settings_of,
)
from codex.common.documents.codegraph import (
    FunctionDefinition,
    FunctionParameter,
)
from codex.common.documents.rules import (
    Rule,
)


@dataclass
class Piece:
    """One function in the making."""

    name: str
    parameters: list[FunctionParameter]
    returns: str
    told: str
    rule: Rule | None = None
    reads: list[str] = field(default_factory=list[str])
    writes: list[str] = field(default_factory=list[str])
    raises: list[str] = field(default_factory=list[str])
    call: str = ""
    """How the main function calls it."""

    def source(self) -> str:
        """The stub's lines."""
        return f"{self.head}\n{docstring(self.told)}\n    ..."

    @property
    def head(self) -> str:
        """Its first line."""
        definition = FunctionDefinition.model_construct(parameters=tuple(self.parameters))
        return head(self.name, definition.input_type, self.returns)

    @property
    def notes(self) -> FunctionNotes:
        """What its source does not tell; examples come later."""
        return FunctionNotes(
            name=self.name,
            reads=tuple(self.reads),
            writes=tuple(self.writes),
            raises=tuple(self.raises),
            settings=tuple(settings_of(self.rule)) if self.rule else (),
            rule=self.rule,
        )


def docstring(text: str) -> str:
    """A docstring, indented, in lines that fit."""
    lines = textwrap.wrap(text, 92, break_long_words=False) or [""]
    if len(lines) == 1:
        return f'    """{lines[0]}"""'
    return "\n".join([f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """'])


@dataclass
class Composed:
    """A route's functions: the main one and its stubs."""

    template: str
    main: Piece
    stubs: list[Piece]
