"""Scenarios: acceptance criteria as steps that code executes against the running service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from codex.common.documents.base import JsonValue, Part

StepMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Expect(Part):
    """What the answer must be."""

    model_config = ConfigDict(populate_by_name=True)

    status: int = Field(ge=100, le=599)
    """The HTTP status."""
    body: Annotated[JsonValue, Field(alias="json")] = None
    """What the answer's JSON must contain: an object by its named keys, a list element by element,
    `"$name"` for a saved value, `"*"` for anything that is there; None (absent) for no demand."""
    headers: dict[str, str] = {}
    """Headers that must be there, with these values."""


class Step(Part):
    """One call, or a jump in time."""

    model_config = ConfigDict(populate_by_name=True)

    actor: Annotated[str | None, Field(alias="as")] = None
    """Who calls: a role (`member`), another of it (`member:2`), or None for nobody."""
    method: StepMethod = "GET"
    """The HTTP method."""
    path: str = "/"
    """The path with values: `/books/$book.id`; `$name` stands for what was saved."""
    query: dict[str, JsonValue] = {}
    """Query parameters."""
    headers: dict[str, str] = {}
    """Request headers that a route reads, such as `Referer`."""
    body: Annotated[JsonValue, Field(alias="json")] = None
    """The JSON that is sent."""
    upload: dict[str, str] = {}
    """For a file route: `filename`, `media_type`, `content`."""
    times: Annotated[int, Field(ge=1, le=200)] = 1
    """How often in a row the call is made, each time with this expectation; `$turn` counts the
    calls from 1."""
    expect: Expect | None = None
    """None for a jump in time."""
    save: dict[str, str] = {}
    """Name to a place in the answer's JSON: `{"book": "."}`, `{"first": "items.0.id"}`."""
    advance: Annotated[
        str | None, Field(pattern=r"^[1-9][0-9]* (seconds?|minutes?|hours?|days?|weeks?)$")
    ] = None
    """How far the clock moves first: `15 days`."""


class Scenario(Part):
    """One course of events that shows criteria of one requirement."""

    name: str
    """What it shows, in a few words."""
    requirement: str
    """The requirement's id."""
    criteria: tuple[str, ...] = ()
    """The ids of the criteria that it shows."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What is done, in order; prerequisites are added by code."""
