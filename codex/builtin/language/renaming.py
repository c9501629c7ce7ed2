"""Feedback that gives new names: "rename book to volume"."""

from __future__ import annotations

import re
from typing import Any

from codex.builtin.language.feedback import NAME, Draft, pattern
from codex.builtin.language.inflect import singular
from codex.builtin.language.names import entity_name, field_name, plural_name, spoken, title
from codex.common.documents.specification import (
    Entity,
    Specification,
)

_RENAME = pattern(
    rf"(?:rename|call|change the name of)\s+{NAME}(?:\s+(?:of|in)\s+{NAME})?",
    rf"\s+(?:to|into|as|instead|→|->)\s+{NAME}",
)
_CALL = pattern(rf"{NAME}\s+(?:should be|is|are|must be)\s+(?:called|named)\s+{NAME}")


def rename_part(draft: Draft, text: str) -> bool:
    """Give what the sentence names its new name."""
    match = _RENAME.match(text)
    if match:
        old, owner, new = match.groups()
    else:
        match = _CALL.match(text)
        if match is None:
            return False
        (old, new), owner = match.groups(), None
    target = entity_called(draft.document, old)
    if target is not None and owner is None:
        return _rename_entity(draft, target, entity_name([new]), text)
    found = field_called(draft.document, old, owner)
    if found is None:
        return False
    entity, name = found
    fresh = field_name([new], entity.name)
    _replace(draft, entity.name, {name: fresh}, text)
    return True


def _rename_entity(draft: Draft, entity: Entity, new: str, text: str) -> bool:
    if not new or any(other.name == new for other in draft.document.entities):
        return False
    old_title, new_title = title(entity.plural), title(plural_name(new))
    names = {entity.name: new, entity.plural: plural_name(new)}
    values = draft.document.model_dump(mode="json")
    for key in ("entities", "requirements", "features", "parameters", "roles", "assumptions"):
        values[key] = _renamed(values[key], names)
    for item in (*values["requirements"], *values["features"]):
        for key in ("feature", "name"):
            if item.get(key) == old_title:
                item[key] = new_title
    _quoted(values, f"entity:{new}", new_title, text)
    draft.document = Specification.model_validate(values)
    return True


def _replace(draft: Draft, entity: str, names: dict[str, str], text: str) -> None:
    """Rename a field wherever its entity is spoken of."""
    values = draft.document.model_dump(mode="json")
    for item in values["entities"]:
        if item["name"] == entity:
            item.update(
                _renamed({k: v for k, v in item.items() if k not in {"name", "plural"}}, names)
            )
    for requirement in values["requirements"]:
        if any(op["entity"] == entity for op in requirement["operations"]):
            requirement.update(
                _renamed({k: requirement[k] for k in ("text", "criteria", "operations")}, names)
            )
    place = next(
        (
            r
            for r in values["requirements"]
            if any(op["entity"] == entity for op in r["operations"])
        ),
        None,
    )
    if place is not None:
        place["quotes"] = [*place["quotes"], text]
    draft.document = with_feedback(draft, values)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """`value` with names and the words for them replaced; quotes stay as the client wrote them."""
    if isinstance(value, str):
        for old, new in names.items():
            whole = rf"(?<![a-z0-9_]){re.escape(old)}(?=_id\b|_ids\b|(?![a-z0-9_]))"
            value = re.sub(whole, new, value)
            value = re.sub(rf"(?<![\w]){re.escape(spoken(old))}(?![\w])", spoken(new), value)
        return value
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType] JSON
        return [_renamed(item, names) for item in items]
    if isinstance(value, dict):
        members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType] JSON
        return {
            key: item if key in {"quote", "quotes"} else _renamed(item, names)
            for key, item in members.items()
        }
    return value


def _quoted(values: dict[str, Any], name: str, feature: str, text: str) -> None:
    del name
    for item in values["requirements"]:
        if item["feature"] == feature:
            item["quotes"] = [*item["quotes"], text]
            break
    values["feedback"] = [*values["feedback"], text]


def with_feedback(draft: Draft, values: dict[str, Any]) -> Specification:
    """The document of `values`, whose quotes may already be of the feedback."""
    values["feedback"] = [*draft.document.feedback, draft.feedback]
    return Specification.model_validate(values)


def entity_called(document: Specification, words: str | None) -> Entity | None:
    """The entity that words name, in the singular or plural."""
    if not words:
        return None
    name = entity_name(words.split())
    return next(
        (item for item in document.entities if name in {item.name, entity_name([item.plural])}),
        None,
    )


def field_called(
    document: Specification, words: str, owner: str | None
) -> tuple[Entity, str] | None:
    """The field or tie that words name, and its entity."""
    parts = words.split()
    inside = entity_called(document, owner)
    if owner and inside is None:
        return None
    if (
        not owner
        and len(parts) > 1
        and (first := entity_called(document, re.sub("'s$", "", parts[0])))
    ):
        inside, parts = first, parts[1:]
    name = field_name(parts)
    for item in [inside] if inside else document.entities:
        members = {part.name for part in (*item.fields, *item.relations)}
        for candidate in (name, singular(name), f"{item.name}_{name}"):
            if candidate in members:
                return item, candidate
    return None
