"""Types of documents, with their names imported into the file that mentions them."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.typetext import names_in
from codex.compiler.names import model_module
from codex.compiler.source import Module, spelled
from codex.compiler.tables import MODULE_OF_TYPE

# What `app.fields` calls a Python type that callers send.
SENT_TYPES = {
    "int": "Integer",
    "str": "Text",
    "bool": "Boolean",
    "float": "Float",
    "Decimal": "Exact",
    "date": "Day",
    "datetime": "Moment",
    "time": "TimeOfDay",
    "UUID": "Identifier",
    "JsonValue": "Json",
}
FORMATS = {"email": "Email", "url": "Url"}
PAGING = frozenset({"Page", "Items", "Value", "Groups", "Paging"})


def spell_type(
    architecture: Architecture,
    module: Module,
    text: str,
    members: Iterable[str],
    *,
    sent: bool,
    bounded: bool = False,
) -> str:
    """The type `text` with its names imported into `module`, as what callers send or are shown."""
    avoid = frozenset(members)
    names: dict[str, str] = {}
    for name in sorted(names_in(text)):
        if name == "time" or (sent and name in SENT_TYPES):
            wanted = "Whole" if bounded and name == "int" else SENT_TYPES[name]
            names[name] = module.use("app.fields", wanted, avoid)
            continue
        home = _element_home(architecture, name)
        if home is None:
            names[name] = module.use(_HOMES.get(name, "builtins"), name, avoid)
        elif module.path != f"{home.replace('.', '/')}.py":
            module.imports.own(home, name)
    return spelled(text, names)


def _element_home(architecture: Architecture, name: str) -> str | None:
    """The module of an element of the service; None for what Python or a library has."""
    database = architecture.database
    if database.enum(name):
        return "app.models.enums"
    table = database.model(name)
    if table is not None:
        return f"app.models.{model_module(table)}"
    table = _table_of_type(architecture, name)
    if table is not None:
        return f"app.types.{model_module(table)}"
    if any(item.name == name for item in architecture.types):
        return "app.types.objects"
    return None


_HOMES = {
    **MODULE_OF_TYPE,
    **dict.fromkeys(PAGING, "app.paging"),
    **dict.fromkeys(("Upload", "StoredFile"), "app.files"),
    "timedelta": "datetime",
    "Literal": "typing",
}


def _table_of_type(architecture: Architecture, name: str) -> DatabaseTable | None:
    for end in ("Create", "Update", "Read"):
        if name.endswith(end) and (found := architecture.database.model(name.removesuffix(end))):
            return found
    return None


def in_words(name: str) -> str:
    """`order item` for `order_item`."""
    return name.replace("_", " ")
