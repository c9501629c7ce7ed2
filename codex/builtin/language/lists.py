"""Sentences about lists: searching, narrowing, sorting, and lists of rows in a certain state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.actors import Actors, own, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import negate, read_condition, state_condition
from codex.builtin.language.names import article, field_name, snake, spoken
from codex.builtin.language.nouns import Noun, noun, nouns, starts
from codex.builtin.language.quantities import TIME_UNITS, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import READ, SEARCH
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import Comparison, Condition, Filter, Grant, Now, Scope
from codex.common.documents.specification import FieldType, Verb

_TEXTUAL = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.URL}
_RANGED = {
    FieldType.INTEGER,
    FieldType.DECIMAL,
    FieldType.FLOAT,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.TIME,
}
_SHOW = {
    "list",
    "show",
    "see",
    "view",
    "display",
    "get",
    "browse",
    "find",
    "retrieve",
    "return",
    "access",
    "fetch",
    "look_at",
    "read",
}
_LISTS = {"list", "overview", "view", "lists"}
_DESCENDING = {
    "newest",
    "latest",
    "recent",
    "highest",
    "largest",
    "biggest",
    "best",
    "longest",
    "descending",
    "most",
    "greatest",
    "expensive",
}
_ASCENDING = {
    "oldest",
    "lowest",
    "cheapest",
    "smallest",
    "earliest",
    "ascending",
    "shortest",
    "soonest",
    "alphabetically",
    "least",
}


_ABLE = {"searchable": "search", "filterable": "filter", "sortable": "sort", "findable": "search", "queryable": "search"}


def read_search(clause: Clause, world: World) -> bool:
    """ "Books can be searched by title", "users filter tasks by status and due date", "sort by price"."""
    if clause.verb == "be" and clause.rest and clause.rest[0].lower in _ABLE:
        words = [token for token in clause.rest[1:]]
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
            in {
                "search",
                "filter",
                "sort",
                "order",
                "find",
                "look_up",
                "query",
                "narrow",
                "browse",
                "list",
                "look_for",
                "paginate",
                "group",
            }
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
        if (
            item is not None
            and world.entity(item[0]) is not None
            and not (clause.rest[0].lower == "by")
        ):
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
        if token.tag not in {"ADV"} and token.lower not in {".", "results", "list", "the"}
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
    if head.heads and head.heads[-1].lower in _LISTS and len(head.heads) > 1:
        return world.known(snake("_".join([head.heads[0].lemma])))
    return world.entity(head)


def _whole_search(world: World, thing: str, clause: Clause, actors: Actors) -> bool:
    kept = world.thing(thing)
    texts = [item.name for item in kept.fields.values() if item.type in _TEXTUAL]
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
            if item is not None and item.type in _TEXTUAL and (mode == "search" or searching):
                found.append(("search", name))
            elif mode == "list":
                found.append((_listed_by(name, thing), name))
            elif ranged and item is not None and item.type in _RANGED:
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
            names += [(f.name, False) for f in thing.fields.values() if f.type in _TEXTUAL]
            continue
        if name is None and head.name in {"day", "date", "month", "week", "time"} and (moment := _moment(thing)):
            name, ranged = moment, True
        if name is None:
            unknown.append(head)
            continue
        names.append((name, ranged))
    return names or None


def _moment(thing: Thing) -> str | None:
    """The field that says when: the only one, or the one that says from when."""
    moments = [i for i in thing.fields.values() if i.type in {FieldType.DATE, FieldType.DATETIME}]
    starts_ = [i for i in moments if any(hint in i.name for hint in ("start", "begin", "from", "date"))]
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
    created = {
        "creation_date",
        "date_created",
        "creation_time",
        "newest",
        "date_added",
        "created",
        "recency",
    }
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
        if (
            token.tag in {"COMMA", "CONJ"}
            or token.lower
            in {
                "first",
                "last",
                "then",
                "ascending",
                "descending",
                "asc",
                "desc",
                "alphabetically",
                "alphabetical",
                "on",
                "top",
                "at",
                "beginning",
                "date",
                "chronologically",
            }
            and token.tag != "NOUN"
        ):
            continue
        if token.lower in _DESCENDING | _ASCENDING and token.tag != "NOUN":
            continue
        if token.tag == "NOUN":
            if index and tokens[index - 1].tag == "NOUN":
                continue
            start = index
            while (
                start
                and tokens[start - 1].tag == "ADJ"
                and tokens[start - 1].lower not in _DESCENDING | _ASCENDING
            ):
                start -= 1
            found = noun(tokens, start)
            name = member(found[0], thing, world) if found else None
            if name is None:
                return None
            keys.append(name)
            continue
        if token.tag == "ADJ" and index + 1 < len(tokens) and tokens[index + 1].tag == "NOUN":
            continue
        return None
    descending = bool(set(words) & (_DESCENDING | {"desc"}))
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


def read_query(clause: Clause, world: World) -> bool:
    """ "Overdue loans are listed", "members can see upcoming events", "list all unpaid invoices"."""
    found = _shown(clause, world)
    if found is None:
        return False
    item, rest, actors, only = found
    today = item.owner is not None and item.owner.words == ["today"]
    if item.owner is not None and item.owner.heads and not today:
        return False
    name = world.entity(item)
    if name is None or name not in world.things:
        return False
    thing = world.thing(name)
    if today:
        rest = [item.owner.heads[0], *rest] if item.owner else rest
    adjectives = [
        t
        for t in item.adjectives
        if t.lower
        not in {"new", "own", "full", "complete", "whole", "other", "individual", "single"}
    ]
    words = [t.lower for t in adjectives]
    conditions: list[Condition] = []
    for adjective in adjectives:
        condition = quality(adjective.lower, thing, world)
        if condition is None:
            return False
        conditions += condition
    more = _where(rest, thing, world)
    if more is None:
        return False
    extra, words_after, sorts = more
    conditions += extra
    if not conditions:
        return False
    if clause.negated:
        if len(conditions) != 1 or actors.roles:
            return False
        conditions, only = [negate(conditions[0])], True
    mine = (
        item.owner is not None
        and item.owner.pronoun in {"their", "my", "his", "her"}
        and world.signs_in
    )
    if only and not mine and _always(clause):
        deed = world.deed(Verb.LIST, name)
        deed.rule = Filter(table=name, where=tuple(conditions))
    else:
        deed = world.deed(Verb.QUERY, name, _label(words, words_after, conditions))
        deed.rule = Filter(table=name, where=tuple(conditions))
    for key in sorts:
        if key not in deed.sorts:
            deed.sorts.append(key)
    if mine:
        own(world, thing)
    permit(world, deed, actors, own_rows=mine)
    if actors.only:
        world.exclusive.add(deed.key)
    world.say((clause.start, clause.end), name, "", deed)
    return True


def _label(words: list[str], after: list[str], conditions: list[Condition]) -> str:
    """What a list of rows in a certain state is called."""
    if words or after:
        name = snake("_".join(words + after))
        if len(name) <= 40:
            return name
    first = conditions[0]
    return snake(f"{first.field}_{first.op.value}")


def _always(clause: Clause) -> bool:
    return clause.passive or clause.only or True


def _shown(clause: Clause, world: World) -> tuple[Noun, list[Token], Actors, bool] | None:
    """What a clause shows, what it says besides, to whom, and whether nothing else is shown."""
    if clause.negated and not (clause.passive and clause.verb in _SHOW) or len(clause.verbs) != 1:
        return None
    if clause.passive and clause.verb in _SHOW | {"include"}:
        subject = _unlisted(clause.subject)
        found = noun(subject, 0)
        if found is None:
            return None
        rest = _without_agents(clause.rest)
        actors = Actors()
        by = next((i for i, t in enumerate(rest) if t.lower == "by"), None)
        if (
            by is not None
            and (read := read_actors(rest[by + 1 :], world)) is not None
            and read.roles
        ):
            actors, rest = read, rest[:by]
        return found[0], [*subject[found[1] :], *rest], actors, found[0].only
    if (
        clause.verb == "be"
        and clause.rest
        and clause.rest[0].lower
        in {"visible", "listed", "shown", "available", "accessible", "public"}
    ):
        found = noun(clause.subject, 0)
        if found is None or found[1] < len(clause.subject) or not found[0].adjectives:
            return None
        rest = list(clause.rest[1:])
        actors = Actors()
        if rest and rest[0].lower in {"to", "for"}:
            read = read_actors(rest[1:], world)
            if read is None:
                return None
            actors, rest = read, []
        return found[0], rest, actors, found[0].only
    if not clause.passive and clause.verb in _SHOW | {"include"}:
        actors = read_actors(clause.subject, world)
        if actors is None:
            subject = noun(clause.subject, 0)
            if (
                subject is None
                or not subject[0].heads
                or subject[0].heads[-1].lower
                not in _LISTS | {"system", "service", "api", "endpoint"}
            ):
                return None
            actors = Actors()
        tokens = _unlisted(clause.rest)
        found = noun(tokens, 0)
        if found is None:
            return None
        return found[0], list(tokens[found[1] :]), actors, found[0].only or clause.only
    return None


def _unlisted(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without "a list of"."""
    for words in (
        ["a", "list", "of"],
        ["the", "list", "of"],
        ["list", "of"],
        ["all", "the"],
        ["an", "overview", "of"],
    ):
        if starts(tokens, 0, words):
            return tokens[len(words) :]
    return tokens


