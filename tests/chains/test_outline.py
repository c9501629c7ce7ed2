"""How the form of an answer is shown to models and people."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field

from codex.chains.outline import outline
from codex.chains.registry import AnyChain, all_chains
from codex.chains.schema import answer_schema, describable
from codex.common.documents.base import Part, SnakeName
from codex.common.wording import Wording


class Kind(StrEnum):
    """What it is."""

    BOOK = "book"
    MAP = "map"


class Circle(Part):
    """All points of one distance."""

    shape: Literal["circle"] = "circle"
    """A circle."""
    radius: Annotated[int, Field(ge=1, le=9)]
    """How far."""


class Square(Part):
    """Four equal sides."""

    shape: Literal["square"] = "square"
    """A square."""
    side: float = 1.5
    """How long."""


class Item(Part):
    """One thing on a shelf."""

    name: SnakeName
    """What it is called."""
    kind: Kind = Kind.BOOK
    """Of which kind."""
    shapes: tuple[Annotated[Circle | Square, Field(discriminator="shape")], ...] = ()
    """What it looks like."""
    notes: dict[str, str] = {}
    """Remarks by topic."""
    spot: tuple[int, int] | None = None
    """Row and place."""
    codes: Annotated[tuple[Annotated[str, Field(max_length=3)], ...], Field(min_length=1)]
    """Short ones."""


SHOWN = """\
answer = {  // One thing on a shelf.
  name: snake_name  // What it is called
  kind: Kind = "book"  // Of which kind
  shapes: (Circle | Square)[] = []  // What it looks like
  notes: {[name]: string} = {}  // Remarks by topic
  spot: [integer, integer] | null = null  // Row and place
  codes: string[]  // Short ones; at least 1 items; at most 3 characters
}

Kind = "book" | "map"  // What it is.

Circle = {  // All points of one distance.
  shape: "circle"
  radius: integer  // How far; at least 1; at most 9
}

Square = {  // Four equal sides.
  shape: "square"
  side: number = 1.5  // How long
}

snake_name = string  // lower-case letters, digits and single underscores: `order_item`; \
at most 63 characters"""


def test_every_key_stands_on_one_line_with_type_default_bounds_and_meaning() -> None:
    assert outline(answer_schema(Item, Wording(), {})) == SHOWN


def test_names_that_exist_are_offered() -> None:
    shown = outline(answer_schema(Item, Wording(), {"Item.name": ["atlas", "globe"]}))
    assert '  name: "atlas" | "globe"  // What it is called' in shown
    assert "snake_name" not in shown


@pytest.mark.parametrize("chain", all_chains(), ids=lambda chain: chain.name)
def test_it_says_all_that_the_schema_says_in_far_fewer_words(chain: AnyChain) -> None:
    schema = answer_schema(chain.output, Wording(), {})
    shown = outline(schema)
    for place, text in describable(chain.output).items():
        model, _, field = place.partition(".")
        part = schema if model == chain.output.__name__ else schema["$defs"][model]
        if field and "const" in part["properties"][field]:
            continue  # a tag says nothing more
        assert " ".join(text.split()).rstrip(".") in shown, place
    assert len(shown) < 0.6 * len(json.dumps(schema, indent=1, ensure_ascii=False))
