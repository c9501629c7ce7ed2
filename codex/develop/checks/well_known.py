"""Names that writers use without an import, beyond those that every service takes for granted."""

from __future__ import annotations

import sys
from collections.abc import Mapping

_MEMBERS: Mapping[str, str] = {
    "collections": "ChainMap UserDict namedtuple",
    "collections.abc": "AsyncIterator Awaitable Hashable MutableMapping",
    "contextlib": "contextmanager suppress",
    "dataclasses": "asdict astuple",
    "decimal": "InvalidOperation ROUND_CEILING ROUND_FLOOR ROUND_HALF_DOWN ROUND_UP localcontext",
    "enum": "Flag IntFlag auto",
    "functools": "cmp_to_key singledispatch total_ordering wraps",
    "itertools": "accumulate cycle dropwhile permutations starmap takewhile zip_longest",
    "math": "ceil floor gcd hypot isclose log2 log10 sqrt",
    "sqlalchemy": "literal_column nulls_first nulls_last tuple_",
    "sqlalchemy.exc": "IntegrityError NoResultFound",
    "sqlalchemy.orm": "aliased joinedload selectinload",
    "sqlmodel": "between extract insert text union union_all",
    "statistics": "fmean median pstdev stdev",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits",
    "types": "MappingProxyType SimpleNamespace",
    "typing": "ClassVar Dict FrozenSet List Optional Protocol Self Set Tuple Type TypeVar Union",
    "uuid": "uuid5",
}
_MODULES = {name: module for module, names in _MEMBERS.items() for name in names.split()}


def well_known(name: str) -> str | None:
    """The import statement behind `name`, where only one can be meant."""
    if name in _MODULES:
        return f"from {_MODULES[name]} import {name}"
    return f"import {name}" if name in sys.stdlib_module_names else None
