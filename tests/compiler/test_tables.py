"""Tables as source: column types, constraints with their errors, relations, indexes, owners."""

from __future__ import annotations

import pytest

from codex.common.documents.architecture import Architecture
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    Column,
    ColumnType,
    Constraint,
    DatabaseTable,
)
from codex.compiler import access, tables
from codex.compiler.physical import stored_table, stored_tables
from codex.compiler.sql_text import sql_literal, terms_sql
from tests.architectures import ARCHITECTURES, named
from tests.architectures.build import text


def files(architecture: Architecture) -> dict[str, str]:
    return {item.path: item.text for item in tables.model_files(architecture)}


def line(source: str, start: str) -> str:
    return next(item.strip() for item in source.splitlines() if item.strip().startswith(start))


def test_a_column_of_every_type_says_what_it_stores() -> None:
    patient = files(named("clinic"))["app/models/patient.py"]
    visit = files(named("clinic"))["app/models/visit.py"]
    assert line(patient, "born_on:") == "born_on: date"
    assert line(patient, "height:") == "height: float | None = None"
    assert "sa_type=JSON_VALUE" in line(patient, "allergies:")
    assert line(patient, "card:") == "card: UUID = Field(unique=True)"
    assert line(patient, "web:") == "web: str | None = Field(default=None, max_length=2048)"
    assert "starts_at: datetime = Field(sa_type=UtcDateTime, index=True)" in visit
    assert 'sa_type=by_value(VisitKind, "kind")' in line(visit, "kind:")
    assert "sa_type=ExactDecimal(8, 3)" in line(visit, "fee:")
    assert "sa_type=BigInteger" in line(visit, "room:")


def test_constraints_have_names_and_errors() -> None:
    constraints = files(named("library"))["app/constraints.py"]
    assert '"uq_books_isbn": IsbnTaken' in constraints
    assert '"ck_books_lent": NoCopiesLeft' in constraints
    assert '"book_tags.book_id, book_tags.tag_id": "uq_book_tags_tie"' in constraints
    assert '"fk_books_author_id": "author_id"' in constraints


def test_a_check_over_decimals_differs_on_sqlite() -> None:
    book = files(named("library"))["app/models/book.py"]
    assert 'CheckConstraint("price < 10000.50", name="price").ddl_if(dialect="postgresql")' in book
    assert 'CheckConstraint("price < 1000050", name="price").ddl_if(dialect="sqlite")' in book


def test_partial_uniqueness_is_an_index() -> None:
    loan = files(named("library"))["app/models/loan.py"]
    assert '"uq_loans_open", "book_id", "borrower", unique=True' in loan
    assert 'sqlite_where=text("returned_at IS NULL")' in loan


def test_relations_of_every_cardinality() -> None:
    found = files(named("staff"))
    employee = found["app/models/employee.py"]
    assert '"uselist": False' in line(employee, "badge:")
    assert '"remote_side": "Employee.id"' in line(employee, "manager:")
    assert 'passive_deletes="all"' in line(employee, "reports:")
    assert 'ondelete="SET NULL"' in line(employee, "manager_id:")
    group = files(named("tasks"))["app/models/group.py"]
    assert '"secondary": "memberships"' in line(group, "members:")


def test_every_reference_has_an_index_unless_another_begins_with_it() -> None:
    for name in ARCHITECTURES:
        for table in stored_tables(named(name)):
            leading = {item.columns[0] for item in table.indexes}
            leading |= {item.columns[0] for item in table.uniques if not item.where}
            for key in table.foreign_keys:
                assert key.column in leading, f"{name}: {table.name}.{key.column}"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_names_are_unique_and_fit(name: str) -> None:
    names: list[str] = []
    for table in stored_tables(named(name)):
        parts = (*table.uniques, *table.checks, *table.foreign_keys, *table.indexes)
        names += [item.name for item in parts]
    assert len(names) == len(set(names))
    assert all(len(item) <= 63 for item in names)


def test_terms_as_sql() -> None:
    table = DatabaseTable(
        name="t",
        model="T",
        columns=(
            text("group"),
            Column(name="price", type=ColumnType.DECIMAL, scale=2),
            Column(name="at", type=ColumnType.DATETIME),
        ),
    )

    def sql(name: str, op: Comparison, **other: object) -> tuple[str, str]:
        side = CheckSide.model_validate(other)
        return terms_sql((CheckTerm(column=name, op=op, other=side),), table)

    assert sql("group", Comparison.EQ, value="it's") == ("\"group\" = 'it''s'",) * 2
    assert sql("group", Comparison.IN, value=["a", "b"]) == ("\"group\" IN ('a', 'b')",) * 2
    assert sql("price", Comparison.GE, value="0.05") == ("price >= 0.05", "price >= 5")
    assert sql("price", Comparison.GE, value=0) == ("price >= 0",) * 2
    assert sql("at", Comparison.LT, value="2030-01-01T01:00:00+01:00") == (
        "at < '2030-01-01 00:00:00.000000+00:00'",
        "at < '2030-01-01 00:00:00.000000'",
    )
    assert sql("price", Comparison.NE, column="at") == ("price <> at",) * 2


def test_text_in_sql_cannot_end_early() -> None:
    assert sql_literal("'; DROP TABLE x; --") == "'''; DROP TABLE x; --'"


def test_owners_become_conditions() -> None:
    found = access.ownership_file(named("documents"))
    assert found is not None
    assert "return col(Folder.user_id) == user_id" in found.text
    assert (
        "col(Document.folder_id).in_(select(Folder.id).where(col(Folder.user_id) == user_id))"
        in found.text
    )
    tasks = access.ownership_file(named("tasks"))
    assert tasks is not None
    # Who belongs to a group is asked of the ties alone; the groups need not be joined.
    assert "select(Membership.group_id).where(col(Membership.user_id) == user_id)" in tasks.text
    assert 'Task: frozenset({"admin"})' in tasks.text


def test_no_accounts_no_owners() -> None:
    assert access.ownership_file(named("library")) is None


def test_a_constraint_without_an_error_is_none_of_the_service() -> None:
    table = stored_table(
        DatabaseTable(
            name="t",
            model="T",
            columns=(text("a"), text("b")),
            constraints=(Constraint(name="ab", kind="unique", columns=("a", "b"), error="E"),),
        ),
        named("notes").database,
    )
    assert [(item.name, item.error) for item in table.uniques] == [("uq_t_ab", "E")]
