"""From a template and notes about its functions to a CodeGraph: mended by code, then checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ValidationError
from pydantic.json_schema import SkipJsonSchema

from codex.blueprint import template_source as source_of
from codex.blueprint.finding import Finding, finding
from codex.blueprint.spelling import respelled
from codex.common.documents.architecture import ErrorType, Mend, ObjectType, Setting
from codex.common.documents.base import Part, SnakeName, violations
from codex.common.documents.codegraph import (
    CONTEXT,
    CodeGraph,
    Example,
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
    Lock,
    RouteHeader,
)
from codex.common.documents.rules import Rule
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.template import (
    Template,
    TemplateFunction,
    context_types,
    main_parameters,
    main_return_type,
    read_template,
)
from codex.common.documents.typetext import STANDARD, canonical


class FunctionNotes(Part):
    """What a template's source does not tell of one of its functions."""

    name: SnakeName
    """The function's name in the template."""
    reads: tuple[SnakeName, ...] = ()
    """Tables that it reads."""
    writes: tuple[SnakeName, ...] = ()
    """Tables that it inserts into, changes or deletes from."""
    calls: tuple[SnakeName, ...] = ()
    """For a stub: other stubs or shared functions that it will call."""
    raises: tuple[str, ...] = ()
    """Errors that it raises itself."""
    settings: tuple[SnakeName, ...] = ()
    """Settings that it reads."""
    effects: tuple[Literal["files", "network", "process"], ...] = ()
    """What it does outside the database; nothing unless said."""
    examples: tuple[Example, ...] = ()
    """Cases that it is tested with; at least one, and one for each error that it raises."""
    # Not in answer schemas: a language model describes, the built-in one knows.
    rule: SkipJsonSchema[Rule | None] = None
    """What it does in typed form, where that is of a known kind."""


@dataclass(frozen=True)
class Surroundings:
    """What a CodeGraph may name."""

    database: DatabaseSchema
    types: tuple[ObjectType, ...] = ()
    errors: tuple[ErrorType, ...] = ()
    settings: tuple[Setting, ...] = ()
    shared: tuple[FunctionDefinition, ...] = ()
    """Shared functions and those of ports."""

    @property
    def known_types(self) -> frozenset[str]:
        """Every name that a type expression may mention."""
        names: set[str] = set(STANDARD)
        for table in self.database.tables:
            names |= {f"{table.model}{end}" for end in ("", "Create", "Update", "Read")}
        names |= {enum.name for enum in self.database.enums}
        return frozenset(names | {item.name for item in self.types})


@dataclass
class Assembled:
    """A CodeGraph as far as it could be made, what code put right, and what is wrong with it."""

    graph: CodeGraph
    mends: list[Mend] = field(default_factory=list[Mend])
    findings: list[Finding] = field(default_factory=list[Finding])


def assemble(
    route: RouteHeader,
    template: str,
    notes: Iterable[FunctionNotes],
    around: Surroundings,
    locks: tuple[Lock, ...] = (),
) -> Assembled:
    """The CodeGraph of `route` that `template` and `notes` describe."""
    making = _Making(route, around)
    template = template.strip("\n") + "\n"
    read = read_template(template)
    header = CodeGraph(**{name: getattr(route, name) for name in RouteHeader.model_fields})
    if not read.functions:
        return Assembled(
            header, [], [finding("source", problem=p, at=("template",)) for p in read.problems]
        )
    template = making.mended(template)
    read = read_template(template)
    definitions = making.definitions(read, {note.name: note for note in notes})
    raised = dict.fromkeys([*route.raises, *(e for item in definitions for e in item.raises)])
    below = {item.name: item for item in around.shared}
    for item in definitions:
        raised |= dict.fromkeys(
            e for call in item.calls if call in below for e in below[call].raises
        )
    graph = header.model_copy(
        update={
            "template": template,
            "functions": definitions,
            "locks": tuple(dict.fromkeys([*route.locks, *locks])),
            "raises": tuple(raised),
        }
    )
    findings = [finding("source", problem=p, at=("template",)) for p in read.problems]
    return Assembled(graph, making.mends, [*findings, *making.findings])


