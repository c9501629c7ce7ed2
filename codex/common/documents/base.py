"""What all documents share: frozen parts, safe text, names, versions, and clear refusals."""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from codex.common.errors import DocumentError, InputError

FORMAT_VERSION = 1

# Postgres keeps 63 bytes of a name, so longer ones would clash unseen.
NAME_LIMIT = 63

SnakeName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=NAME_LIMIT),
]
PascalName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=NAME_LIMIT)
]
ConstantName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", max_length=NAME_LIMIT)
]
# What the class of a row, a request or an answer has from its bases, or takes when it is made.
CLASS_MEMBERS = frozenset(
    """
    cls self metadata registry construct copy dict from_orm json parse_file parse_obj parse_raw
    schema
    schema_json update_forward_refs validate model_computed_fields model_config model_construct
    model_copy model_dump model_dump_json model_extra model_fields model_fields_set
    model_json_schema model_parametrized_name model_post_init model_rebuild model_validate
    model_validate_json model_validate_strings sqlmodel_update
    """.split()  # noqa: SIM905 a word list reads better as words
)
# Old methods of pydantic that nothing calls: an attribute that leads to other rows may hide them.
HIDEABLE = frozenset({"construct", "copy", "dict", "json", "schema", "validate"})

# A scalar as JSON knows it.
Scalar = str | int | float | bool | None

_UNSAFE_TEXT = re.compile("[\x00\ud800-\udfff]")


def unsafe_character(value: object) -> str | None:
    """The first character in `value`, however deep, that cannot be stored; None if all can."""
    if isinstance(value, str):
        found = _UNSAFE_TEXT.search(value)
        return found.group() if found else None
    if isinstance(value, dict):
        items = [*value.keys(), *value.values()]  # pyright: ignore[reportUnknownVariableType] any JSON
    elif isinstance(value, (list, tuple)):
        items = list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] any JSON
    else:
        return None
    for item in items:  # pyright: ignore[reportUnknownVariableType] any JSON
        if found_inside := unsafe_character(item):  # pyright: ignore[reportUnknownArgumentType] any JSON
            return found_inside
    return None


def check_text(text: str, name: str) -> str:
    """`text` unless it holds a NUL byte or a lone surrogate, which no part of codex takes."""
    if character := unsafe_character(text):
        raise InputError(
            f"{name} contains the character U+{ord(character):04X}, which cannot be stored.",
            "Remove it; text is taken as valid UTF-8 without NUL bytes.",
        )
    return text


class Part(BaseModel):
    """A frozen piece of a document; every text in it is storable."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    @model_validator(mode="after")
    def _text_is_safe(self) -> Self:
        for name in type(self).model_fields:
            if character := unsafe_character(getattr(self, name)):
                raise PydanticCustomError(
                    "unsafe_text",
                    "{field} contains the character U+{code}, which cannot be stored",
                    {"field": name, "code": f"{ord(character):04X}"},
                )
        return self


class Document(Part):
    """A stage's whole result: versioned, loadable from JSON and back without loss."""

    kind: ClassVar[str]
    format_version: int = FORMAT_VERSION
    """The version of this document's format."""

    def to_json(self) -> str:
        """The document as JSON text: stable order, two spaces, a final newline."""
        return self.model_dump_json(indent=2, by_alias=True) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "the document") -> Self:
        """The document in `text`; a `DocumentError` naming `source` where it cannot be read."""
        try:
            raw: JsonValue = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DocumentError(
                f"{source} is not JSON: {error}.", "Give a file that codex wrote."
            ) from None
        if not isinstance(raw, dict):
            raise DocumentError(
                f"{source} is not a JSON object.", f"A {cls.kind} document is expected."
            )
        version = raw.get("format_version")
        if version != FORMAT_VERSION:
            raise DocumentError(
                f"{source} has format version {version!r}; this codex reads {FORMAT_VERSION}.",
                "Use the codex that wrote it, or build it again.",
            )
        return cls.parse(raw, source)

    @classmethod
    def parse(cls, raw: JsonValue, source: str = "the document") -> Self:
        """The document in `raw`, or a `DocumentError` with every violation."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            lines = violations(error)
            more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
            raise DocumentError(
                f"{source} is not a valid {cls.kind}: {lines[0]}{more}",
                "Mend it there, or build it again.",
            ) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """The document in the file `path`."""
        try:
            return cls.from_json(path.read_bytes(), str(path))
        except OSError as error:
            raise InputError(
                f"{path} cannot be read: {error.strerror}.", "Name an existing file."
            ) from None


def violations(error: ValidationError) -> list[str]:
    """Each violation in `error` as one line: where, and what."""
    lines: list[str] = []
    for item in error.errors(include_url=False, include_context=True, include_input=False):
        place = ".".join(str(step) for step in item["loc"])
        lines.append(f"{place}: {item['msg']}" if place else item["msg"])
    return lines


class Violations:
    """Collects every broken cross-reference of a document, so that all are told at once."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def expect(self, condition: object, message: str) -> None:
        """Note `message` unless `condition` holds."""
        if not condition:
            self._found.append(message)

    def unique(self, names: list[str], what: str, where: str) -> None:
        """Note each of `names` that stands twice."""
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._found.append(f"{where} has two {what} named {name!r}")

    @property
    def found(self) -> tuple[str, ...]:
        """All that was found."""
        return tuple(self._found)

    def raise_if_any(self) -> None:
        """One error that lists all that was found."""
        if self._found:
            raise PydanticCustomError(
                "cross_reference", "{found}", {"found": "; ".join(self._found)}
            )


def is_reserved(name: str) -> bool:
    """Whether Python itself claims `name`."""
    return keyword.iskeyword(name) or name in {"None", "True", "False"}


def attribute(name: str, *, relation: bool = False) -> str:
    """What a column, field or relation called `name` is called in Python: `class_` for `class`.

    Requests, answers and the database say `class`. Nothing clashes: no name ends in `_`.
    """
    if name.startswith(("model_dump", "model_validate")):
        # Pydantic warns of every name that begins so.
        return f"field_{name}_"
    taken = is_reserved(name) or (name in CLASS_MEMBERS and not (relation and name in HIDEABLE))
    return f"{name}_" if taken else name


AnyJson = dict[str, Any]

__all__ = [
    "CLASS_MEMBERS",
    "FORMAT_VERSION",
    "HIDEABLE",
    "NAME_LIMIT",
    "AnyJson",
    "ConstantName",
    "Document",
    "Field",
    "JsonValue",
    "Part",
    "PascalName",
    "Scalar",
    "SnakeName",
    "Violations",
    "attribute",
    "check_text",
    "is_reserved",
    "unsafe_character",
    "violations",
]
