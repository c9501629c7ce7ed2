"""The values that a field may have: "one of draft, published or archived"."""

from __future__ import annotations

import re

from codex.builtin.language.nouns import Tokens
from codex.builtin.language.wordlists import wordset

_ENDS_VALUE = wordset("COMMA CONJ OPEN CLOSE WH MODAL SIGN COLON AUX SUB PRON")


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
