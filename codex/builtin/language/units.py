"""From a request's text to its clauses: introductions, bullets with their lead, relative clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from codex.builtin.language.clause import Clause, find_verb, parse, split
from codex.builtin.language.inflect import is_plural
from codex.builtin.language.irregular import UNINFLECTED
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.people import HEADINGS, SYSTEMS, is_person
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import Token, tokenize
from codex.builtin.language.verbs import SIGN_IN, SIGN_UP, TIES, VERB_FORMS
from codex.common.clauses import Sentence, sentences

_BUILD = frozenset(
    "build create make develop design write need want implement provide generate code set_up like get have".split()
)
_PURPOSE = frozenset(
    "manage track store keep handle organise organize maintain record save collect administer monitor list catalog catalogue plan".split()
)


# Nobody reads a longer sentence; its grammar would cost more than it tells.
LONGEST_SENTENCE = 300


@dataclass
class Unit:
    """One clause of the request, where it stands, and whether it has been understood."""

    clause: Clause
    sentence: Sentence
    lead: str = ""
    """The heading or the words before the list that it stands under."""
    heading: tuple[Token, ...] = ()
    fragment: bool = False
    """A list's item or a heading, not a sentence of its own."""
    too_long: bool = False
    """More words than any sentence has; it is told, not read."""
    read: bool = False
    focus: str | None = None
    focus_person: str | None = None
    alternatives: list[Clause] = field(default_factory=list[Clause])
    """Other readings, tried in order: with the lead in front, with the heading as its subject."""


@dataclass(frozen=True)
class Intro:
    """The words that only introduce: "I need a service for"."""

    start: int
    end: int
    system: str
    """What the service is called: `library`, `recipe service`."""


@dataclass
class Reading:
    """The whole request in clauses."""

    units: list[Unit] = field(default_factory=list[Unit])
    intros: list[Intro] = field(default_factory=list[Intro])
    headings: list[Sentence] = field(default_factory=list[Sentence])


def read(text: str) -> Reading:
    """Every clause of `text`."""
    reading = Reading()
    lead: tuple[Token, ...] = ()
    heading: tuple[Token, ...] = ()
    leads: list[tuple[int, tuple[Token, ...]]] = []
    first = True
    for sentence in sentences(text):
        tokens = tokenize(sentence.text, sentence.start)
        if len(tokens) > LONGEST_SENTENCE:
            whole = Clause(tuple(tokens), rest=tuple(tokens), own=tuple(tokens))
            reading.units.append(Unit(whole, sentence, too_long=True))
            continue
        tokens = tag(tokens)
        if not tokens:
            continue
        kind = sentence.block.kind
        began, first = first, False
        if began and kind == "paragraph" and _is_title(tokens, sentence, text):
            reading.intros.append(Intro(sentence.start, sentence.end, sentence.text.rstrip(".:! ")))
            continue
        if kind == "heading":
            reading.headings.append(sentence)
            heading, lead, leads = tuple(tokens), (), []
            continue
        if kind == "bullet":
            while (
                leads
                and leads[-1][0] >= sentence.block.level
                and sentence.start == sentence.block.start
            ):
                leads.pop()
        else:
            leads = []
        before = leads[-1][1] if leads else lead if kind == "bullet" else ()
        units = list(_units(tokens, sentence, before, heading, reading))
        reading.units.extend(units)
        if tokens[-1].lower == ":" or (kind == "bullet" and units):
            stem = tuple(tokens[:-1]) if tokens[-1].lower == ":" else tuple(tokens)
            if kind == "bullet":
                leads.append((sentence.block.level, stem))
            else:
                lead = stem
        elif kind != "bullet":
            lead = ()
    return reading


def _units(
    tokens: Sequence[Token],
    sentence: Sentence,
    lead: tuple[Token, ...],
    heading: tuple[Token, ...],
    reading: Reading,
) -> Iterator[Unit]:
    intro, tokens = introduction(_story(tokens))
    if intro is not None:
        reading.intros.append(intro)
    if not tokens:
        return
    bullet = sentence.block.kind == "bullet"
    for piece in _opened(list(tokens)):
        for clause in _unmixed(split(piece)):
            for part in relatives(clause):
                unit = Unit(part, sentence, _text(lead), heading, fragment=bullet)
                if lead and not generic(lead):
                    unit.alternatives.append(parse([*lead, *part.own], part.own))
                    if not part.verbs and not lead_has_verb(lead):
                        unit.alternatives.append(_have(list(lead), list(part.own)))
                if heading and not part.subject and not generic(heading):
                    unit.alternatives.append(_have(list(heading), list(part.own)))
                yield unit


