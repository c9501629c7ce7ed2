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
    clause = _as_searching(clause)
    verbs = [verb.removesuffix("_by") for verb in clause.verbs]
    if clause.negated or not set(verbs) & _SEARCHING:
        return False
    if not all(verb in SEARCH | READ | {"paginate", "page"} for verb in verbs):
        return False
    searched = _searched(clause, world)
    if searched is None:
        return False
    thing, actors, rest = searched
    plain = [t for t in rest if t.tag != "ADV" and t.lower not in {".", "results", "list", "the"}]
    if not plain and verbs == ["search"]:
        return _whole_search(world, thing, clause, actors)
    if not plain and set(verbs) <= {"paginate", "page"}:
        return _paginated(world, thing, clause)
    parts = _by(rest, verbs)
    if parts is None:
        return False
    deed = world.deed(Verb.LIST, thing)
    unknown: list[Noun] = []
    searching = bool(set(verbs) & _TEXT_SEARCH)
    if not _keys(world, world.thing(thing), deed, parts, unknown, searching=searching):
        return False
    permit(world, deed, actors)
    world.say((clause.start, clause.end), thing, "", deed)
    for item in unknown:
        reason = f"{article(thing).capitalize()} has no such field."
        near = f"Each {spoken(thing)} has {article(item.field)}."
        world.not_understood.append(((item.start, item.end), reason, (near,)))
    return True


_TEXT_SEARCH = frozenset({"search", "find", "look_up", "query", "look_for"})
_SEARCHING = _TEXT_SEARCH | wordset("filter sort order narrow browse list paginate group")


def _as_searching(clause: Clause) -> Clause:
    """ "books are searchable by title" as "books can be searched by title"."""
    if clause.verb != "be" or not clause.rest or clause.rest[0].lower not in _ABLE:
        return clause
    words = list(clause.rest[1:])
    verbs = [_ABLE[clause.rest[0].lower]]
    while len(words) > 1 and words[0].tag in {"CONJ", "COMMA"} and words[1].lower in _ABLE:
        verbs.append(_ABLE[words[1].lower])
        words = words[2:]
    return replace(clause, verbs=tuple(verbs), rest=tuple(words), passive=True)


def _searched(clause: Clause, world: World) -> tuple[str, Actors, list[Token]] | None:
    """What is searched, by whom, and what is said of how."""
    actors = Actors()
    rest = list(clause.rest)
    thing: str | None
    if clause.passive:
        thing = _object(clause.subject, world)
    else:
        read = read_actors(clause.subject, world)
        if read is None and clause.subject:
            return None
        actors = read or actors
        thing = world.focus
        item = noun(clause.rest, 0)
        if item is not None and world.entity(item[0]) is not None and rest[0].lower != "by":
            if item[0].adjectives or item[0].owner:
                return None
            thing, rest = world.entity(item[0]), rest[item[1] :]
    return None if thing is None or thing not in world.things else (thing, actors, rest)


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
    mode = _mode(set(verbs))
    for words in _PAGED:
        if len(rest) > len(words) and starts(rest, len(rest) - len(words), words):
            rest = rest[: len(rest) - len(words)]
    rest, ranked = _ranked(rest)
    current: list[Token] | None = None
    for place, token in enumerate(rest):
        lead = token.lower in {"by", "on", "in", "using", "through"}
        if lead and (current is None or token.lower == "by"):
            current = []
            parts.append((mode, current))
        elif (switched := _switched(rest, place)) is not None:
            mode = switched
            while current and current[-1].tag in {"CONJ", "COMMA"}:
                current.pop()
            current = None
        elif current is not None:
            current.append(token)
        elif token.tag not in {"CONJ", "COMMA", "ADV"} and token.lower not in _RESULTS:
            return None
    if not parts and mode == "sort" and rest:
        parts = [("sort", rest)]
    if ranked:
        parts.append(("sort", ranked))
    return [part for part in parts if part[1]] or None


def _ranked(rest: list[Token]) -> tuple[list[Token], list[Token]]:
    """What stands before ", newest first", and the rank; prices and dates rank by themselves."""
    ranks = len(rest) > 3 and rest[-1].lower == "first" and rest[-3].tag in {"COMMA", "CONJ"}
    if ranks and rest[-2].lower in {"newest", "latest", "oldest"}:
        return rest[:-3], rest[-2:]
    return rest, []


_RESULTS = wordset("results them it that list")


def _mode(verbs: set[str]) -> str:
    """What the verbs of a clause do with what is named after them."""
    if verbs <= {"list", "browse", "show"}:
        return "list"
    if verbs <= {"sort", "order"}:
        return "sort"
    return "search" if verbs <= _TEXT_SEARCH else "filter"


def _switched(rest: list[Token], place: int) -> str | None:
    """The mode that begins at `place`: "… and sorted by price"."""
    token = rest[place]
    by = starts(rest, place + 1, ["by"])
    if token.lower in _ABLE and by:
        return _ABLE[token.lower]
    if token.lemma in {"sort", "order", "filter", "search"} and (token.tag == "VERB" or by):
        return "sort" if token.lemma == "order" else token.lemma
    return None


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
        if names is None or (unknown and mode == "list"):
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
