"""Clauses inside clauses: "books that have a title", "our customers, who have a name"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from codex.builtin.language.clause import Clause, find_verb, parse
from codex.builtin.language.inflect import is_plural
from codex.builtin.language.intros import made
from codex.builtin.language.irregular import UNINFLECTED
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.splitting import split
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import SIGN_IN, SIGN_UP, TIES, VERB_FORMS


def unmixed(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """ "sign up, log in and create lists" as two: the account, and the rest."""
    for clause in clauses:
        auth = tuple(v for v in clause.verbs if v in SIGN_IN | SIGN_UP - {"join"})
        others = tuple(v for v in clause.verbs if v not in auth)
        if auth and others and not clause.passive:
            yield replace(clause, verbs=auth, rest=())
            yield replace(clause, verbs=others)
        else:
            yield clause


def opened(tokens: list[Token]) -> Iterator[list[Token]]:
    """Two for "Our customers, who have a name, place orders": what they have, and what they do."""
    found = noun(tokens, 0)
    if (
        found is not None
        and found[1] + 2 < len(tokens)
        and tokens[found[1]].tag == "COMMA"
        and tokens[found[1] + 1].tag == "WH"
    ):
        start = found[1] + 2
        for end in range(len(tokens) - 1, start, -1):
            if tokens[end].tag == "COMMA" and end + 1 < len(tokens):
                main = [*_bare(tokens[: found[1]]), *_verbal(tokens[end + 1 :])]
                if find_verb(main) is not None and tokens[start].tag in {"AUX", "VERB", "MODAL"}:
                    yield [*_bare(tokens[: found[1]]), *tokens[start:end]]
                    yield main
                    return
    yield tokens


def _bare(tokens: list[Token]) -> list[Token]:
    """Without "our" in front."""
    return tokens[1:] if tokens and tokens[0].tag == "POSS" else tokens


def _verbal(tokens: list[Token]) -> list[Token]:
    """The first word as a verb, where it can be one."""
    if not tokens or tokens[0].tag in {"AUX", "MODAL", "VERB"}:
        return tokens
    form = VERB_FORMS.get(tokens[0].lower)
    return tokens if form is None else [tokens[0].tagged("VERB", *form), *tokens[1:]]


def relatives(clause: Clause) -> Iterator[Clause]:
    """A clause whose object is described further, as two: "manage books", "books have …"."""
    rest = list(clause.rest)
    listed = _listed(clause, rest)
    if listed is not None:
        yield from listed
        return
    cut = _relative_at(rest, tying=clause.verb in TIES)
    if cut is None or clause.passive:
        yield clause
        return
    start, end, word = cut
    own = set(map(id, clause.own))
    main = [*clause.tokens[: len(clause.tokens) - len(rest)], *rest[:end]]
    yield parse(
        main, [token for token in clause.own if token.end <= rest[end - 1].end] or clause.own
    )
    tail = rest[end:]
    for antecedent, described in _described_parts(rest[start:end], tail):
        mine = [token for token in described if id(token) in own or not clause.own]
        if not mine:
            continue
        lead = described[0]
        if lead.lower == "with":
            built = [*antecedent, made("have", "AUX", "have", at=lead), *described[1:]]
        else:
            built = [*antecedent, *described[1:]]
        for part in split(built):
            yield replace(
                part,
                own=tuple(
                    token
                    for token in part.own
                    if token.end > token.start and token.start >= mine[0].start
                )
                or tuple(mine),
            )
    del word


def _listed(clause: Clause, rest: list[Token]) -> list[Clause] | None:
    """ "keep track of our books: title, author": the books, and what they have."""
    if not clause.verbs or clause.verb == "be" or clause.passive:
        return None
    found = noun(rest, 0)
    if found is None or found[1] + 1 >= len(rest):
        return None
    if not found[0].plural and not (found[0].det == "" and found[0].name in UNINFLECTED):
        return None
    end = found[1]
    if (
        rest[end].tag == "OPEN"
        and rest[-1].tag == "CLOSE"
        and len(rest) - end > 4
        and rest[end + 1].tag != "NUM"
    ):
        tail = rest[end + 1 : -1]
    elif rest[end].tag == "COLON":
        tail = rest[end + 1 :]
    else:
        return None
    if find_verb(tail) is not None:
        return None
    main = [*clause.tokens[: len(clause.tokens) - len(rest)], *rest[:end]]
    own = [token for token in clause.own if token.end <= rest[end - 1].end]
    have = made("have", "AUX", "have", at=tail[0])
    return [parse(main, own or clause.own), parse([*_bare(rest[:end]), have, *tail], tail)]


def _relative_at(rest: list[Token], *, tying: bool = False) -> tuple[int, int, str] | None:
    """The plural noun in `rest` that "that", "who" or "with" describes: its start and end."""
    place = 0
    while place < len(rest):
        if rest[place].tag == "OPEN":
            return None
        found = noun(rest, place)
        if found is None or found[0].pronoun:
            place += 1
            continue
        head, end = found
        if tying and end < len(rest) and rest[end].lower == "with":
            return None
        if end < len(rest) and _describes(rest, end) and _describable(head):
            return place, end, rest[end].lower
        place = max(end, place + 1)
    return None


def _describable(head: Noun) -> bool:
    """Whether a noun names things that a description can follow: "books that …"."""
    if not head.heads:
        return False
    return (head.plural and head.det in {"", "many", "all", "my", "our", "the"}) or (
        is_plural(head.heads[-1].lower) and head.owner is not None and head.det == ""
    )


def _describes(rest: list[Token], place: int) -> bool:
    word = rest[place]
    if word.lower in {"that", "which", "who"} and place + 1 < len(rest):
        follow = rest[place + 1]
        return (
            follow.tag == "MODAL"
            or follow.lemma in {"have", "belong", "contain", "consist"}
            or (
                follow.tag == "ADV"
                and place + 2 < len(rest)
                and rest[place + 2].tag in {"MODAL", "AUX"}
            )
        )
    if word.lower == "with" and place + 1 < len(rest):
        found = noun(rest, place + 1)
        if (
            found is not None
            and found[0].det == ""
            and not any(t.tag in {"COMMA", "CONJ"} for t in rest[found[1] :])
        ):
            return False  # "books with quantities" says too little
        return (
            found is not None
            and found[0].det in {"a", "an", "the", "their", "its", ""}
            and not found[0].adjectives[:0]
        )
    return False


def _described_parts(
    antecedent: list[Token], tail: list[Token]
) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each noun with its own description: "books that have …, and authors who have …"."""
    start = 0
    current = antecedent
    for index in range(1, len(tail)):
        if tail[index].tag not in {"COMMA", "CONJ"}:
            continue
        step = index
        while step < len(tail) and tail[step].tag in {"COMMA", "CONJ"}:
            step += 1
        found = noun(tail, step)
        if (
            found is None
            or found[1] >= len(tail)
            or not _describable(found[0])
            or not _describes(tail, found[1])
        ):
            continue
        if step <= start or (
            tail[found[1]].lower == "with" and found[0].det == "" and not found[0].plural
        ):
            continue
        if index > start:
            yield current, tail[start:index]
        current, start = tail[step : found[1]], found[1]
    yield current, tail[start:]
