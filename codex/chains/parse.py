"""From the text of a reply to a typed output, leniently: what was mended is recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from codex.chains.code_reply import looks_like_code, read_code
from codex.chains.coerce import choose, path_in, shown, validate
from codex.chains.lenient import Loaded, Unreadable, load
from codex.chains.output import may_ask_back
from codex.chains.schema import Schema, narrowed_out
from codex.chains.sentence import Place

O = TypeVar("O", bound=BaseModel)  # noqa: E741 output

LONGEST = 2_000_000
"""Characters of a reply that are read; more is a fault of its own."""
_FAULTS_TOLD = 20


@dataclass(frozen=True)
class Fault:
    """Something wrong with a reply: what, and where."""

    text: str
    at: Place = ()


@dataclass(frozen=True)
class Parsed(Generic[O]):
    """What could be read from a reply: a value, or the faults that stand in its way."""

    value: O | None
    faults: Sequence[Fault] = ()
    mended: Sequence[str] = ()


def too_long(text: str) -> Fault | None:
    """The fault of a reply that is too long to be read."""
    if len(text) <= LONGEST:
        return None
    return Fault(f"The reply has {len(text):,} characters; at most {LONGEST:,} are read.")


def parse_structured(
    text: str, output: type[O], schema: Schema, *, narrowed: bool = False
) -> Parsed[O]:
    """The structured answer in `text`; `narrowed` tells that the schema names what exists."""
    if fault := too_long(text):
        return Parsed(None, (fault,))
    value = _strictly(text, output)
    if value is not None:
        return _existing(value, json.loads(text), schema, ()) if narrowed else Parsed(value)
    try:
        loaded = find_json(text)
    except (Unreadable, RecursionError) as error:
        return Parsed(None, (_unreadable(text, error),))
    if loaded.cut:
        return Parsed(None, (Fault("The reply breaks off before its end."),), loaded.mends)
    typed, raw, bends, errors = validate(loaded.value, output)
    mended = (*loaded.mends, *bends)
    if typed is None:
        faults = [_fault(raw, item["loc"], item["msg"], item["type"]) for item in errors]
        more = len(faults) - _FAULTS_TOLD
        if more > 0:
            faults = [*faults[:_FAULTS_TOLD], Fault(f"{more} more places are wrong like these.")]
        return Parsed(None, faults or (Fault("The answer is nested too deeply."),), mended)
    return _existing(typed, raw, schema, mended) if narrowed else Parsed(typed, (), mended)


def parse_code(text: str, output: type[O]) -> Parsed[O]:
    """The code block in `text`, or the question that the chain allows in its place."""
    if fault := too_long(text):
        return Parsed(None, (fault,))
    found = read_code(text)
    blocks = [block for block in found.blocks if block.text.strip()]
    mended: list[str] = []
    if found.questions and not blocks:
        if may_ask_back(output):
            return _built(output, {"question": " ".join(found.questions)}, mended)
        return Parsed(None, (Fault("Questions cannot be asked here: decide, and write the code."),))
    if found.questions:
        return Parsed(None, (Fault("The reply holds both code and a question; give one of both."),))
    if len(blocks) > 1:
        told = f"The reply holds {len(blocks)} fenced code blocks; give exactly one, with all code."
        return Parsed(None, (Fault(told),))
    if not blocks:
        if found.blocks or not looks_like_code(text):
            return Parsed(None, (Fault("The reply holds no code in a fenced block (```)."),))
        return _built(output, {"code": text.strip() + "\n"}, ["the code had no fences"])
    if not blocks[0].closed:
        mended.append("the code block's end was missing")
    return _built(output, {"code": blocks[0].text}, mended)


def find_json(text: str) -> Loaded:
    """The JSON value in a reply: all of it, in a fence, or after some prose."""
    stripped = text.lstrip()
    if stripped[:1] in {"{", "[", '"'} and stripped[:1]:
        return load(text)
    fences = [block for block in read_code(text).blocks if block.text.lstrip()[:1] in {"{", "["}]
    starts = [_offset(text, fences[0].line)] if fences else []
    if not fences:
        line = text.find("\n{")
        candidates = (text.find("{"), text.find("["), line + 1 if line >= 0 else -1)
        # The first bracket of any kind, then the first brace, then one that begins a line.
        found = [at for at in candidates if at >= 0]
        starts = list(dict.fromkeys([min(found), *found])) if found else []
    problem = Unreadable("there is no JSON object in it", 0)
    for start in starts:
        try:
            loaded = load(text, start)
        except Unreadable as error:
            problem = error
            continue
        fence = "a fence around the JSON was removed"
        loaded.mends = [mend for mend in loaded.mends if not mend.startswith("text after")]
        loaded.mends.insert(0, fence if fences else "text around the JSON was left out")
        return loaded
    raise problem


def _offset(text: str, line: int) -> int:
    """Where line number `line` begins."""
    position = 0
    for number, content in enumerate(text.splitlines(keepends=True), 1):
        if number == line:
            return position
        position += len(content)
    return position


def _strictly(text: str, output: type[O]) -> O | None:
    """The fast path: most replies are what was asked for."""
    try:
        return output.model_validate_json(text)
    except (ValidationError, RecursionError):
        return None


def _existing(value: O, raw: Any, schema: Schema, mended: Sequence[str]) -> Parsed[O]:
    """`value`, if it names only what the narrowed schema allows; slips in spelling are mended."""
    mends: list[str] = []
    for at, names in list(narrowed_out(raw, schema)):
        choose(raw, at, names, mends)
    wrong = [
        Fault(f"{shown(at)}: this name does not exist; choose one of: {', '.join(names)}.", at)
        for at, names in narrowed_out(raw, schema)
    ]
    if wrong:
        return Parsed(None, wrong[:_FAULTS_TOLD], (*mended, *mends))
    return _built(type(value), raw, (*mended, *mends)) if mends else Parsed(value, (), mended)


def _built(output: type[O], values: dict[str, Any], mended: Sequence[str]) -> Parsed[O]:
    try:
        return Parsed(output.model_validate(values), (), mended)
    except ValidationError as error:
        faults = [_fault(values, item["loc"], item["msg"], item["type"]) for item in error.errors()]
        return Parsed(None, faults, mended)


def _fault(raw: Any, location: tuple[str | int, ...], message: str, kind: str) -> Fault:
    at = path_in(raw, location)
    text = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if kind == "missing":
        text = "this field is required and missing"
    return Fault(f"{shown(at)}: {text}." if at else f"{text}.", at)


def _unreadable(text: str, error: Exception) -> Fault:
    if isinstance(error, Unreadable):
        line = text.count("\n", 0, error.at) + 1
        return Fault(f"The reply is no JSON: {error} (line {line}).")
    return Fault("The reply is no JSON: it is nested too deeply.")
