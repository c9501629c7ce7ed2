"""From a request's text to its clauses: introductions, bullets with their lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codex.builtin.language.clause import Clause, find_verb, parse
from codex.builtin.language.introductions import introduction, story
from codex.builtin.language.intros import Intro, made
from codex.builtin.language.nouns import noun
from codex.builtin.language.people import HEADINGS
from codex.builtin.language.relatives import opened, relatives, unmixed
from codex.builtin.language.splitting import split
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import Token, tokenize
from codex.common.clauses import Sentence, sentences

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
    intro, tokens = introduction(story(tokens))
    if intro is not None:
        reading.intros.append(intro)
    if not tokens:
        return
    bullet = sentence.block.kind == "bullet"
    for piece in opened(list(tokens)):
        for clause in unmixed(split(piece)):
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


def _have(subject: list[Token], rest: list[Token]) -> Clause:
    """`subject` has `rest`."""
    subject = [token for token in subject if token.tag != "COLON"]
    return parse([*subject, made("have", "AUX", "have", at=rest[0]), *rest], rest)
