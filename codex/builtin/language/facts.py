"""What is said of one field: type, bounds, choices, whether it may be missing."""

from __future__ import annotations

import re

from codex.builtin.language.bounds import UNIT_TYPES, Facts, bounded, read_range
from codex.builtin.language.choices import choice_values
from codex.builtin.language.names import snake
from codex.builtin.language.nouns import Tokens, noun, starts
from codex.builtin.language.quantities import Number, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import TYPE_WORDS
from codex.builtin.language.wordlists import wordset
from codex.common.documents.specification import FieldType

_EMPTY = wordset("empty blank null omitted missing unset none skipped")


_FILLERS = wordset(
    """be is are a an the of has have as in it and , also that which with its must should can may .
    ; value field"""
)


def read_facts(tokens: Tokens, facts: Facts, *, listed: bool = False) -> bool:
    """Whether all of `tokens` say something about a field that is known; then it is in `facts`.

    `listed` allows a bare list of values, as in brackets: "(draft, published)".
    """
    place = _bare_choices(tokens, facts) if listed else 0
    while place < len(tokens):
        step = _one(tokens, place, facts)
        if step is None:
            if tokens[place].lower in _FILLERS:
                place += 1
                continue
            return False
        place = step
    return True


def _one(tokens: Tokens, place: int, facts: Facts) -> int | None:
    for reader in _READERS:
        end = reader(tokens, place, facts)
        if end is not None:
            return end
    return None


def _presence(tokens: Tokens, place: int, facts: Facts) -> int | None:
    words = [token.lower for token in tokens[place : place + 5]]
    first = words[0]
    if first in {"not", "n't", "never", "cannot"}:
        rest = words[1:]
        skip = sum(
            1 for word in rest[:2] if word in {"be", "necessarily", "always", "strictly", "left"}
        )
        if rest[skip : skip + 1] and rest[skip] in _EMPTY:
            facts.required = True
            if rest[skip] in {"empty", "blank"}:
                facts.min_length = facts.min_length or 1
            return place + 2 + skip
        if rest[skip : skip + 1] and rest[skip] in {
            "required",
            "mandatory",
            "needed",
            "obligatory",
        }:
            facts.required = False
            return place + 2 + skip
        if rest[skip : skip + 1] == ["optional"]:
            facts.required = True
            return place + 2 + skip
        if rest[skip : skip + 1] == ["negative"]:
            facts.minimum, facts.exclusive_minimum = Number(0), False
            return place + 2 + skip
        if rest[skip : skip + 3] == ["in", "the", "past"] or rest[skip : skip + 3] == [
            "in",
            "the",
            "future",
        ]:
            return _moment(rest[skip + 2], facts, place + 4 + skip, negated=True)
        return None
    if first in {"optional", "optionally", "nullable"} or first in _EMPTY - {"none"}:
        facts.required = False
        return place + 1
    if (
        words[:2] == ["left", "out"]
        or words[:2] == ["left", "empty"]
        or words[:2] == ["left", "blank"]
    ):
        facts.required = False
        return place + 2
    if first in {"required", "mandatory", "obligatory", "compulsory"}:
        facts.required = True
        return place + 1
    if first in {"unique", "distinct"}:
        facts.unique = True
        return place + 1
    if words[:3] in (["in", "the", "past"], ["in", "the", "future"]):
        return _moment(words[2], facts, place + 3, negated=False)
    return None


def _moment(word: str, facts: Facts, end: int, *, negated: bool) -> int:
    """ "in the future" and "not in the past": from now on."""
    if (word == "future") is not negated:
        facts.minimum, facts.exclusive_minimum = "today", not negated
    else:
        facts.maximum, facts.exclusive_maximum = "today", not negated
    return end


