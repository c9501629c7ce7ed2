"""Draws one route's functions: the main function over typed stubs, each with its contract."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.assemble import Assembled, FunctionNotes, Surroundings, assemble
from codex.blueprint.code_graph_checks import check_code_graph
from codex.blueprint.revision import overlaid
from codex.chains.architect._told import told
from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.architecture import ErrorType, ObjectType, Setting
from codex.common.documents.architecture_checks import SERVICE_ERRORS
from codex.common.documents.base import Part, SnakeName
from codex.common.documents.codegraph import FunctionDefinition, Lock, RouteHeader
from codex.common.documents.rules import Rule
from codex.common.documents.schema import DatabaseSchema, DatabaseTable, EnumType
from codex.common.documents.specification import Requirement
from codex.common.services import Services


class StandingGraph(Part):
    """The functions of a route that stands already."""

    template: str
    """Their source."""
    functions: tuple[FunctionNotes, ...]
    """Their notes."""

    @property
    def told(self) -> tuple[str, ...]:
        """The notes as they are answered."""
        return tuple(
            item.model_dump_json(exclude_defaults=True, exclude={"rule"}) for item in self.functions
        )


class CodeGraphInputs(Part):
    """One route with its own surroundings, and nothing else of the service."""

    route: RouteHeader
    """Who may call it, what it takes and answers."""
    signature: str
    """The head of the main function, with all that it may be handed."""
    before: tuple[str, ...] = ()
    """What has happened before the main function is called."""
    requirements: tuple[Requirement, ...] = ()
    """What it serves, with acceptance criteria."""
    tables: tuple[DatabaseTable, ...] = ()
    """The tables that it may use."""
    enums: tuple[EnumType, ...] = ()
    """Their enums."""
    account: SnakeName | None = None
    """The table whose rows sign in."""
    types: tuple[ObjectType, ...] = ()
    """The object types of its request and answer."""
    errors: tuple[ErrorType, ...] = ()
    """The errors that it may raise."""
    settings: tuple[Setting, ...] = ()
    """The settings that it may read."""
    shared: tuple[FunctionDefinition, ...] = ()
    """Functions that are declared already and may be called."""
    rule: Rule | None = None
    """What it does in typed form, where that is known."""
    known: tuple[str, ...] = ()
    """The same as sentences."""
    standing: StandingGraph | None = None
    """Its functions as they are, where the service stands already."""

    @property
    def around(self) -> Surroundings:
        """What the answer may name."""
        database = DatabaseSchema(tables=self.tables, enums=self.enums, account=self.account)
        return Surroundings(database, self.types, self.errors, self.settings, self.shared)


class CodeGraphAnswer(Part):
    """The functions behind one route."""

    template: str
    """Python source: the main function with its body, then stubs: a docstring and `...` each."""
    functions: tuple[FunctionNotes, ...]
    """For each function of the template, the main one included, what the source does not tell."""
    locks: tuple[Lock, ...] = ()
    """Rows that must be locked first, beyond the route's own, because a check guards a write."""


SENTENCES = (
    Sentence("source", "{problem}. Write plain functions only."),
    Sentence(
        "no_main", "The template has no function {name}; the main function must have this name."
    ),
    Sentence(
        "signature",
        "{name} takes ({given}), but the route gives it ({wanted}); use this signature.",
    ),
    Sentence("returns", "{name} returns {given}, but this route answers from {wanted}."),
    Sentence("empty_main", "{name} has no body; write what it does, calling its stubs."),
    Sentence(
        "stub_with_body",
        "The stub {name} (line {line}) has a body; give it its docstring and `...` only.",
    ),
    Sentence(
        "no_docstring",
        "{name} (line {line}) has no docstring; say what it does and guarantees.",
    ),
    Sentence("contract", "The contract of {name} cannot be used: {problem}."),
    Sentence(
        "note_without_function",
        "`functions` describes {name}, which the template does not hold; add the stub, "
        "or leave it out.",
    ),
    Sentence(
        "function_without_note",
        "The template holds {name}, which `functions` does not describe; describe it.",
    ),
    Sentence(
        "unreachable",
        "{main} never calls {name}, not even through `calls` of another stub; use it, "
        "or leave it out.",
    ),
    Sentence("recursion", "Functions call each other in a circle: {circle}; undo the circle."),
    Sentence(
        "unknown_call",
        "{name} calls {called}, which is no stub, no shared function and not in the library.",
    ),
    Sentence("undefined_name", "{name} uses {thing}, which nothing defines."),
    Sentence("not_available", "{name} uses {thing}, which this route does not have."),
    Sentence(
        "query",
        "Line {line} of the template holds {what}; a template holds no queries: "
        "put it into a stub whose docstring says which rows are meant.",
    ),
    Sentence(
        "unknown_type",
        "{name}: {where} is of type {type}, which is no object type, no table's type and "
        "not standard.",
    ),
    Sentence(
        "unknown_error", "{name} raises {error}, which is not declared; declared are: {known}."
    ),
    Sentence(
        "undeclared_error",
        "{name} raises {error} in its body, but its `raises` does not list it; list it.",
    ),
    Sentence("unknown_setting", "{name} reads the setting {setting}, which does not exist."),
    Sentence("unknown_table", "{name} uses the table {table}, which does not exist."),
    Sentence(
        "lock",
        "{route} checks in {guard} what {write} then changes, and locks nothing: two calls at once "
        "would both pass the check. Name in `locks` the row that both must wait for.",
    ),
    Sentence("no_example", "{name} has no example; give at least one."),
    Sentence("example", "{problem}. Mend the example."),
    Sentence("error_without_example", "{name} raises {error}, but no example shows when; add one."),
)


def made(inputs: CodeGraphInputs, output: CodeGraphAnswer) -> Assembled:
    """The CodeGraph that an answer describes, mended by code where that is safe."""
    said = (output.template, output.functions)
    if inputs.standing is not None:
        before = (inputs.standing.template, inputs.standing.functions)
        said = overlaid(inputs.route.function_name, before, said)
    return assemble(inputs.route, *said, inputs.around, output.locks)


def check(inputs: CodeGraphInputs, output: CodeGraphAnswer) -> Iterator[Problem]:
    """Everything that must hold before the functions can be written."""
    yield from told(check_code_graph(made(inputs, output), inputs.around), SENTENCES)


def narrow(inputs: CodeGraphInputs) -> Narrowing:
    """The tables, errors and settings of this route."""
    tables = sorted(table.name for table in inputs.tables)
    errors = sorted({error.name for error in inputs.errors} | SERVICE_ERRORS)
    return {
        "FunctionNotes.reads": tables,
        "FunctionNotes.writes": tables,
        "FunctionNotes.raises": errors,
        "FunctionNotes.settings": sorted(setting.name for setting in inputs.settings),
        "Lock.table": tables,
    }


CHAIN = Chain(
    name="architect/code_graph",
    purpose="Draws one route's functions: the main function over typed stubs, with examples.",
    inputs=CodeGraphInputs,
    for_rules=frozenset({"rule"}),
    output=CodeGraphAnswer,
    check=check,
    sentences=SENTENCES,
    narrow=narrow,
)


async def code_graph(inputs: CodeGraphInputs, services: Services, *, place: str) -> CodeGraphAnswer:
    """The functions behind one route."""
    return await run(CHAIN, inputs, services, place=place)