def generic(tokens: Sequence[Token]) -> bool:
    """Whether a heading names a part of a text: "Entities", "Data model", "Business rules"."""
    found = noun(tokens, 0)
    return found is not None and found[1] == len(tokens) and found[0].heads[-1].lemma in HEADINGS


def _is_title(tokens: Sequence[Token], sentence: Sentence, text: str) -> bool:
    """Whether the first words are a name and no clause: "Library management", "To-do app"."""
    if (
        len(tokens) > 7
        or find_verb(tokens) is not None
        or any(t.tag in {"COLON", "OPEN", "PREP", "COMMA", "NUM", "WH"} for t in tokens[:-1])
    ):
        return False
    found = noun(tokens, 0)
    if found is None or len(tokens) - found[1] > 1 or found[0].pronoun:
        return False
    return bool(text[sentence.end :].strip())


def lead_has_verb(lead: Sequence[Token]) -> bool:
    """Whether the words before a list are a clause without its end."""
    return find_verb(lead) is not None


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def made(word: str, tag_: str, lemma: str = "", *, at: Token) -> Token:
    """A word that the text leaves out, at the place of `at`."""
    return Token(
        word,
        at.start,
        at.start,
        "word",
        word,
        tag_,
        lemma or word,
        "base" if tag_ == "VERB" else "",
    )


def _have(subject: list[Token], rest: list[Token]) -> Clause:
    """`subject` has `rest`."""
    subject = [token for token in subject if token.tag not in {"COLON"}]
    return parse([*subject, made("have", "AUX", "have", at=rest[0]), *rest], rest)


def introduction(tokens: Sequence[Token]) -> tuple[Intro | None, list[Token]]:
    """The introduction that `tokens` begin with, and the words that say something after it."""
    start = 0
    while start < len(tokens) and (
        tokens[start].tag in {"ADV", "COMMA"}
        or tokens[start].lower in {"hi", "hello", "please", "hey", "!", "project", ":", "goal", "-"}
    ):
        start += 1
    verb = _intro_verb(tokens, start)
    if verb is None:
        return _described(tokens, start)
    place = verb
    found = noun(tokens, place)
    if found is None or found[0].pronoun:
        return None, list(tokens)
    head, place = found
    if head.plural and not _system(head.heads[-1].lower):
        return None, list(tokens)
    if not _introduces(tokens, place, head.heads[-1].lower):
        return None, list(tokens)
    if (
        head.heads[-1].lower not in SYSTEMS
        and place >= len(tokens) - 1
        and head.det not in {"a", "an", "my", "our", ""}
    ):
        return None, list(tokens)
    return _after_system(
        tokens, place, " ".join(token.text for token in (*head.adjectives, *head.heads))
    )


def _system(word: str) -> bool:
    return word in SYSTEMS or word.rstrip("s") in SYSTEMS


def _introduces(tokens: Sequence[Token], place: int, head: str) -> bool:
    """Whether what follows a noun fits the name of a whole service."""
    if _system(head):
        return True
    follow = tokens[place].lower if place < len(tokens) else "."
    return follow in {
        ".",
        ":",
        "for",
        "with",
        "where",
        "to",
        "that",
        "which",
        "in",
        "called",
        "named",
        "!",
        "backend",
        "(",
        "—",
        "-",
        "–",
        "of",
        "using",
        "so",
        ",",
    }


def _intro_verb(tokens: Sequence[Token], place: int) -> int | None:
    """Where the object of "I need", "We would like to have", "Build", "Let's make" begins."""
    first = place
    if place < len(tokens) and tokens[place].lower in {
        "i",
        "we",
        "let",
        "you",
        "can",
        "could",
        "my",
    }:
        while (
            place < len(tokens)
            and place - first < 9
            and (
                tokens[place].tag in {"PRON", "MODAL", "AUX", "ADV", "TO"}
                or tokens[place].lower
                in {
                    "let",
                    "us",
                    "you",
                    "like",
                    "please",
                    "looking",
                    "for",
                    "going",
                    "want",
                    "need",
                    "love",
                    "wish",
                    "team",
                    "company",
                    "help",
                    "am",
                    "are",
                }
                or tokens[place].lemma in _BUILD
            )
        ):
            place += 1
        return place if place > first else None
    if place < len(tokens) and tokens[place].lower in _BUILD | {"create"}:
        return place + 1 + (place + 1 < len(tokens) and tokens[place + 1].lower in {"me", "us"})
    return None


