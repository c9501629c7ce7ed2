"""What is said of one field: type, bounds, choices, whether it may be missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codex.builtin.language.names import snake
from codex.builtin.language.nouns import Tokens, bound, noun, starts
from codex.builtin.language.quantities import Number, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import TYPE_WORDS
from codex.common.documents.specification import FieldType

_LENGTH_UNITS = frozenset(
    "character characters chars char letters letter symbols digits digit long".split()
)
_CURRENCY = frozenset("euro euros eur dollar dollars usd pounds gbp chf cents currency yen".split())
_UNIT_TYPES: dict[str, FieldType] = {
    **dict.fromkeys(_CURRENCY, FieldType.DECIMAL),
    **dict.fromkeys(("percent", "%", "per_cent"), FieldType.DECIMAL),
    **dict.fromkeys(
        """minutes minute hours hour days day seconds weeks months years stars points pages items
        people pieces units degrees_whole""".split(),
        FieldType.INTEGER,
    ),
    **dict.fromkeys(
        """kg kilograms kilogram kilos grams gram g lb lbs pounds_weight cm centimeters centimetres
        meters metres meter metre m mm km kilometers kilometres miles litres liters liter litre ml
        degrees celsius fahrenheit""".split(),
        FieldType.FLOAT,
    ),
}  # fmt: skip
_EMPTY = frozenset("empty blank null omitted missing unset none skipped".split())
_FILLERS = frozenset(
    "be is are a an the of has have as in it and , also that which with its must should can may . ; value field".split()
)


@dataclass
class Facts:
    """What is said of a field so far."""

    type: FieldType | None = None
    required: bool | None = None
    unique: bool = False
    unique_per: list[str] = field(default_factory=list[str])
    choices: list[str] = field(default_factory=list[str])
    default: str | int | float | bool | None = None
    minimum: Number | str | None = None
    maximum: Number | str | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    min_length: int | None = None
    max_length: int | None = None
    unit: str = ""
    description: str = ""
    quotes: list[tuple[Token, str]] = field(default_factory=list[tuple[Token, str]])
    """Each number that was used, and what for: `minimum`, `max_length`, `default`."""

    def bound(self, how: str, value: Number, token: Token, *, length: bool) -> None:
        """Take a bound in."""
        if length and isinstance(value.value, int):
            if how in {"le", "lt", "eq"}:
                self.max_length = value.value - (how == "lt")
                self.quotes.append((token, "max_length"))
            if how in {"ge", "gt", "eq"}:
                self.min_length = value.value + (how == "gt")
                if how != "eq":
                    self.quotes.append((token, "min_length"))
            return
        if how in {"le", "lt", "eq"}:
            self.maximum, self.exclusive_maximum = value, how == "lt"
            self.quotes.append((token, "maximum"))
        if how in {"ge", "gt", "eq"}:
            self.minimum, self.exclusive_minimum = value, how == "gt"
            self.quotes.append((token, "minimum"))


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


def _range(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "between 1 and 5", "from 1 to 5", "1-5", "1 to 5 stars"."""
    start = place
    while start < len(tokens) and tokens[start].lower in {
        "between",
        "from",
        "range",
        "ranging",
        "in",
        "the",
        "of",
        "within",
        "on",
        "a",
        "scale",
    }:
        start += 1
    if start + 2 >= len(tokens):
        return None
    first, sign, second = number(tokens[start]), tokens[start + 1].lower, number(tokens[start + 2])
    gap = 2
    if (
        first
        and second is None
        and sign in _CURRENCY | {"characters", "stars", "and"}
        and start + 3 < len(tokens)
    ):
        sign, second, gap = tokens[start + 2].lower, number(tokens[start + 3]), 3
    if (
        first is None
        or second is None
        or sign not in {"and", "to", "-", "–", "—", "...", "through", "till", "until", "up"}
    ):
        return None
    end = start + gap + 1
    unit = tokens[end].lower if end < len(tokens) else ""
    length = unit in _LENGTH_UNITS
    facts.bound("ge", first, tokens[start], length=length)
    facts.bound("le", second, tokens[start + gap], length=length)
    _take_unit(unit or first.unit or second.unit, facts, length=length)
    return end + (1 if unit in _LENGTH_UNITS or unit in _UNIT_TYPES else 0) + _long(tokens, end)


def _long(tokens: Tokens, end: int) -> int:
    """ "characters long", "digits in length"."""
    if (
        end + 1 < len(tokens)
        and tokens[end].lower in _LENGTH_UNITS
        and tokens[end + 1].lower == "long"
    ):
        return 1
    return 0