def _without_agents(tokens: Sequence[Token]) -> list[Token]:
    out = list(tokens)
    for words in (
        ["in", "the", "list"],
        ["in", "lists"],
        ["by", "default"],
        ["separately"],
        ["to", "everyone"],
        ["publicly"],
        ["to", "users"],
        ["to", "visitors"],
        ["to", "readers"],
        ["to", "the", "public"],
        ["in", "the", "public", "list"],
    ):
        if starts(out, 0, words):
            out = out[len(words) :]
    return out


def quality(word: str, thing: Thing, world: World) -> list[Condition] | None:
    """The conditions that an adjective stands for: overdue, upcoming, unpaid, published."""
    if word in {"overdue", "late"}:
        due = next(
            (
                i
                for i in thing.fields.values()
                if i.name.startswith("due")
                or i.name == "deadline"
                or i.name.endswith("_due")
                or i.name == "return_by"
            ),
            None,
        )
        if due is None or due.type not in {FieldType.DATE, FieldType.DATETIME}:
            return None
        late = Condition(
            field=due.name, op=Comparison.LT, operands=(Now(date_only=due.type is FieldType.DATE),)
        )
        return [late, *_unfinished(thing)]
    condition = state_condition([word], thing, world, make=True)
    return [condition] if condition is not None else None