def _described(tokens: Sequence[Token], start: int) -> tuple[Intro | None, list[Token]]:
    """ "A library with books …", "The service should let users …", "This is an API for …"."""
    if starts(tokens, start, ["this", "is"]) or starts(tokens, start, ["it", "is"]):
        start += 2
    elif start < len(tokens) and tokens[start].lower == "what":
        place = next(
            (i for i in range(start, min(len(tokens), start + 8)) if tokens[i].lower == "is"), None
        )
        if place is not None and place + 2 < len(tokens):
            found = noun(tokens, place + 1)
            end = found[1] if found else place + 2
            if tokens[place + 1].lower == "something":
                end = place + 2
            if end < len(tokens) and (
                tokens[end].tag in {"WH", "TO"}
                or tokens[end].lower in {"to", "for", "with", "where"}
            ):
                return _after_system(tokens, end, "")
    elif starts(tokens, start, ["the", "goal", "is", "to"]) or starts(
        tokens, start, ["the", "idea", "is", "to"]
    ):
        return Intro(tokens[0].start, tokens[start + 3].end, ""), list(tokens[start + 4 :])
    found = noun(tokens, start)
    if found is None or found[0].pronoun:
        return None, list(tokens)
    head, place = found
    if (
        place < len(tokens)
        and tokens[place].lower in {"for", "to"}
        and _system(head.heads[-1].lower)
        and find_verb(tokens) is None
    ):
        return _after_system(tokens, place, " ".join(token.text for token in head.heads))
    if (
        head.heads
        and not head.plural
        and head.det in {"a", "an", "our", "my", "the"} | ({""} if head.owner else set())
        and place < len(tokens)
        and not is_person(head.name)
        and (end := _wants(tokens, place))
        and tokens[end].lemma in _PURPOSE
    ):
        return Intro(tokens[0].start, tokens[end - 1].end, ""), list(tokens[end:])
    if _system(head.heads[-1].lower) and head.det in {"the", "this", "our", "my", "a", "an", ""}:
        return _system_subject(tokens, place, head.heads[-1].lower)
    if (
        head.det in {"a", "an", ""}
        and not head.plural
        and place < len(tokens)
        and find_verb(tokens[: _first_wh(tokens)]) is None
    ):
        follow = tokens[place].lower
        if follow in {"with", "where", "for", "in"} and _plural_follows(tokens, place + 1):
            return _after_system(
                tokens, place, " ".join(token.text for token in (*head.adjectives, *head.heads))
            )
        if follow == "where" or (follow == "for" and place + 1 < len(tokens)):
            return _after_system(
                tokens, place, " ".join(token.text for token in (*head.adjectives, *head.heads))
            )
    return None, list(tokens)


def _wants(tokens: Sequence[Token], place: int) -> int:
    """Where the verb of "needs to keep", "would like to track" begins; 0 where nothing is wanted."""
    step = place
    while step < len(tokens) and (tokens[step].tag in {"MODAL", "ADV"} or tokens[step].lemma in {"need", "want", "like", "wish"}):
        step += 1
    if step == place or step + 1 >= len(tokens) or tokens[step].tag != "TO":
        return 0
    return step + 1 if tokens[step + 1].tag == "VERB" else 0


def _first_wh(tokens: Sequence[Token]) -> int:
    return next(
        (i for i, token in enumerate(tokens) if token.tag == "WH" or token.lower == "where"),
        len(tokens),
    )


def _plural_follows(tokens: Sequence[Token], place: int) -> bool:
    found = noun(tokens, place)
    return found is not None and found[0].plural and found[0].det in {"", "many"}