def _bounded(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "at most 280 characters", "min 1", "max length 50", "280 characters max"."""
    words = [token.lower for token in tokens[place : place + 3]]
    for how, names in (("le", ("max", "maximum")), ("ge", ("min", "minimum"))):
        if words[0] in names and words[1:2] in (["length"], ["value"], ["size"]):
            skip = 2 + (words[2:3] == ["of"]) + (words[2:3] in ([":"], ["="]))
            value = number(tokens[place + skip]) if place + skip < len(tokens) else None
            if value:
                facts.bound(how, value, tokens[place + skip], length=words[1] == "length")
                return (
                    place
                    + skip
                    + 1
                    + (
                        place + skip + 1 < len(tokens)
                        and tokens[place + skip + 1].lower in _LENGTH_UNITS
                    )
                )
    found = bound(tokens, place)
    if found:
        how, value, end = found
    else:
        value, end, how = number(tokens[place]), place + 1, ""
        after = tokens[end].lower if end < len(tokens) else ""
        if value is None or not (
            after in _LENGTH_UNITS
            or starts(tokens, end, ["or", "more"])
            or starts(tokens, end, ["or", "less"])
        ):
            return None
        how = "eq"
    unit = tokens[end].lower if end < len(tokens) else ""
    length = unit in _LENGTH_UNITS
    known = length or unit in _UNIT_TYPES
    last = end + known + _long(tokens, end)
    how, last = _trailing_bound(tokens, last, how)
    facts.bound(how, value, tokens[end - 1], length=length)
    _take_unit(unit if known else value.unit, facts, length=length)
    return last


def _trailing_bound(tokens: Tokens, place: int, how: str) -> tuple[str, int]:
    """ "280 characters max", "5 or more"."""
    if how == "eq" and place < len(tokens):
        words = [token.lower for token in tokens[place : place + 2]]
        if (
            words[0] in {"max", "maximum", "tops"}
            or words == ["at", "most"]
            or words == ["or", "less"]
            or words == ["or", "fewer"]
        ):
            return "le", place + (2 if len(words) == 2 and words[0] in {"at", "or"} else 1)
        if words[0] in {"min", "minimum"} or words == ["at", "least"] or words == ["or", "more"]:
            return "ge", place + (2 if len(words) == 2 and words[0] in {"at", "or"} else 1)
    return how, place


def _take_unit(unit: str, facts: Facts, *, length: bool) -> None:
    if length or not unit:
        if length and facts.type is None and unit in {"digits", "digit"}:
            facts.type = FieldType.TEXT
        return
    facts.unit = unit
    if unit in _UNIT_TYPES or unit in {"USD", "EUR", "GBP", "JPY"}:
        facts.type = facts.type or _UNIT_TYPES.get(unit, FieldType.DECIMAL)


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
        while start < len(tokens) and tokens[start].lower in {
            "the",
            "following",
            ":",
            "these",
            "values",
            "either",
            "are",
            "is",
            "be",
            "(",
            "statuses",
            "states",
            "options",
        }:
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
    while start < len(tokens) and tokens[start].lower in {
        "which",
        "that",
        "can",
        "is",
        "are",
        "be",
        "may",
        "must",
        "either",
        "being",
        "should",
        "will",
    }:
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
        or "or" not in words
        and tokens[start].tag != "QUOTED"
        or words & _NO_CHOICES
    ):
        return None
    if any(token.tag == "NUM" for token in tokens[start:end]):
        return None
    facts.choices, facts.type = values, FieldType.CHOICE
    return end


_NO_CHOICES = frozenset(
    "empty blank null required optional unique positive negative than most least between equal by false true yes no not".split()
)


_ENDS_VALUE = frozenset("COMMA CONJ OPEN CLOSE WH MODAL SIGN COLON AUX SUB PRON".split())


def _in_value(tokens: Tokens, place: int, start: int) -> bool:
    """Whether a word belongs to the value that began at `start`: "on the way" is one."""
    token = tokens[place]
    if token.tag == "DET":
        return place > start and tokens[place - 1].tag == "PREP"
    words = {"optional", "required", "by", "defaults", "defaulting", "with", "|"}
    return token.tag not in _ENDS_VALUE and token.lower not in words


def choice_values(tokens: Tokens, place: int) -> tuple[list[str], int]:
    """Bare values with commas, slashes and "or" between them; one with an article ends the list."""
    values: list[str] = []
    end = place
    while place < len(tokens):
        start = place
        while place < len(tokens) and _in_value(tokens, place, start):
            place += 1
            if tokens[place - 1].tag == "QUOTED":
                break
        if place == start or place - start > 4:
            break
        words = tokens[start:place]
        values.append(
            words[0].text if words[0].tag == "QUOTED" else "_".join(token.lower for token in words)
        )
        end = place
        last = False
        while place < len(tokens) and (
            tokens[place].tag in {"COMMA", "CONJ"} or tokens[place].lower == "|"
        ):
            if tokens[place].lower in {"and", "or", "and/or"}:
                last = True
            if tokens[place].lower in {"plus", "but"}:
                return _clean(values), end
            place += 1
        if place == end:
            break
        if place < len(tokens) and tokens[place].tag in {"DET", "POSS", "QUANT"}:
            break
        if last and place < len(tokens):
            tail, after = choice_values(tokens, place)
            if not tail:
                return _clean(values), end
            return _clean(values + tail[:1]), after if len(tail) == 1 else _end_of_first(
                tokens, place
            )
    return _clean(values), end


def _end_of_first(tokens: Tokens, place: int) -> int:
    while place < len(tokens) and tokens[place].tag not in {"COMMA", "CONJ", "CLOSE"}:
        place += 1
    return place


def _clean(values: list[str]) -> list[str]:
    return list(dict.fromkeys(re.sub(r"[\s-]+", "_", value.strip().lower()) for value in values))


_CONSTRAINTS = TYPE_WORDS.keys() | frozenset(
    "optional required unique mandatory default max min positive".split()
)


def _bare_choices(tokens: Tokens, facts: Facts) -> int:
    """Where the values of "(draft, published, archived)" or "(S/M/L)" end; 0 where there are none."""
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
    if word in {"whole"} and starts(tokens, place, ["whole", "number"]):
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
        if word in {"number"} and starts(tokens, end, ["of"]):
            return None
        return end
    return None


def _unit(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "in euros", "in minutes"."""
    word = tokens[place].lower
    if word in _UNIT_TYPES and (place == 0 or tokens[place - 1].lower in {"in", "of", ","}):
        facts.unit = word
        facts.type = facts.type or _UNIT_TYPES[word]
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
    _range,
    _bounded,
    _choices,
    _listed_choices,
    _default,
    _sign,
    _typed,
    _unit,
    _per,
)
