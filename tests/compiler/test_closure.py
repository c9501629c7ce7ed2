"""What the writer of a function is shown of a table."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)
from codex.compiler.closure import table_text

USERS = DatabaseTable(name="users", model="User")
PAYMENTS = DatabaseTable(
    name="payments",
    model="Payment",
    columns=(
        Column(name="sender_id", type=ColumnType.INTEGER),
        Column(name="receiver_id", type=ColumnType.INTEGER, nullable=True),
        Column(
            name="amount",
            type=ColumnType.DECIMAL,
            scale=2,
            minimum="0",
            exclusive_minimum=True,
            maximum="9.99",
        ),
    ),
    relations=(
        Relation(name="sender", target="users", column="sender_id"),
        Relation(name="receiver", target="users", column="receiver_id"),
    ),
)


def test_rows_are_typed_as_the_models_are_and_bounds_are_exact() -> None:
    database = DatabaseSchema(tables=(USERS, PAYMENTS))
    text = table_text(Architecture.model_construct(database=database), PAYMENTS)
    assert "    sender: User\n" in text
    assert "    receiver: User | None\n" in text or text.endswith("    receiver: User | None")
    assert "more than 0; maximum 9.99" in text
