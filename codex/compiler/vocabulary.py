"""The names that a function body may use without importing them, and the import that gives each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codex.common.documents.architecture import Architecture

Import = tuple[str, str | None]
"""A module and the name in it; None for the module itself."""


def _from(module: str, *names: str) -> dict[str, Import]:
    return {name: (module, name) for name in names}


# What a writer of functions may take for granted, in the spelling that every service uses.
STANDARD_IMPORTS: Mapping[str, Import] = {
    **_from("collections", "Counter", "OrderedDict", "defaultdict", "deque"),
    **_from(
        "collections.abc",
        *("AsyncGenerator", "AsyncIterator", "Callable", "Collection", "Generator"),
        *("Iterable", "Iterator", "Mapping", "Sequence"),
    ),
    **_from("dataclasses", "dataclass", "field", "replace"),
    **_from("datetime", "UTC", "date", "datetime", "time", "timedelta", "timezone"),
    **_from("decimal", "ROUND_DOWN", "ROUND_HALF_EVEN", "ROUND_HALF_UP", "Decimal"),
    **_from("enum", "Enum", "IntEnum", "StrEnum"),
    **_from("fractions", "Fraction"),
    **_from("functools", "cache", "lru_cache", "partial", "reduce"),
    **_from("itertools", "chain", "combinations", "groupby", "islice", "pairwise", "product"),
    **_from("operator", "attrgetter", "itemgetter"),
    **_from("typing", "Annotated", "Any", "Final", "Literal", "NamedTuple", "TypedDict", "cast"),
    **_from("uuid", "UUID", "uuid4"),
    **_from("zoneinfo", "ZoneInfo"),
    **{
        name: (name, None)
        for name in (
            *("base64", "bisect", "calendar", "csv", "hashlib", "heapq", "hmac", "html", "io"),
            *("itertools", "json", "math", "random", "re", "secrets", "statistics", "string"),
            *("textwrap", "unicodedata", "zlib"),
        )
    },
    **_from(
        "sqlmodel",
        *("Session", "and_", "asc", "case", "col", "delete", "desc", "distinct", "exists"),
        *("func", "literal", "not_", "or_", "select", "update"),
    ),
    **_from("app.database", "Select", "day_of", "get_or_404", "lock"),
    **_from("app.clock", "months_later"),
    **_from("app.queries", "check_reference"),
    **_from("app.files", "Files", "StoredFile", "Upload"),
    **_from("app.paging", "Page", "Paging"),
    **_from("app.settings", "Settings"),
    **_from("app.errors", "Conflict", "Forbidden", "Gone", "Invalid", "NotFound"),
    **_from("pydantic", "JsonValue"),
}

ACCESS_IMPORTS: Mapping[str, Import] = _from(
    "app.access", "check_visible_reference", "get_visible", "is_visible", "visible"
)

SHARED_MODULE = "app.functions.shared"


@dataclass(frozen=True)
class Vocabulary:
    """All names of one service, with their imports."""

    imports: Mapping[str, Import]

    @classmethod
    def of(cls, architecture: Architecture) -> Vocabulary:
        """The vocabulary of the service that `architecture` describes; its own names win."""
        imports: dict[str, Import] = dict(STANDARD_IMPORTS)
        if architecture.database.account:
            imports |= ACCESS_IMPORTS
        for table in architecture.database.tables:
            imports |= _from("app.models", table.model)
            read_write = [f"{table.model}{end}" for end in ("Create", "Update", "Read")]
            imports |= _from("app.types", *read_write)
        imports |= _from("app.models", *(enum.name for enum in architecture.database.enums))
        imports |= _from("app.types", *(item.name for item in architecture.types))
        imports |= _from("app.errors", *(error.name for error in architecture.errors))
        imports |= _from("app.ports", *(item.name for item in architecture.port_functions))
        for name, module in function_modules(architecture).items():
            imports |= _from(module, name)
        return cls(imports)

    def statement(self, name: str) -> str | None:
        """The import statement that gives `name`; None where nothing does."""
        found = self.imports.get(name)
        if found is None:
            return None
        module, member = found
        return f"import {module}" if member is None else f"from {module} import {member}"

    def gives(self, module: str, member: str | None) -> bool:
        """Whether `from module import member` (or `import module`) is one of these imports."""
        return (module, member) in set(self.imports.values())


def function_modules(architecture: Architecture) -> dict[str, str]:
    """The module in which each function of the service stands."""
    modules = {item.name: SHARED_MODULE for item in architecture.shared}
    for route in architecture.routes:
        for item in route.functions:
            modules[item.name] = f"app.functions.{route.module}"
    return modules
