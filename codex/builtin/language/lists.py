"""Sentences about lists: searching, narrowing, sorting, and lists of rows in a certain state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.actors import Actors, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.members import RANGED, TEXTUAL, member, moment_of, sort_keys
from codex.builtin.language.names import article, snake, spoken
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.showing import LISTS
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import READ, SEARCH
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.specification import FieldType, Verb

_ABLE = {
    "searchable": "search",
    "filterable": "filter",
    "sortable": "sort",
    "findable": "search",
    "queryable": "search",
}


def read_search(clause: Clause, world: World) -> bool:
    """ "Books can be searched by title", "users filter tasks by status and due date"."""
    if clause.verb == "be" and clause.rest and clause.rest[0].lower in _ABLE:
        words = list(clause.rest[1:])
        verbs = [_ABLE[clause.rest[0].lower]]
        while len(words) > 1 and words[0].tag in {"CONJ", "COMMA"} and words[1].lower in _ABLE:
            verbs.append(_ABLE[words[1].lower])
            words = words[2:]
        clause = replace(clause, verbs=tuple(verbs), rest=tuple(words), passive=True)
    verbs = [verb.removesuffix("_by") for verb in clause.verbs]
    if (
        not verbs
        or clause.negated
        or not any(
            v
            in wordset(
                """search filter sort order find look_up query narrow browse list look_for paginate
                group"""
            )
            for v in verbs
        )
    ):
        return False
    if not all(verb in SEARCH | READ | {"paginate", "page"} for verb in verbs):
        return False
    if clause.passive:
        thing, actors, rest = _object(clause.subject, world), Actors(), list(clause.rest)
        if thing is None:
            return False
    else:
        read = read_actors(clause.subject, world)
        actors = read if read is not None else Actors()
        if read is None and clause.subject:
            return False
        item = noun(clause.rest, 0)
        if item is not None and world.entity(item[0]) is not None and clause.rest[0].lower != "by":
            if item[0].adjectives or item[0].owner:
                return False
            thing, rest = world.entity(item[0]), list(clause.rest[item[1] :])
        else:
            thing, rest = world.focus, list(clause.rest)
    if thing is None or thing not in world.things:
        return False
    searching = any(verb in {"search", "find", "look_up", "query", "look_for"} for verb in verbs)
    plain = [
        token
        for token in rest
        if token.tag != "ADV" and token.lower not in {".", "results", "list", "the"}
    ]
    if not plain and verbs == ["search"]:
        return _whole_search(world, thing, clause, actors)
    if not plain and set(verbs) <= {"paginate", "page"}:
        return _paginated(world, thing, clause)
    parts = _by(rest, verbs)
    if parts is None:
        return False
    deed = world.deed(Verb.LIST, thing)
    unknown: list[Noun] = []
    if not _keys(world, world.thing(thing), deed, parts, unknown, searching=searching):
        return False
    permit(world, deed, actors)
    world.say((clause.start, clause.end), thing, "", deed)
    for item in unknown:
        reason = f"{article(thing).capitalize()} has no such field."
        near = f"Each {spoken(thing)} has {article(item.field)}."
        world.not_understood.append(((item.start, item.end), reason, (near,)))
    return True


def _object(tokens: Sequence[Token], world: World) -> str | None:
    """The entity whose list a subject means: "books", "the list of books"."""
    place = 0
    for words in (
        ["the", "list", "of"],
        ["lists", "of"],
        ["a", "list", "of"],
        ["search", "results", "for"],
    ):
        if starts(tokens, 0, words):
            place = len(words)
    found = noun(tokens, place)
    if found is None or found[0].adjectives or found[0].only:
        return None
    head, end = found
    if end < len(tokens):
        return None
    if head.heads and head.heads[-1].lower in LISTS and len(head.heads) > 1:
        return world.known(snake(f"{head.heads[0].lemma}"))
    return world.entity(head)


def _whole_search(world: World, thing: str, clause: Clause, actors: Actors) -> bool:
    kept = world.thing(thing)
    texts = [item.name for item in kept.fields.values() if item.type in TEXTUAL]
    if not texts:
        return False
    deed = world.deed(Verb.LIST, thing)
    deed.search = list(dict.fromkeys([*deed.search, *texts]))
    permit(world, deed, actors)
    world.say((clause.start, clause.end), thing, "", deed)
    return True


def _paginated(world: World, thing: str, clause: Clause) -> bool:
    world.say((clause.start, clause.end), thing, "", world.deed(Verb.LIST, thing))
    return True


_PAGED = (["with", "pagination"], ["with", "paging"], ["and", "paginated"], ["page", "by", "page"])


def _by(rest: list[Token], verbs: list[str]) -> list[tuple[str, list[Token]]] | None:
    """What comes after each "by": pairs of what is done and the words for the fields."""
    parts: list[tuple[str, list[Token]]] = []
    mode = (
        "sort"
        if set(verbs) <= {"sort", "order"}
        else "search"
        if set(verbs) <= {"search", "find", "look_up", "query", "look_for"}
        else "filter"
    )
    if "search" in verbs and "filter" in verbs:
        mode = "filter"
    if set(verbs) <= {"list", "browse", "show"}:
        mode = "list"
    for words in _PAGED:
        if len(rest) > len(words) and starts(rest, len(rest) - len(words), words):
            rest = rest[: len(rest) - len(words)]
    place = 0
    current: list[Token] | None = None
    while place < len(rest):
        token = rest[place]
        if token.lower in {"by", "on", "in", "using", "through"} and (
            current is None or token.lower == "by"
        ):
            current = []
            parts.append((mode, current))
        elif token.lower in _ABLE and starts(rest, place + 1, ["by"]):
            mode = _ABLE[token.lower]
            while current and current[-1].tag in {"CONJ", "COMMA"}:
                current.pop()
            current = None
        elif token.lemma in {"sort", "order", "filter", "search"} and (
            token.tag == "VERB" or starts(rest, place + 1, ["by"])
        ):
            mode = {"order": "sort"}.get(token.lemma, token.lemma)
            while current and current[-1].tag in {"CONJ", "COMMA"}:
                current.pop()
            current = None
        elif starts(rest, place, ["for"]) and current is None:
            return None
        elif current is not None:
            current.append(token)
        elif token.tag not in {"CONJ", "COMMA", "ADV"} and token.lower not in {
            "results",
            "them",
            "it",
            "that",
            "list",
        }:
            return None
        place += 1
    if not parts and mode == "sort" and rest:
        parts = [("sort", rest)]
    return [part for part in parts if part[1]] or None


def _listed_by(name: str, thing: Thing) -> str:
    """ "list cars by price" sorts; "list tasks by project" narrows."""
    item = thing.fields.get(name)
    plain = item is not None and item.type not in {FieldType.CHOICE, FieldType.BOOLEAN}
    return "sorts" if plain else "filters"


def _keys(
    world: World,
    thing: Thing,
    deed: Deed,
    parts: list[tuple[str, list[Token]]],
    unknown: list[Noun],
    *,
    searching: bool,
) -> bool:
    """Put the fields of each "by" into the list's filters, ranges, search and sorts."""
    found: list[tuple[str, str]] = []
    for mode, tokens in parts:
        if mode == "sort":
            keys = sort_keys(tokens, thing, world)
            if keys is None:
                return False
            found += [("sorts", key) for key in keys]
            continue
        names = _fields(tokens, thing, world, unknown)
        if names is None:
            return False
        for name, ranged in names:
            item = thing.fields.get(name)
            if item is not None and item.type in TEXTUAL and (mode == "search" or searching):
                found.append(("search", name))
            elif mode == "list":
                found.append((_listed_by(name, thing), name))
            elif ranged and item is not None and item.type in RANGED:
                found.append(("ranges", name))
            else:
                found.append(("filters", name))
    for kind, name in found:
        values: list[str] = getattr(deed, kind)
        if name not in values:
            values.append(name)
    return True


