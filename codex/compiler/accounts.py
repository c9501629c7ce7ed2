"""Accounts: the fixed files around them, with the account's own names put in."""

from __future__ import annotations

import re

from codex.common.documents.architecture import Architecture
from codex.common.documents.rules import PUBLIC, SIGNED_IN
from codex.common.documents.schema import DatabaseTable
from codex.common.errors import DocumentError
from codex.compiler.access import ownership_file
from codex.compiler.fixed import select, source
from codex.compiler.names import enum_member, snake
from codex.compiler.reading import reading
from codex.compiler.seeds import seeds_file
from codex.compiler.source import Rendered

ADMINISTRATORS = ("admin", "administrator")

# Names that the fixed files use, which no account's class may have.
_USED = frozenset(
    {"APIRouter", "Annotated", "Bearer", "Claims", "Credentials", "CurrentUser", "Database", "Db"}
    | {"Depends", "Literal", "Now", "RefreshToken", "Request", "Response", "Row", "Tokens"}
)


def account_features(architecture: Architecture) -> frozenset[str]:
    """`accounts`, and `roles` and `admin` where there are such."""
    table = account_table(architecture)
    if table is None:
        return frozenset()
    found = {"accounts"}
    role = table.column("role")
    if role is not None and role.enum:
        found.add("roles")
        if administrator(architecture) and not _has_own_route(architecture, table):
            found.add("admin")
    return frozenset(found)


def account_table(architecture: Architecture) -> DatabaseTable | None:
    """The table whose rows sign in."""
    account = architecture.database.account
    return architecture.database.table(account) if account else None


def administrator(architecture: Architecture) -> str | None:
    """The role that may give roles."""
    roles = [role.name for role in architecture.specification.roles]
    return next((name for name in ADMINISTRATORS if name in roles), None)


def role_path(table: DatabaseTable) -> str:
    """Where an administrator changes an account's role."""
    return f"/{table.name.replace('_', '-')}/{{{snake(table.model)}_id}}"


def _has_own_route(architecture: Architecture, table: DatabaseTable) -> bool:
    shape = re.sub(r"\{[^}]*\}", "{}", role_path(table))
    return any(
        route.method == "PATCH" and re.sub(r"\{[^}]*\}", "{}", route.path) == shape
        for route in architecture.routes
    )


def account_files(architecture: Architecture) -> tuple[Rendered, ...]:
    """`app/access.py`, `app/accounts.py`, `app/ownership.py`, `app/security.py`, `app/seeds.py`."""
    table = account_table(architecture)
    ownership = ownership_file(architecture)
    if table is None or ownership is None:
        return ()
    if table.model in _USED:
        raise DocumentError(
            f"table {table.name!r} is the account, and its class cannot be called {table.model!r}",
            "Give it another name.",
        )
    files = [_fixed(architecture, table, name) for name in ("access", "accounts", "security")]
    return (*files, ownership, seeds_file(architecture, table))


def _fixed(architecture: Architecture, table: DatabaseTable, name: str) -> Rendered:
    """A fixed file with the account's names in it."""
    how = reading(architecture, table)
    present = account_features(architecture)
    if how.plain:
        present |= {"plain"}
    if "Conflict" in unique_errors(table):
        present |= {"conflict"}
    text = select(source(f"{name}.py"), present)
    if how.plain:
        text = text.replace("from app.reading import read_account\n", "")
        text = re.sub(r"read_account\((\w+), session\)", r"AccountRead.model_validate(\1)", text)
    elif "settings" in how.needs:
        text = text.replace("read_account(user, session)", "read_account(user, session, settings)")
        text = re.sub(
            r"(def (?:signup|me|change_account)\([^)]*)\)", r"\1, settings: SettingsDep)", text
        )
    errors = ", ".join(dict.fromkeys(["Invalid", *unique_errors(table)]))
    text = text.replace("responses=problems())", f"responses=problems({errors}))")
    own = [error for error in unique_errors(table) if error != "Conflict"]
    if own and name == "accounts":
        text = text.replace(
            "from app.fields", f"from app.errors import {', '.join(own)}\nfrom app.fields", 1
        )
    one = snake(table.model)
    first = _first_role_argument(architecture, table)
    text = text.replace(
        "hash_password(body.password))\n", f"hash_password(body.password){first})\n"
    )
    text = text.replace("/accounts/{account_id}", role_path(table))
    text = text.replace('require("admin")', f'require("{administrator(architecture)}")')
    text = text.replace("account_id: RowId", f"{one}_id: RowId")
    text = text.replace("Account, account_id)", f"Account, {one}_id)")
    role = table.column("role")
    names = {
        "Account": table.model,
        "AccountCreate": f"{table.model}Create",
        "AccountRead": f"{table.model}Read",
        "AccountChange": f"{table.model}RoleUpdate",
        "AccountRole": (role.enum if role is not None else None) or "AccountRole",
        "read_account": how.one,
    }
    for old, new in names.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return Rendered(f"app/{name}.py", text)


def unique_errors(table: DatabaseTable) -> list[str]:
    """What a new account may be refused with, because another one has the same values."""
    found = [column.error or "Conflict" for column in table.columns if column.unique]
    return found + [constraint.error for constraint in table.constraints]


def _first_role_argument(architecture: Architecture, table: DatabaseTable) -> str:
    """The role of a new account, where the table has no default for it."""
    role = table.column("role")
    enum = architecture.database.enum(role.enum or "") if role is not None else None
    if role is None or enum is None or role.default is not None or role.nullable:
        return ""
    return f", role={enum_member(enum, first_role(architecture, table))}"


def first_role(architecture: Architecture, table: DatabaseTable) -> str | None:
    """The role that a new account has: the default, or else the one that may least."""
    role = table.column("role")
    enum = architecture.database.enum(role.enum or "") if role is not None else None
    if role is None or enum is None:
        return None
    if role.default is not None:
        return str(role.default)
    return min(
        enum.values, key=lambda value: (_rights(architecture, value), enum.values.index(value))
    )


def _rights(architecture: Architecture, role: str) -> tuple[bool, int]:
    """How much a role may: administrators last, then by the number of routes."""
    allowed = sum(
        not route.access or bool({role, PUBLIC, SIGNED_IN} & {grant.role for grant in route.access})
        for route in architecture.routes
    )
    return role in ADMINISTRATORS, allowed