def _system_subject(
    tokens: Sequence[Token], place: int, head: str
) -> tuple[Intro | None, list[Token]]:
    """ "The service lets users …", "The API must allow members to …", "The app stores books"."""
    step = place
    while (
        step < len(tokens)
        and tokens[step].tag in {"MODAL", "ADV", "TO"}
        or step < len(tokens)
        and tokens[step].lower in {"needs", "has", "be", "able"}
        and starts(tokens, step + 1, ["to"])
    ):
        step += 1
    if step >= len(tokens):
        return None, list(tokens)
    word = tokens[step]
    if word.lower == ":" and step + 1 < len(tokens):
        label = " ".join(token.text for token in tokens[:step] if token.tag == "NOUN")
        return Intro(tokens[0].start, word.end, label), list(tokens[step + 1 :])
    if word.lemma in {"let", "allow", "enable", "permit", "help", "support"} and step + 1 < len(
        tokens
    ):
        return Intro(tokens[0].start, word.end, ""), _allowed(tokens, step + 1)
    if word.tag == "WH":
        return _after_system(tokens, step, "")
    if word.lemma in _PURPOSE and word.tag == "VERB":
        return Intro(tokens[0].start, tokens[step - 1].end, ""), list(tokens[step:])
    if tokens[place].lower in {"with", "for", "where", "called", "named"}:
        return _after_system(tokens, place, "")
    return None, list(tokens)


def _allowed(tokens: Sequence[Token], place: int) -> list[Token]:
    """ "users to create notes" → "users can create notes"; "creating notes" → "create notes"."""
    found = noun(tokens, place)
    rest = list(tokens[place:])
    if found is None:
        return [_base(rest[0]), *rest[1:]] if rest else rest
    end = found[1]
    can = made("can", "MODAL", at=tokens[min(end, len(tokens) - 1)])
    if end < len(tokens) and tokens[end].tag == "TO":
        return [*tokens[place:end], can, *_as_verb(list(tokens[end + 1 :]))]
    if end < len(tokens) and tokens[end].tag == "VERB":
        return [*tokens[place:end], can, *tokens[end:]]
    if (
        found[0].heads
        and tokens[end - 1] is found[0].heads[-1]
        and len(found[0].heads) == 1
        and end < len(tokens)
    ):
        return [*tokens[place:end], can, *_as_verb(list(tokens[end:]))]
    return rest


def _as_verb(tokens: list[Token]) -> list[Token]:
    """The same words, tagged again after a modal, so that the first is a verb."""
    if not tokens:
        return tokens
    can = made("can", "MODAL", at=tokens[0])
    plain = [replace(token, tag="", lemma="", form="") for token in tokens]
    return tag([can, *plain])[1:]


def _base(token: Token) -> Token:
    return token.tagged("VERB", token.lemma, "base") if token.form == "gerund" else token


def _after_system(
    tokens: Sequence[Token], place: int, name: str
) -> tuple[Intro | None, list[Token]]:
    """What stands after "a service": its purpose, its contents, or clauses."""
    first = tokens[0].start
    while place < len(tokens):
        word = tokens[place].lower
        if word in {"called", "named"} and place + 1 < len(tokens):
            place += 2
            while (
                place < len(tokens)
                and tokens[place].tag in {"NOUN", "QUOTED"}
                and tokens[place].text[:1].isupper()
            ):
                place += 1
            continue
        if word in {",", "backend", "and", "so", ":"} and place + 1 < len(tokens):
            place += 1
            continue
        if (
            word in {"in", "using", "on"}
            and place + 1 < len(tokens)
            and tokens[place + 1].lower in {"which", "python", "fastapi"}
        ):
            place += 2
            continue
        break
    if place >= len(tokens):
        return Intro(first, tokens[-1].end, name), []
    end = tokens[place - 1].end if place else tokens[0].start
    word = tokens[place]
    rest = list(tokens[place + 1 :])
    if word.lower in {".", "!"}:
        return Intro(first, word.end, name), rest
    if word.tag == "WH" or word.lower in {"where", "whereby"}:
        return Intro(first, word.end, name), _purpose(rest, word)
    if word.tag == "TO" and rest:
        return Intro(first, word.end, name), _purpose(_as_verb(rest), word)
    if word.lower == "for" and rest:
        if rest[0].form == "gerund" or rest[0].lemma in _PURPOSE:
            return Intro(first, word.end, name), [_base(rest[0]), *_coordinated(rest[1:])]
        return _for(tokens, place, first, name, rest)
    if word.lower in {"with", "of", "containing", "including"} and rest:
        have = made("have", "AUX", "have", at=rest[0])
        return Intro(first, word.end, name), [made("system", "NOUN", at=rest[0]), have, *rest]
    return Intro(first, end, name), list(tokens[place:])