def _unfinished(thing: Thing) -> list[Condition]:
    """What is overdue is not done yet."""
    for name in ("returned_at", "completed_at", "done_at", "paid_at", "ended_at", "closed_at"):
        if name in thing.fields:
            return [Condition(field=name, op=Comparison.IS_NULL)]
    from codex.builtin.language.conditions import negate as opposite
    from codex.common.documents.rules import Value

    for name in ("done", "completed", "paid", "returned", "finished", "complete", "closed"):
        item = thing.fields.get(name)
        if item is not None and item.type is FieldType.BOOLEAN:
            return [Condition(field=name, operands=(Value(value=False),))]
    found = thing.choice_with(
        ["done", "completed", "paid", "returned", "finished", "closed", "complete"]
    )
    if found:
        return [opposite(Condition(field=found[0], operands=(Value(value=found[1]),)))]
    return []


def _where(
    rest: Sequence[Token], thing: Thing, world: World
) -> tuple[list[Condition], list[str], list[str]] | None:
    """ "that are due this week", "with status open", "due in the next 7 days", "newest first"."""
    tokens = [t for t in rest if t.lower not in {"."}]
    if not tokens:
        return [], [], []
    if (
        tokens[0].tag == "COMMA"
        or tokens[0].lower in {"sorted", "ordered", "by"}
        or tokens[0].lower in _DESCENDING | _ASCENDING
    ):
        inner = [t for t in tokens if t.lower not in {"sorted", "ordered"} and t.tag != "COMMA"]
        keys = sort_keys(inner, thing, world)
        return None if keys is None else ([], [], keys)
    if tokens[0].tag in {"WH"} or tokens[0].lower in {"with", "whose", "where"}:
        tokens = tokens[1:]
        if (
            tokens
            and tokens[0].lower in {"are", "is"}
            and (soon := _soon(tokens[1:], thing, world))
        ):
            return [soon[0]], soon[1], []
        if tokens and tokens[0].tag == "NOUN":
            condition = read_condition([tokens[0], *tokens[1:]], thing, world)
        else:
            condition = read_condition(tokens, thing, world)
        if condition is None or not condition.conditions:
            return None
        return (
            list(condition.conditions),
            [t.lemma for t in tokens if t.tag in {"VERB", "NOUN", "ADJ"}][-2:],
            [],
        )
    soon = _soon(tokens, thing, world)
    return None if soon is None else ([soon[0], *soon[2]], soon[1], [])