class _Making:
    """One template while it is mended."""

    def __init__(self, route: RouteHeader, around: Surroundings) -> None:
        self.route = route
        self.around = around
        self.mends: list[Mend] = []
        self.findings: list[Finding] = []

    def mend(self, what: str) -> None:
        self.mends.append(Mend(place=f"template of {self.route.api_route}", what=what))

    def mended(self, template: str) -> str:
        """`template` with types in their right spelling, the main first, its head as computed."""
        known = self.around.known_types
        template, changed = source_of.retyped(template, lambda text: respelled(text, known))
        for old, new in dict.fromkeys(changed):
            self.mend(f"spelled the type {old} as {new}")
        main = self.route.function_name
        ordered = source_of.main_first(template, main)
        if ordered != template:
            self.mend("put the main function first")
        written = read_template(ordered).function(main)
        if written is None:
            return ordered
        return self._with_computed_head(ordered, written)

    def _with_computed_head(self, template: str, written: TemplateFunction) -> str:
        """Only the things of the context that its body uses are parameters, in their order."""
        available = context_types(self.route, self.around.database)
        plain = [p for p in written.parameters if p.name not in CONTEXT]
        wanted = main_parameters(self.route, self.around.database, ())
        if [p.name for p in plain] != [p.name for p in wanted]:
            return template  # told as a violation: an argument was lost, added or renamed
        used = tuple(n for n in CONTEXT if n in available and n in written.names)
        parameters = main_parameters(self.route, self.around.database, used)
        returns = main_return_type(self.route, self.around.database)
        right = FunctionDefinition.model_construct(parameters=parameters).input_type
        now = FunctionDefinition.model_construct(parameters=written.parameters).input_type
        if right == now and canonical(returns) == written.return_type:
            return template
        self.mend("wrote the main function's signature as the route gives it")
        head = source_of.head(written.name, right, returns, is_async=written.is_async)
        return source_of.with_signature(template, written.name, head)

    def definitions(
        self, read: Template, notes: dict[str, FunctionNotes]
    ) -> tuple[FunctionDefinition, ...]:
        """The contract of each function: its source tells half of it, its notes the other."""
        written = {item.name for item in read.functions}
        for name in notes:
            if name not in written:
                self.findings.append(finding("note_without_function", name=name))
        callable_names = written | {item.name for item in self.around.shared}
        found: list[FunctionDefinition] = []
        for item in read.functions:
            if item.name not in notes:
                self.findings.append(finding("function_without_note", name=item.name))
            note = notes.get(item.name, FunctionNotes.model_construct(name=item.name))
            calls = [name for name in item.calls if name in callable_names]
            try:
                found.append(self._definition(item, note, calls))
            except ValidationError as error:
                for problem in violations(error):
                    self.findings.append(finding("contract", name=item.name, problem=problem))
        return tuple(found)

    def _definition(
        self, item: TemplateFunction, note: FunctionNotes, calls: list[str]
    ) -> FunctionDefinition:
        main = item.name == self.route.function_name
        return FunctionDefinition(
            name=item.name,
            description=item.docstring,
            parameters=tuple(
                FunctionParameter(
                    name=parameter.name,
                    type=parameter.type or "?",
                    keyword_only=parameter.keyword_only,
                    default=parameter.default,
                )
                for parameter in item.parameters
            ),
            return_type=item.return_type or "?",
            kind=FunctionKind.MAIN if main else FunctionKind.STUB,
            is_async=item.is_async,
            reads=note.reads,
            writes=note.writes,
            calls=tuple(dict.fromkeys([*calls, *note.calls])),
            raises=note.raises,
            settings=note.settings,
            effects=note.effects,
            examples=note.examples,
            rule=note.rule,
        )
