"""What the writer of a function is shown of a table."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ObjectType, TypeField
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)
from codex.compiler.closure import compiled_type_text, object_text, table_text

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


def test_object_types_tell_their_bounds_and_what_is_there_when_a_field_is_left_out() -> None:
    score = TypeField(name="score", type="int", minimum=0, maximum=9, description="Points.")
    note = TypeField(name="note", type="str", optional=True, max_length=40)
    text = object_text(ObjectType(name="Result", fields=(score, note)))
    assert "    score: int  # minimum 0; maximum 9; Points." in text
    assert "    note: str | None = None  # max_length 40" in text


def test_what_callers_send_tells_formats_and_how_to_see_what_was_sent() -> None:
    link = DatabaseTable(
        name="links",
        model="Link",
        columns=(
            Column(name="address", type=ColumnType.STRING, format="url"),
            Column(name="code", type=ColumnType.STRING, changeable=False),
        ),
    )
    whole = Architecture.model_construct(database=DatabaseSchema(tables=(link,)))
    update = compiled_type_text(whole, link, "Update")
    assert "    address: str  # format url" in update
    assert "body.model_fields_set" in update
    assert "code" not in update
    assert "    code: str" in compiled_type_text(whole, link, "Create")
