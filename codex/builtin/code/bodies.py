"""The bodies of functions, each from its typed rule."""

from __future__ import annotations

from codex.blueprint.template_source import head
from codex.builtin.code.changes import Changes
from codex.builtin.code.guards import Guards
from codex.builtin.contracts.pieces import docstring
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.rules import (
    Aggregate,
    Change,
    Filter,
    Guard,
)
from codex.common.documents.schema import (
    DatabaseSchema,
)
from codex.common.errors import NotInMyPower


def function_source(definition: FunctionDefinition, database: DatabaseSchema) -> str:
    """The whole function, from its typed rule."""
    body = Body(definition, database).lines()
    first = head(
        definition.name,
        definition.input_type,
        definition.return_type,
        is_async=definition.is_async,
    )
    lines = "\n".join(f"    {line}" if line else "" for line in body)
    return f"{first}\n{docstring(definition.description)}\n{lines}\n"


class Body(Guards, Changes):
    """One function's body."""

    def lines(self) -> list[str]:
        """The statements, without indentation."""
        match self.definition.rule:
            case Filter() as rule:
                return self.filter(rule)
            case Aggregate() as rule:
                return self.aggregate(rule)
            case Guard() as rule:
                return self.guard(rule)
            case Change() as rule:
                return self.change(rule)
            case _:
                raise NotInMyPower(
                    f"The contract of {self.definition.name} has no typed rule.",
                    "Choose a language model, which writes from the description.",
                )
