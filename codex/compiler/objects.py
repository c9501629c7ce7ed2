"""Object types: classes of requests and answers that no table gives."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.architecture import Architecture, ObjectType, TypeField
from codex.common.documents.base import attribute
from codex.common.documents.typetext import names_in
from codex.compiler.examples import examples_of
from codex.compiler.names import enum_member, snake, taken_names
from codex.compiler.source import (
    Module,
    Rendered,
    docstring,
    indent,
    literal,
    sentence,
    text_literal,
)
from codex.compiler.spelling import in_words, spell_type
from codex.compiler.tables import factory


def objects_file(architecture: Architecture) -> Rendered:
    """`app/types/objects.py`."""
    return _ObjectTypes(architecture).render()


class _ObjectTypes:
    """Writes `app/types/objects.py`."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.module = Module(
            "app/types/objects.py",
            "What requests and answers hold that is no row of a table.",
            taken_names(architecture),
        )
        self.sent = types_sent(architecture)

    def render(self) -> Rendered:
        """The module."""
        self.module.use("__future__", "annotations")
        for item in in_order(self.architecture.types):
            text = self.choice(item) if item.variants else self.object(item)
            self.module.add(f"type {item.name}", text)
        return self.module.render()

    def object(self, item: ObjectType) -> str:
        """A class with its fields."""
        members = {attribute(field.name) for field in item.fields}
        parts = [
            docstring(
                sentence(item.description, f"{in_words(snake(item.name)).capitalize()}."), "    "
            )
        ]
        options: list[str] = []
        if any(attribute(field.name) != field.name for field in item.fields):
            # Made in functions by its attributes, and read from JSON by its fields.
            options.append("validate_by_name=True, validate_by_alias=True")
        if item.name not in self.sent:
            options.append("from_attributes=True")
        elif examples := examples_of(self.architecture, item.name):
            options.append(f"json_schema_extra={literal({'examples': examples})}")
        if options:
            config = self.module.use("pydantic", "ConfigDict", members)
            parts += ["", f"model_config = {config}({', '.join(options)})"]
        parts += ["", *(self.field(item, field, members) for field in item.fields)]
        base = self.module.use("pydantic", "BaseModel", members)
        return f"class {item.name}({base}):\n" + indent("\n".join(parts))

    def field(self, item: ObjectType, field: TypeField, members: set[str]) -> str:
        """One field."""
        sent = item.name in self.sent
        bounded = field.type.partition(" ")[0] == "int" and not (
            field.minimum is None and field.maximum is None
        )
        annotation = spell_type(
            self.architecture, self.module, field.type, members, sent=sent, bounded=bounded
        )
        arguments: list[str] = []
        if field.optional:
            if field.default is None and "None" not in field.type:
                annotation = f"{annotation} | None"
            arguments += self.default(field, members, annotation)
        arguments += self.bounds(field, members)
        if bounded and sent:
            word, name = ("ge", "MIN_INTEGER") if field.minimum is None else ("le", "MAX_INTEGER")
            if field.minimum is None or field.maximum is None:
                arguments.append(f"{word}={self.module.use('app.fields', name, members)}")
        name = attribute(field.name)
        if name != field.name:
            arguments.append(f'validation_alias="{field.name}", serialization_alias="{field.name}"')
        if field.description:
            arguments.append(f"description={text_literal(sentence(field.description))}")
        if not arguments:
            return f"{name}: {annotation}"
        if len(arguments) == 1 and arguments[0].startswith("default="):
            return f"{name}: {annotation} = {arguments[0].removeprefix('default=')}"
        made = self.module.use("pydantic", "Field", members)
        return f"{name}: {annotation} = {made}({', '.join(arguments)})"

    def default(self, field: TypeField, members: set[str], annotation: str) -> list[str]:
        """What stands for the field when it is left out."""
        value = field.default
        enum = self.architecture.database.enum(field.type)
        if enum is not None and value is not None:
            return [f"default={enum_member(enum, value)}"]
        match field.type:
            case "Decimal" if value is not None:
                made = self.module.use("decimal", "Decimal", members)
                return [f"default={made}({text_literal(str(value))})"]
            case "date" | "datetime" | "time" if value is not None:
                made = self.module.use("datetime", field.type, members)
                return [f"default={made}.fromisoformat({text_literal(str(value))})"]
            case _ if isinstance(value, list | dict):
                kind = annotation.removesuffix(" | None")
                return [f"default_factory={factory(value, literal(value), kind)}"]
            case _:
                return [f"default={literal(value)}"]

    def bounds(self, field: TypeField, members: set[str]) -> list[str]:
        """The arguments of Field that narrow the values."""
        found: list[str] = []
        for word, value in (("ge", field.minimum), ("le", field.maximum)):
            if isinstance(value, str):
                name = next(
                    (n for n in ("date", "datetime", "time") if n in names_in(field.type)), ""
                )
                if name:
                    made = self.module.use("datetime", name, members)
                    found.append(f"{word}={made}.fromisoformat({text_literal(value)})")
                else:
                    made = self.module.use("decimal", "Decimal", members)
                    found.append(f"{word}={made}({text_literal(value)})")
            elif value is not None:
                found.append(f"{word}={value!r}")
        for word, length in (("min_length", field.min_length), ("max_length", field.max_length)):
            if length is not None:
                found.append(f"{word}={length}")
        return found

    def choice(self, item: ObjectType) -> str:
        """A choice between objects, told apart by a field."""
        annotated = self.module.use("typing", "Annotated")
        field = self.module.use("pydantic", "Field")
        about = f"\n{docstring(sentence(item.description))}" if item.description else ""
        return (
            f"{item.name} = {annotated}[{' | '.join(item.variants)}, "
            f"{field}(discriminator={text_literal(item.discriminator or '')})]{about}"
        )


def in_order(types: Iterable[ObjectType]) -> list[ObjectType]:
    """`types`, each after those that it mentions, as far as that is possible."""
    waiting = {item.name: item for item in types}
    placed: list[ObjectType] = []
    while waiting:
        free = [
            item
            for item in waiting.values()
            if not {
                *item.variants,
                *(name for field in item.fields for name in names_in(field.type)),
            }
            & (waiting.keys() - {item.name})
        ]
        chosen = free[0] if free else next(iter(waiting.values()))
        placed.append(waiting.pop(chosen.name))
    return placed


def types_sent(architecture: Architecture) -> frozenset[str]:
    """The object types that requests hold, directly or inside of others."""
    objects = {item.name: item for item in architecture.types}
    waiting = [
        name for route in architecture.routes if route.request for name in names_in(route.request)
    ]
    sent: set[str] = set()
    while waiting:
        item = objects.get(waiting.pop())
        if item is None or item.name in sent:
            continue
        sent.add(item.name)
        waiting += item.variants
        waiting += [name for field in item.fields for name in names_in(field.type)]
    return frozenset(sent)