def _coordinated(tokens: list[Token]) -> list[Token]:
    """ "managing and sharing recipes": every gerund of the list in its base form."""
    out: list[Token] = []
    listing = True
    for token in tokens:
        listing = listing and (token.tag in {"CONJ", "COMMA"} or token.form == "gerund")
        out.append(_base(token) if listing else token)
    return out


def _purpose(rest: list[Token], word: Token) -> list[Token]:
    """ "that lets users …", "that manages books", "where users can …"."""
    step = 0
    while step < len(rest) and rest[step].tag in {"MODAL", "ADV"}:
        step += 1
    if step < len(rest) and rest[step].lemma in {"let", "allow", "enable", "help", "permit"}:
        return _allowed(rest, step + 1)
    if word.tag == "WH" and step < len(rest) and rest[step].tag == "VERB":
        verb = rest[step].tagged("VERB", rest[step].lemma, "base")
        return [verb, *rest[step + 1 :]]
    if word.tag == "WH" and step < len(rest) and rest[step].lemma == "have":
        return [made("system", "NOUN", at=rest[step]), *rest[step:]]
    return rest


def _for(
    tokens: Sequence[Token], place: int, first: int, name: str, rest: list[Token]
) -> tuple[Intro | None, list[Token]]:
    """ "for a small library", "for recipes with a title", "for a gym where members …"."""
    found = noun(rest, 0)
    if found is None:
        return Intro(first, tokens[-1].end, name), []
    head, end = found
    if (
        head.plural
        and head.det in {"", "many", "my", "our"}
        or head.owner is not None
        and head.plural
    ):
        keep = made("keep", "VERB", at=rest[0])
        if end < len(rest) and rest[end].lower in {"to"}:
            return Intro(first, rest[end].end, name), [
                *rest[:end],
                made("can", "MODAL", at=rest[end]),
                *_as_verb(rest[end + 1 :]),
            ]
        return Intro(first, tokens[place].end, name), [keep, *rest]
    label = " ".join(token.text for token in (*head.adjectives, *head.heads))
    return _after_system(
        [*tokens[: place + 1], *rest],
        place + 1 + end,
        label if not name or _system(name.split()[-1].lower()) else name,
    )


_WISH = frozenset("i we want would like need can could should must be able wish will".split())


def _story(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "As a user, I want to add recipes so that …" is "a user can add recipes"."""
    if len(tokens) < 6 or tokens[0].lower != "as":
        return tokens
    found = noun(tokens, 1)
    if found is None or found[1] >= len(tokens):
        return tokens
    place = found[1]
    while place < len(tokens) and (
        tokens[place].tag in {"COMMA", "TO", "ADV"} or tokens[place].lower in _WISH
    ):
        place += 1
    if place == found[1] or place >= len(tokens):
        return tokens
    end = next(
        (
            i
            for i in range(place, len(tokens) - 1)
            if tokens[i].lower == "so" and (tokens[i + 1].lower in {"that", "i", "we", "they"})
        ),
        next(
            (
                i
                for i in range(place, len(tokens) - 2)
                if tokens[i].lower == "in" and tokens[i + 1].lower == "order"
            ),
            len(tokens),
        ),
    )
    can = made("can", "MODAL", at=tokens[place])
    return [*tokens[1 : found[1]], can, *_as_verb(list(tokens[place:end]))]


def _unmixed(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """ "sign up, log in and create lists" as two: the account, and the rest."""
    for clause in clauses:
        auth = tuple(v for v in clause.verbs if v in SIGN_IN | SIGN_UP - {"join"})
        others = tuple(v for v in clause.verbs if v not in auth)
        if auth and others and not clause.passive:
            yield replace(clause, verbs=auth, rest=())
            yield replace(clause, verbs=others)
        else:
            yield clause


def _opened(tokens: list[Token]) -> Iterator[list[Token]]:
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
    """A clause whose object is described further, as two: "manage books" and "books have a title"."""
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
    if rest[end].tag == "OPEN" and rest[-1].tag == "CLOSE" and len(rest) - end > 4 and rest[end + 1].tag != "NUM":
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
    return (
        head.plural
        and head.det in {"", "many", "all", "my", "our", "the"}
        or (is_plural(head.heads[-1].lower) and head.owner is not None and head.det == "")
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
        if (
            step <= start
            or tail[found[1]].lower == "with"
            and found[0].det == ""
            and not found[0].plural
        ):
            continue
        if index > start:
            yield current, tail[start:index]
        current, start = tail[step : found[1]], found[1]
    yield current, tail[start:]