def _soon(
    tokens: Sequence[Token], thing: Thing, world: World
) -> tuple[Condition, list[str], list[Condition]] | None:
    """ "due in the next 7 days", "starting today", "expiring within a month", "from the last 30 days"."""
    words = [t.lower for t in tokens]
    place = 0
    hint = ""
    if tokens and tokens[0].tag in {"ADJ", "VERB"}:
        hint, place = tokens[0].lemma, 1
    dates = [i for i in thing.fields.values() if i.type in {FieldType.DATE, FieldType.DATETIME}]
    moment = next(
        (i for i in dates if hint and (hint in i.name or i.name.startswith(hint[:5]))),
        dates[0] if len(dates) == 1 else None,
    )
    if moment is None:
        return None
    day = moment.type is FieldType.DATE
    rest = words[place:]
    if rest in (["today"], ["for", "today"]):
        return (
            Condition(field=moment.name, operands=(Now(date_only=True),)),
            [*words[:place], "today"],
            [],
        )
    back = any(word in {"last", "past", "previous"} for word in rest)
    unit = next((TIME_UNITS[t.lemma] for t in tokens[place:] if t.lemma in TIME_UNITS), None)
    if unit is None or any(
        word
        not in {
            "in",
            "within",
            "the",
            "next",
            "last",
            "past",
            "previous",
            "coming",
            "a",
            "an",
            "this",
            "following",
            "from",
            "for",
            "during",
            "of",
        }
        and number(t) is None
        and t.lemma not in TIME_UNITS
        for word, t in zip(rest, tokens[place:], strict=True)
    ):
        return None
    if "this" in rest:
        return None
    count = next(((n, t) for t in tokens[place:] if (n := number(t))), None)
    sign = -1 if back else 1
    if count is None:
        edge = Now(date_only=day, unit=unit, plus=sign)  # pyright: ignore[reportArgumentType] one of TIME_UNITS
    else:
        name = world.parameter(
            snake(f"{thing.name}_{hint or 'recent'}_{unit}"),
            count[0].value,
            (count[1].start, count[1].end),
            unit,
        )
        edge = Now(date_only=day, unit=unit, plus_parameter=name, minus=back)  # pyright: ignore[reportArgumentType] one of TIME_UNITS
    if back:
        first = Condition(field=moment.name, op=Comparison.GE, operands=(edge,))
        second = Condition(field=moment.name, op=Comparison.LE, operands=(Now(date_only=day),))
    else:
        first = Condition(field=moment.name, op=Comparison.GE, operands=(Now(date_only=day),))
        second = Condition(field=moment.name, op=Comparison.LE, operands=(edge,))
    label = [hint] if hint else []
    return first, [*label, "recently" if back else "soon"], [second]


def read_listing(clause: Clause, world: World) -> bool:
    """ "All books of an author are listed", "notes are listed newest first", "list books by author"."""
    found = _shown(clause, world)
    if found is None:
        return False
    if clause.negated:
        return False
    item, rest, actors, only = found
    name = world.entity(item)
    if name is None or name not in world.things:
        return False
    ranks = [t for t in item.adjectives if t.lower in _DESCENDING | _ASCENDING]
    if any(
        t.lower not in {"new", "own", "full", "complete", "whole", "individual", "single"}
        for t in item.adjectives
        if t not in ranks
    ):
        return False
    thing = world.thing(name)
    if ranks and [t.lower for t in rest] != ["first"]:
        return False
    rest = [*ranks, *rest]
    mine = (
        item.owner is not None
        and item.owner.pronoun in {"their", "my", "his", "her"}
        and world.signs_in
    )
    parent: str | None = None
    if item.owner is not None and not mine:
        target = world.focus if item.owner.pronoun else world.entity(item.owner)
        relation = thing.relation_to(target) if target else None
        if relation is None:
            return False
        parent = relation.name
    rest = [t for t in rest if t.lower != "."]
    if rest and rest[0].lower in {"of", "for", "per", "by", "in", "from", "belonging"}:
        up = noun(rest, 1 + (rest[0].lower == "belonging"))
        target = world.entity(up[0]) if up and not up[0].adjectives else None
        relation = thing.relation_to(target) if target else None
        if relation is not None and up is not None:
            parent, rest = relation.name, rest[up[1] :]
    deed = world.deed(Verb.LIST, name, None, parent)
    if rest:
        more = _where(rest, thing, world)
        if more is None or more[0]:
            return False
        for key in more[2]:
            if key not in deed.sorts:
                deed.sorts.append(key)
    deeds: list[Deed] = [deed]
    if mine:
        own(world, thing)
        deeds.append(world.deed(Verb.GET, name))
    elif parent is None and not clause.passive and clause.verb != "list":
        deeds.append(world.deed(Verb.GET, name))
    for each in deeds:
        permit(world, each, actors, own_rows=mine)
        if actors.only or (only and mine):
            world.exclusive.add(each.key)
    world.say((clause.start, clause.end), name, "", *deeds)
    return True


__all__ = [
    "Grant",
    "Scope",
    "member",
    "negate",
    "nouns",
    "read_listing",
    "read_query",
    "read_search",
    "sort_keys",
]
