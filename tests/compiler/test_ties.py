"""Ties of many to many: what bodies and answers hold, and what documents may not say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from codex.common.documents.architecture import Architecture
from codex.compiler import compile_service
from tests.architectures import named


def changed(**changes: Any) -> Architecture:
    """The bookmarks with parts replaced."""
    return Architecture.model_validate(named("bookmarks").model_dump() | changes)


def with_tags_table(**changes: Any) -> Architecture:
    """The bookmarks whose table of tags' ties differs."""
    database = named("bookmarks").database.model_dump()
    for table in database["tables"]:
        if table["name"] == "bookmark_tags":
            table.update(changes)
    return changed(database=database)


def source(architecture: Architecture, path: str) -> str:
    """A compiled file."""
    return next(item.content for item in compile_service(architecture).files if item.path == path)


def test_bodies_and_answers_hold_ids() -> None:
    types = source(named("bookmarks"), "app/types/bookmark.py")
    assert types.count("tag_ids: TiedIds") == 2
    assert types.count("tag_ids: list[int]") == 1
    assert "tag_ids=tag_ids[row.id]" in source(named("bookmarks"), "app/reading.py")


def test_only_services_with_ties_have_what_ties_need() -> None:
    paths = {item.path for item in compile_service(named("notes")).files}
    assert "app/ties.py" not in paths
    assert "TiedIds" not in source(named("notes"), "app/fields.py")


def test_a_body_that_a_function_takes_holds_no_ids() -> None:
    """Only compiled routes make the ties that are sent."""
    architecture = named("bookmarks")
    routes = [route.model_dump() for route in architecture.routes]
    for route in routes:
        if route["function_name"] == "update_bookmark":
            route["derived"] = None
            name, takes = route["function_name"], "bookmark_id: int, body: BookmarkUpdate"
            route["template"] = f"def {name}({takes}, *, session: Session) -> Bookmark:\n    ...\n"
            route["functions"] = (
                {
                    "name": name,
                    "description": "Changes a bookmark.",
                    "kind": "main",
                    "parameters": [
                        {"name": "bookmark_id", "type": "int"},
                        {"name": "body", "type": "BookmarkUpdate"},
                        {"name": "session", "type": "Session", "keyword_only": True},
                    ],
                    "return_type": "Bookmark",
                },
            )
    types = source(changed(routes=routes), "app/types/bookmark.py")
    create, _, rest = types.partition("class BookmarkUpdate")
    assert "tag_ids: TiedIds" in create
    assert "tag_ids: TiedIds" not in rest


def test_a_tie_that_says_more_is_no_list_of_ids() -> None:
    column = {"name": "weight", "type": "integer", "default": 1}
    table = named("bookmarks").database.table("bookmark_tags")
    assert table is not None
    columns = [*(item.model_dump() for item in table.columns), column]
    with pytest.raises(ValidationError, match="rows of 'bookmark_tags' hold more than a tie"):
        with_tags_table(columns=columns)
    with pytest.raises(ValidationError, match="rows of 'bookmark_tags' hold more than a tie"):
        with_tags_table(timestamps=True)


def test_ids_need_a_name_of_their_own() -> None:
    database = named("bookmarks").database.model_dump()
    bookmarks = next(item for item in database["tables"] if item["name"] == "bookmarks")
    bookmarks["relations"][1]["ids"] = "title"
    with pytest.raises(ValidationError, match="title"):
        changed(database=database)


def test_a_route_over_ties_needs_a_side_to_begin_at() -> None:
    routes = [route.model_dump() for route in named("bookmarks").routes]
    for route in routes:
        if route["function_name"] == "list_bookmarks_of_tag":
            route["derived"]["parent"] = None
    with pytest.raises(ValidationError, match="needs a parent and two relations"):
        changed(routes=routes)
