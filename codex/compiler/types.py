"""Types of requests and answers: XCreate, XUpdate and XRead of each table, and object types."""

from __future__ import annotations

from collections.abc import Iterator

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import attribute
from codex.common.documents.codegraph import DerivedOperation
from codex.common.documents.schema import (
    PYTHON_TYPES,
    Column,
    ColumnType,
    DatabaseTable,
)
from codex.common.english import with_article
from codex.compiler.bodies import (
    MOMENT_WORDS,
    body_columns,
    changed_columns,
    is_moving,
    own_bodies,
    sent_columns,
    shown_columns,
)
from codex.compiler.examples import examples_of
from codex.compiler.names import (
    member_names,
    model_module,
    snake,
    taken_names,
)
from codex.compiler.objects import objects_file
from codex.compiler.physical import LENGTH_OF_FORMAT
from codex.compiler.source import (
    Module,
    Rendered,
    docstring,
    indent,
    literal,
    sentence,
    text_literal,
)
from codex.compiler.spelling import FORMATS, SENT_TYPES, in_words, spell_type
from codex.compiler.sql_text import decimal_size
from codex.compiler.tables import MODULE_OF_TYPE, default_text, factory
from codex.compiler.ties import Tie, body_ties, sent_ties, ties_of


def type_files(architecture: Architecture) -> tuple[Rendered, ...]:
    """`app/types/`."""
    tables = architecture.database.tables
    files = [_TableTypes(architecture, table).render() for table in tables]
    if architecture.types:
        files.append(objects_file(architecture))
    return (_package(architecture), *files) if files else ()


def _package(architecture: Architecture) -> Rendered:
    module = Module("app/types/__init__.py", "What requests and answers hold.")
    names: list[str] = []
    for enum in architecture.database.enums:
        module.imports.own("app.models.enums", enum.name)
        names.append(enum.name)
    for table in architecture.database.tables:
        for end in ("Create", "Update", "Read"):
            module.imports.own(f"app.types.{model_module(table)}", f"{table.model}{end}")
            names.append(f"{table.model}{end}")
        for name, _ in own_bodies(architecture, table):
            module.imports.own(f"app.types.{model_module(table)}", name)
            names.append(name)
    for item in architecture.types:
        module.imports.own("app.types.objects", item.name)
        names.append(item.name)
    module.add("fixed", f"__all__ = [{', '.join(text_literal(name) for name in sorted(names))}]")
    return module.render()