def _fields(
    tokens: list[Token], thing: Thing, world: World, unknown: list[Noun]
) -> list[tuple[str, bool]] | None:
    """The fields and ties that words name: "title, author or price range"."""
    place = 0
    names: list[tuple[str, bool]] = []
    while place < len(tokens):
        if tokens[place].tag in {"COMMA", "CONJ", "ADV"} or tokens[place].lower in {
            ".",
            "either",
            "both",
        }:
            place += 1
            continue
        found = noun(tokens, place)
        if found is None:
            return None
        head, place = found
        ranged = False
        if (
            head.heads
            and head.heads[-1].lower in {"range", "ranges", "period", "interval"}
            and len(head.heads) > 1
        ):
            head = Noun(
                head.tokens, adjectives=head.adjectives, heads=head.heads[:-1], owner=head.owner
            )
            ranged = True
        if place < len(tokens) and tokens[place].lower in {"of", "from"}:
            if head.name in {"part", "range", "name"} and (follow := noun(tokens, place + 1)):
                ranged = ranged or head.name == "range"
                head, place = follow
            else:
                return None
        name = member(head, thing, world)
        if name is None and head.name in {"text", "keyword", "word", "phrase", "term"}:
            names += [(f.name, False) for f in thing.fields.values() if f.type in TEXTUAL]
            continue
        if (
            name is None
            and head.name in {"day", "date", "month", "week", "time"}
            and (moment := moment_of(thing))
        ):
            name, ranged = moment, True
        if name is None:
            unknown.append(head)
            continue
        names.append((name, ranged))
    return names or None