def _choices(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "one of draft, published or archived", "either red or green"."""
    for lead in (
        ["one", "of"], ["any", "of"], ["either"], ["among"], ["with", "values"], ["values"],
        ["with", "the", "values"], ["with", "possible", "values"], ["possible", "values"],
        ["allowed", "values"], ["such", "as"], ["with", "the", "options"], ["options"],
    ):  # fmt: skip
        if not starts(tokens, place, lead):
            continue
        start = place + len(lead)
        while start < len(tokens) and tokens[start].lower in wordset(
            """the following : these values either are is be ( statuses states options"""
        ):
            start += 1
        values, end = choice_values(tokens, start)
        if len(values) >= 2:
            facts.choices = values
            facts.type = FieldType.CHOICE
            return end + (end < len(tokens) and tokens[end].tag == "CLOSE")
    return None


def _listed_choices(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "that is open, in progress or closed", "which can be active or retired"."""
    start = place
    while start < len(tokens) and tokens[start].lower in wordset(
        "which that can is are be may must either being should will"
    ):
        start += 1
    if (
        start == place
        or tokens[start - 1].lower in {"that", "which", "must", "should"}
        or start >= len(tokens)
    ):
        return None
    if tokens[start].lower in {"one", "any", "among"}:
        return None
    values, end = choice_values(tokens, start)
    words = {token.lower for token in tokens[start:end]}
    if (
        len(values) < 2
        or ("or" not in words and tokens[start].tag != "QUOTED")
        or words & _NO_CHOICES
    ):
        return None
    if any(token.tag == "NUM" for token in tokens[start:end]):
        return None
    facts.choices, facts.type = values, FieldType.CHOICE
    return end


_NO_CHOICES = wordset(
    """empty blank null required optional unique positive negative than most least between equal by
    false true yes no not"""
)


_CONSTRAINTS = TYPE_WORDS.keys() | wordset(
    "optional required unique mandatory default max min positive"
)


def _bare_choices(tokens: Tokens, facts: Facts) -> int:
    """Where the values of "(draft, published)" or "(S/M/L)" end; 0 where there are none."""
    if not any(token.tag in {"COMMA", "CONJ"} or token.lower == "|" for token in tokens):
        return 0
    if tokens[0].lower in {"one", "either", "any", "possible", "values", "options"}:
        return 0
    values, end = choice_values(tokens, 0)
    inside = tokens[:end]
    types = sum(token.lower in TYPE_WORDS for token in inside)
    known = _CONSTRAINTS
    if types >= 2 or 2 * types < len(values):
        known = known - TYPE_WORDS.keys()
    if (
        len(values) < 2
        or "etc" in values
        or any(
            token.lower in known or token.tag in {"NUM", "MODAL", "AUX", "COLON"}
            for token in inside
        )
    ):
        return 0
    facts.choices, facts.type = values, FieldType.CHOICE
    return end


def _default(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "defaults to open", "default 0", "open by default", "with a default of 1"."""
    words = [token.lower for token in tokens[place : place + 4]]
    start = None
    if words[0] in {"defaults", "defaulting"} and words[1:2] == ["to"]:
        start = place + 2
    elif words[0] == "default":
        start = place + 1 + (words[1:2] in (["to"], ["of"], ["value"], ["is"], [":"], ["="]))
        start += start > place + 1 and words[1] == "value" and words[2:3] in (["of"], ["is"])
    elif words[:3] in (["by", "default", "it"], ["initially", "set", "to"]):
        start = place + 3
    elif words[:2] in (
        ["by", "default"],
        ["starting", "as"],
        ["starts", "as"],
        ["starting", "at"],
        ["starts", "at"],
    ):
        start = place + 2
    elif words[:1] == ["initially"]:
        start = place + 1
    if start is None:
        if words[1:3] == ["by", "default"] and tokens[place].tag not in {"COMMA", "CONJ"}:
            start = place
            _set_default(tokens[start], facts)
            return place + 3
        return None
    while start < len(tokens) and tokens[start].lower in {"is", "be", "the", "to"}:
        start += 1
    if start >= len(tokens):
        return None
    if starts(tokens, start, ["current", "date"]) or starts(tokens, start, ["current", "day"]):
        facts.default = "today"
        return start + 2
    if starts(tokens, start, ["current", "time"]):
        facts.default = "now"
        return start + 2
    end = start + 1
    while end < len(tokens) and tokens[end].tag in {"NOUN", "ADJ"} and facts.choices:
        if snake(" ".join(token.lower for token in tokens[start : end + 1])) not in facts.choices:
            break
        end += 1
    _set_default(tokens[start], facts, " ".join(token.lower for token in tokens[start:end]))
    return end


def _set_default(token: Token, facts: Facts, text: str = "") -> None:
    value = number(token)
    word = text or token.lower
    if value is not None:
        facts.default = value.value
        facts.quotes.append((token, "default"))
    elif word in {"true", "yes", "false", "no", "on", "off"}:
        facts.default = word in {"true", "yes", "on"}
        facts.type = facts.type or FieldType.BOOLEAN
    elif word in {"now", "today"}:
        facts.default = word
    else:
        facts.default = token.text if token.tag == "QUOTED" else re.sub(r"[\s-]+", "_", word)


def _sign(tokens: Tokens, place: int, facts: Facts) -> int | None:
    word = tokens[place].lower
    if word == "positive":
        facts.minimum, facts.exclusive_minimum = Number(0), True
    elif word in {"non-negative", "nonnegative"}:
        facts.minimum, facts.exclusive_minimum = Number(0), False
    elif word in {"nonempty", "non-empty"}:
        facts.required, facts.min_length = True, 1
    else:
        return None
    return place + 1


def _typed(tokens: Tokens, place: int, facts: Facts) -> int | None:
    word = tokens[place].lower
    if word == "whole" and starts(tokens, place, ["whole", "number"]):
        facts.type = FieldType.INTEGER
        return place + 2
    if (
        starts(tokens, place, ["long", "text"])
        or starts(tokens, place, ["free", "text"])
        or starts(tokens, place, ["text", "area"])
    ):
        facts.type = FieldType.LONG_TEXT
        return place + 2
    if starts(tokens, place, ["decimal", "number"]) or starts(tokens, place, ["floating", "point"]):
        facts.type = FieldType.DECIMAL if word == "decimal" else FieldType.FLOAT
        return place + 2
    if starts(tokens, place, ["true", "or", "false"]) or starts(tokens, place, ["yes", "or", "no"]):
        facts.type = FieldType.BOOLEAN
        return place + 3
    if starts(tokens, place, ["date", "and", "time"]):
        facts.type = FieldType.DATETIME
        return place + 3
    if word in {"valid", "short", "type"}:
        return place + 1
    if word in TYPE_WORDS:
        facts.type = TYPE_WORDS[word]
        end = place + 1
        if end < len(tokens) and tokens[end].lower in {"field", "value", "address", "format"}:
            end += 1
        if word == "number" and starts(tokens, end, ["of"]):
            return None
        return end
    return None


def _unit(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "in euros", "in minutes"."""
    word = tokens[place].lower
    if word in UNIT_TYPES and (place == 0 or tokens[place - 1].lower in {"in", "of", ","}):
        facts.unit = word
        facts.type = facts.type or UNIT_TYPES[word]
        return place + 1
    return None


def _per(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "unique per author", "unique within a project", "unique for each user"."""
    if not facts.unique or tokens[place].lower not in {
        "per",
        "within",
        "for",
        "inside",
        "in",
        "across",
    }:
        return None
    found = noun(tokens, place + 1)
    if found is None:
        return None
    if tokens[place].lower != "across" and found[0].det != "all":
        facts.unique_per.append(found[0].name)
    return found[1]


_READERS = (
    _presence,
    read_range,
    bounded,
    _choices,
    _listed_choices,
    _default,
    _sign,
    _typed,
    _unit,
    _per,
)
