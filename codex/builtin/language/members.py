"""What a noun means among the fields and ties of a thing, and what a list is sorted by."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.names import field_name, snake
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.specification import FieldType

TEXTUAL = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.URL}


RANGED = {
    FieldType.INTEGER,
    FieldType.DECIMAL,
    FieldType.FLOAT,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.TIME,
}


DESCENDING = wordset(
    """newest latest recent highest largest biggest best longest descending
    most greatest expensive"""
)


ASCENDING = wordset(
    """oldest lowest cheapest smallest earliest ascending shortest soonest alphabetically least"""
)


def moment_of(thing: Thing) -> str | None:
    """The field that says when: the only one, or the one that says from when."""
    moments = [i for i in thing.fields.values() if i.type in {FieldType.DATE, FieldType.DATETIME}]
    starts_ = [
        i for i in moments if any(hint in i.name for hint in ("start", "begin", "from", "date"))
    ]
    if len(moments) == 1:
        return moments[0].name
    return starts_[0].name if starts_ else None


def member(head: Noun, thing: Thing, world: World) -> str | None:
    """The field or tie of `thing` that a noun means."""
    if head.pronoun or not head.heads:
        return None
    candidates = [head.field, head.name, field_name(head.words), f"{thing.name}_{head.field}"]
    for name in candidates:
        if name in thing.fields or name in thing.relations:
            return name
        if (thing.name, name) in world.aliases:
            return world.aliases[thing.name, name]
    entity = world.known(head.name)
    if entity is not None:
        relation = next((r for r in thing.relations.values() if r.target == entity), None)
        if relation is not None:
            return relation.name
    if len(head.heads) > 1 and (first := world.known(head.heads[0].lemma)) is not None:
        inner = thing.relation_to(first)
        if inner is not None and first in world.things:
            rest = snake("_".join(head.words[1:]))
            if rest in world.things[first].fields:
                return f"{inner.name}.{rest}"
    ends = [
        name
        for name in (*thing.fields, *thing.relations)
        if name.endswith(f"_{head.name}") or name.startswith(f"{head.name}_")
    ]
    if len(ends) == 1:
        return ends[0]
    plural = [name for name in thing.relations if name == snake(" ".join(head.words))]
    if plural:
        return plural[0]
    created = wordset(
        """creation_date date_created creation_time newest date_added created recency"""
    )
    if head.field in created or (
        head.name == "date" and not any(f.type is FieldType.DATE for f in thing.fields.values())
    ):
        return "created_at"
    if head.name == "status":
        return next(
            (item.name for item in thing.fields.values() if item.type is FieldType.CHOICE), None
        ) or next(
            (item.name for item in thing.fields.values() if item.type is FieldType.BOOLEAN), None
        )
    if head.name in {"date", "time"}:
        dates = [
            item.name
            for item in thing.fields.values()
            if item.type in {FieldType.DATE, FieldType.DATETIME}
        ]
        if len(dates) == 1:
            return dates[0]
    return None


def sort_keys(tokens: Sequence[Token], thing: Thing, world: World) -> list[str] | None:
    """ "by price, cheapest first", "newest first", "due date descending"."""
    tokens = [
        t
        for t in tokens
        if t.lower not in {"by", ".", "order", "to", "the", "in", "with", "their", "its", "from"}
    ]
    keys: list[str] = []
    words = [token.lower for token in tokens]
    for index, token in enumerate(tokens):
        if token.lower in {"lowest", "highest", "low", "high"} and "to" not in words:
            pass
        if token.tag in {"COMMA", "CONJ"} or (
            token.lower
            in wordset(
                """first last then ascending descending asc desc alphabetically alphabetical on top
                at beginning date chronologically"""
            )
            and token.tag != "NOUN"
        ):
            continue
        if token.lower in DESCENDING | ASCENDING and token.tag != "NOUN":
            continue
        if token.tag == "NOUN":
            if index and tokens[index - 1].tag == "NOUN":
                continue
            start = index
            while (
                start
                and tokens[start - 1].tag == "ADJ"
                and tokens[start - 1].lower not in DESCENDING | ASCENDING
            ):
                start -= 1
            found = noun(tokens, start)
            name = member(found[0], thing, world) if found else None
            if name is None or name in thing.relations:
                return None
            keys.append(name)
            continue
        if token.tag == "ADJ" and index + 1 < len(tokens) and tokens[index + 1].tag == "NOUN":
            continue
        return None
    descending = bool(set(words) & (DESCENDING | {"desc"}))
    if not keys:
        keys = _implied_key(words, thing)
    elif "to" in words:
        descending = False
    return [f"-{key}" if descending else key for key in keys] or None


def _implied_key(words: list[str], thing: Thing) -> list[str]:
    """ "newest first" and "cheapest first" name their field by themselves."""
    if set(words) & {"newest", "latest", "recent", "oldest", "chronologically"}:
        return ["created_at"]
    if set(words) & {"cheapest", "expensive"}:
        return [name for name in thing.fields if name in {"price", "cost", "amount"}][:1]
    if set(words) & {"earliest", "soonest"}:
        return [
            item.name
            for item in thing.fields.values()
            if item.type in {FieldType.DATE, FieldType.DATETIME}
        ][:1]
    if set(words) & {"alphabetically", "alphabetical"}:
        return [name for name in thing.fields if name in {"name", "title", "last_name"}][:1]
    if set(words) & {"best"}:
        return [name for name in thing.fields if name in {"rating", "score", "points"}][:1]
    return []
