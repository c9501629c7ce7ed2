"""Hostile names: they compile to something right, or are refused with the element named."""

from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex.common.documents.base import CLASS_MEMBERS, attribute, is_reserved
from codex.common.documents.schema import Column, ColumnType, DatabaseTable, EnumType
from codex.common.errors import DocumentError
from codex.compiler import tables, types
from codex.compiler.names import (
    check_names,
    enum_members,
    quoted,
    shortened,
    snake,
)
from tests.architectures.build import belongs, reference, service, text


def one_table(name: str = "things", model: str = "Thing", *columns: Column) -> DatabaseTable:
    return DatabaseTable(name=name, model=model, columns=columns or (text("name"),))


@pytest.mark.parametrize(
    ("table", "named"),
    [
        (one_table("auth_sessions"), "table 'auth_sessions'"),
        (one_table("sqlite_master"), "table 'sqlite_master'"),
        (one_table("a" * 60), f"table '{'a' * 60}'"),
        (one_table("things", "AuthSession"), "'AuthSession'"),
        (one_table("things", "None"), "'None'"),
        (one_table("things", "Exception"), "'Exception'"),
        (one_table("things", "Warning"), "table 'things'"),
    ],
)
def test_what_cannot_be_compiled_is_refused_with_its_name(table: DatabaseTable, named: str) -> None:
    with pytest.raises(DocumentError, match=named):
        check_names(service("s", "S", (table,), ()))


def test_classes_that_one_file_would_hold_are_refused() -> None:
    both = (one_table("a", "BookTag"), one_table("b", "Booktag"), one_table("c", "BookTAG"))
    with pytest.raises(DocumentError, match="tables 'a' and 'c'"):
        check_names(service("s", "S", both, ()))


def test_a_relation_may_be_called_copy() -> None:
    loans = DatabaseTable(
        name="loans",
        model="Loan",
        columns=(reference("copy"),),
        relations=(belongs("copy", "copies"),),
    )
    copies = one_table("copies", "Copy")
    files = {f.path: f.text for f in tables.model_files(service("s", "S", (loans, copies), ()))}
    assert "copy: " in files["app/models/loan.py"]


WORDS = {word for word in keyword.kwlist if word.islower()}
NAMES = st.one_of(
    st.sampled_from(
        sorted({*keyword.softkwlist, *WORDS, "int", "str", "list", "date", "datetime", "id_x"})
    ),
    st.sampled_from(sorted(CLASS_MEMBERS)),
    st.sampled_from(["select", "order", "group", "user", "sa", "col", "text", "utc_now", "field"]),
    st.from_regex(r"[a-z][a-z0-9]{0,20}(_[a-z0-9]{1,8}){0,3}", fullmatch=True),
).filter(lambda name: name != "_")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=6, unique=True),
    st.lists(st.sampled_from(sorted(ColumnType)), min_size=6, max_size=6),
)
def test_any_other_column_name_compiles(names: list[str], kinds: list[ColumnType]) -> None:
    names = [name for name in names if name not in {"id", "created_at", "updated_at"}]
    columns = tuple(
        Column(name=name, type=kind, enum="Field" if kind is ColumnType.ENUM else None)
        for name, kind in zip(names, kinds, strict=False)
    )
    enum = EnumType(name="Field", values=("a", "b"))
    built = service("s", "S", (one_table("columns", "Column", *columns),), (), enums=(enum,))
    for item in (*tables.model_files(built), *types.type_files(built)):
        tree = ast.parse(item.text)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                _no_member_is_hidden(node)


def _no_member_is_hidden(node: ast.ClassDef) -> None:
    """No annotation mentions a name that an earlier member has taken."""
    taken: set[str] = set()
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            used = {n.id for n in ast.walk(item.annotation) if isinstance(n, ast.Name)}
            assert not used & taken
            taken.add(item.target.id)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8, unique=True))
def test_every_enum_value_gets_a_member_of_its_own(values: list[str]) -> None:
    members = enum_members(EnumType.model_construct(name="E", values=tuple(values)))
    assert list(members.values()) == values
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in members)


def test_enum_members_read_well() -> None:
    enum = EnumType(name="E", values=("in progress", "größer", "2nd", "", "a b", "a-b"))
    assert list(enum_members(enum)) == [
        "IN_PROGRESS", "GROSSER", "VALUE_2ND", "VALUE_4", "A_B", "A_B_6",
    ]  # fmt: skip


@given(st.text(min_size=1, max_size=200))
def test_shortened_names_fit_and_stay_apart(name: str) -> None:
    assert len(shortened(name)) <= 63
    assert shortened(name) != shortened(name + "x" * 80)


def test_names_in_sql_are_quoted_where_sql_reserves_them() -> None:
    assert quoted("order") == '"order"'
    assert quoted("title") == "title"


@given(st.sampled_from(sorted({*keyword.kwlist, *CLASS_MEMBERS, "model_dump_of_it", "title"})))
def test_attributes_are_free_and_never_meet(name: str) -> None:
    inside = attribute(name)
    assert inside.isidentifier()
    assert not is_reserved(inside)
    assert inside not in CLASS_MEMBERS
    # No name of a document ends so; nothing else can become the same.
    assert inside == name or inside.endswith("_")
    assert attribute("copy", relation=True) == "copy"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("OrderItem", "order_item"), ("HTTPRoute", "http_route"), ("A", "a"), ("Book2", "book2")],
)
def test_snake(name: str, wanted: str) -> None:
    assert snake(name) == wanted