class _TableTypes:
    """Writes the module of one table's types."""

    def __init__(self, architecture: Architecture, table: DatabaseTable) -> None:
        self.architecture = architecture
        self.table = table
        self.module = Module(
            f"app/types/{model_module(table)}.py",
            f"What requests and answers hold of {in_words(table.name)}.",
            taken_names(architecture),
        )
        self.members = frozenset(member_names(table)) | {"password"}

    def use(self, module: str, name: str) -> str:
        """The name by which an import is known inside the classes."""
        return self.module.use(module, name, self.members)

    def render(self) -> Rendered:
        """The module."""
        one = in_words(snake(self.table.model))
        is_account = self.table.name == self.architecture.database.account
        password = f"password: {self.use('app.security', 'NewPassword')}" if is_account else ""
        created = f"What is sent to create {with_article(one)}."
        changed = f"What is sent to change {with_article(one)}; what is left out stays as it is."
        create, update = f"{self.table.model}Create", f"{self.table.model}Update"
        making, changing = (
            sent_ties(self.architecture, self.table, operation)
            for operation in (DerivedOperation.CREATE, DerivedOperation.UPDATE)
        )
        columns = sent_columns(self.architecture, self.table)
        self.add(create, created, columns, making, password)
        columns = changed_columns(self.architecture, self.table)
        self.add(update, changed, columns, changing, update=True)
        for name, route in own_bodies(self.architecture, self.table):
            columns, ties = (
                body_columns(self.architecture, route),
                body_ties(self.architecture, route),
            )
            if route.derived and route.derived.operation is DerivedOperation.UPDATE:
                self.add(name, changed, columns, ties, update=True)
            else:
                self.add(name, created, columns, ties, password)
        self.add_read(sentence(self.table.description, f"{with_article(one).capitalize()}."))
        return self.module.render()

    def add(
        self,
        name: str,
        about: str,
        columns: tuple[Column, ...],
        ties: tuple[Tie, ...],
        password: str = "",
        *,
        update: bool = False,
    ) -> None:
        """The class of a body."""
        fields = [self.sent(column, update=update) for column in columns]
        fields += [self.tied(tie, update=update) for tie in ties]
        fields += [password] if password else []
        parts = [docstring(about, "    ")]
        examples = examples_of(self.architecture, name)
        if examples:
            config = self.use("pydantic", "ConfigDict")
            shown = literal({"examples": examples})
            parts += ["", f"model_config = {config}(json_schema_extra={shown})"]
        if fields:
            parts += ["", *fields]
        checks = [line for column in columns for line in self.check(column, update=update)]
        if checks:
            datetime = self.use("datetime", "datetime")
            parts += [
                "",
                f"def check_dates(self, now: {datetime}) -> None:",
                '    """Refuse dates that this moment does not allow."""',
                *(f"    {line}" for line in checks),
            ]
        base = self.use("pydantic", "BaseModel")
        text = f"class {name}({base}):\n" + indent("\n".join(parts))
        self.module.add(f"type {name}", text)

    def add_read(self, about: str) -> None:
        """XRead."""
        config = self.use("pydantic", "ConfigDict")
        fields = [self.shown(column) for column in shown_columns(self.table)]
        for computed in self.table.computed:
            annotation = self.spell(computed.type)
            described = self.described(computed.name, computed.description)
            fields.append(f"{attribute(computed.name)}: {annotation}{described}")
        for tie in ties_of(self.architecture.database, self.table):
            ids = f"{self.use('builtins', 'list')}[{self.use('builtins', 'int')}]"
            fields.append(f"{tie.field}: {ids}{self.described(tie.field, tie.description)}")
        parts = [
            docstring(about, "    "),
            "",
            f"model_config = {config}(from_attributes=True)",
            "",
            *fields,
        ]
        base = self.use("pydantic", "BaseModel")
        name = f"{self.table.model}Read"
        self.module.add(f"type {name}", f"class {name}({base}):\n" + indent("\n".join(parts)))

    def described(self, name: str, description: str) -> str:
        """The assignment of an answer's field that holds no more than its name and description."""
        arguments = [] if attribute(name) == name else [f'serialization_alias="{name}"']
        if description:
            arguments.append(f"description={text_literal(sentence(description))}")
        field = self.use("pydantic", "Field") if arguments else ""
        return f" = {field}({', '.join(arguments)})" if arguments else ""

    def shown(self, column: Column) -> str:
        """A column of XRead."""
        annotation = self.annotation(column, sent=False)
        described = self.described(column.name, column.description)
        return f"{attribute(column.name)}: {annotation}{described}"

    def sent(self, column: Column, *, update: bool = False) -> str:
        """A column of XCreate or XUpdate, with all that is checked of it."""
        annotation, name = self.annotation(column, sent=True), attribute(column.name)
        arguments = [*self.default(column, update=update), *self.bounds(column)]
        if name != column.name:
            arguments.append(f'validation_alias="{column.name}"')
        if column.description:
            arguments.append(f"description={text_literal(sentence(column.description))}")
        if not arguments:
            return f"{name}: {annotation}"
        first = arguments[0]
        if len(arguments) == 1 and first.startswith("default="):
            return f"{name}: {annotation} = {first.removeprefix('default=')}"
        return f"{name}: {annotation} = {self.use('pydantic', 'Field')}({', '.join(arguments)})"

    def tied(self, tie: Tie, *, update: bool) -> str:
        """The ids of tied rows in XCreate or XUpdate."""
        nothing = f"{self.use('builtins', 'list')}[{self.use('builtins', 'int')}]"
        factory = self.use("app.fields", "absent") if update else nothing
        kind = self.use("app.fields", "TiedIds")
        about = f"default_factory={factory}, description={text_literal(tie.description)}"
        return f"{tie.field}: {kind} = {self.use('pydantic', 'Field')}({about})"

    def annotation(self, column: Column, *, sent: bool) -> str:
        """The column's type in a request or an answer."""
        if column.enum:
            self.module.imports.own("app.models.enums", column.enum)
            name = column.enum
        else:
            plain = PYTHON_TYPES[column.type]
            if sent:
                wanted = FORMATS.get(column.format or "", SENT_TYPES[plain])
                if wanted == "Integer" and self.bounds(column):
                    wanted = "Whole"
                if wanted == "Json" and not column.nullable:
                    wanted = "RequiredJson"
                name = self.use("app.fields", wanted)
            elif column.type is ColumnType.TIME:
                name = self.use("app.fields", SENT_TYPES[plain])
            else:
                name = self.use(MODULE_OF_TYPE.get(plain, "builtins"), plain)
            if not sent and column.type is ColumnType.DECIMAL:
                # As it is stored, also right after it was set.
                places = self.use("app.fields", "places")
                annotated = self.use("typing", "Annotated")
                name = f"{annotated}[{name}, {places}({decimal_size(column)[1]})]"
        return f"{name} | None" if column.nullable and plain_json(column) else name

    def default(self, column: Column, *, update: bool) -> list[str]:
        """What stands for a field that is left out."""
        moment = column.default in MOMENT_WORDS and column.type is not ColumnType.STRING
        if update or (moment and column.type in (ColumnType.DATE, ColumnType.DATETIME)):
            return [f"default_factory={self.use('app.fields', 'absent')}"]
        if column.default is None:
            return ["default=None"] if column.nullable else []
        enum = self.architecture.database.enum(column.enum or "")
        text = default_text(column, self.use, enum)
        if isinstance(column.default, list | dict):
            json = self.use("pydantic", "JsonValue")
            many = self.use("builtins", type(column.default).__name__)
            kind = f"{many}[{json}]" if isinstance(column.default, list) else f"{many}[str, {json}]"
            return [f"default_factory={factory(column.default, text, kind)}"]
        return [f"default={text}"]

    def bounds(self, column: Column) -> list[str]:
        """The arguments of Field that narrow the values."""
        found: list[str] = []
        bounded = column.minimum is not None or column.maximum is not None
        for value, exclusive, words in (
            (column.minimum, column.exclusive_minimum, ("ge", "gt")),
            (column.maximum, column.exclusive_maximum, ("le", "lt")),
        ):
            if value is not None and value not in MOMENT_WORDS:
                found.append(f"{words[exclusive]}={self.bound(column, value)}")
            elif bounded and column.type is ColumnType.INTEGER:
                limit = "MIN_INTEGER" if words[0] == "ge" else "MAX_INTEGER"
                found.append(f"{words[0]}={self.use('app.fields', limit)}")
        if column.type is ColumnType.DECIMAL:
            precision, scale = decimal_size(column)
            found += [f"max_digits={precision}", f"decimal_places={scale}"]
        if column.type in (ColumnType.STRING, ColumnType.TEXT):
            if column.min_length:
                found.append(f"min_length={column.min_length}")
            longest = column.max_length
            if column.type is ColumnType.STRING and not longest:
                longest = LENGTH_OF_FORMAT[column.format]
            if longest:
                found.append(f"max_length={longest}")
        return found

    def bound(self, column: Column, value: float | str) -> str:
        """A bound as Python source."""
        match column.type:
            case ColumnType.DATE | ColumnType.TIME:
                kind = PYTHON_TYPES[column.type]
                return f"{self.use('datetime', kind)}.fromisoformat({text_literal(str(value))})"
            case ColumnType.DATETIME:
                in_utc = self.use("app.fields", "in_utc")
                kind = self.use("datetime", "datetime")
                return f"{in_utc}({kind}.fromisoformat({text_literal(str(value))}))"
            case ColumnType.DECIMAL if not isinstance(value, int):
                return f"{self.use('decimal', 'Decimal')}({text_literal(str(value))})"
            case ColumnType.FLOAT if isinstance(value, str):
                return repr(float(value))
            case ColumnType.INTEGER if isinstance(value, str):
                return repr(int(value))
            case _:
                return repr(value)

    def check(self, column: Column, *, update: bool) -> Iterator[str]:
        """Statements that refuse what lies before or after this moment."""
        if not is_moving(column):
            return
        value = f"self.{attribute(column.name)}"
        given = f"{value} is not None and " if column.nullable else ""
        if not column.nullable and (update or column.default is not None):
            given = f"{text_literal(attribute(column.name))} in self.model_fields_set and "
        moment = "now" if column.type is ColumnType.DATETIME else "now.date()"
        word = "now" if column.type is ColumnType.DATETIME else "today"
        for bound, exclusive, wrong, text in (
            (column.minimum, column.exclusive_minimum, ("<", "<="), ("before", "after")),
            (column.maximum, column.exclusive_maximum, (">", ">="), ("after", "before")),
        ):
            if bound not in MOMENT_WORDS:
                continue
            self.module.imports.own("app.errors", "Invalid")
            say = (
                f"This must lie {text[1]} {word}."
                if exclusive
                else (f"This must not lie {text[0]} {word}.")
            )
            yield f"if {given}{value} {wrong[exclusive]} {moment}:"
            yield f"    raise Invalid({text_literal(say)}, field={text_literal(column.name)})"

    def spell(self, text: str) -> str:
        """A document's type in an answer."""
        return spell_type(self.architecture, self.module, text, self.members, sent=False)


def plain_json(column: Column) -> bool:
    """Whether None is not among the column's values anyway, as it is for JSON."""
    return column.type is not ColumnType.JSON
