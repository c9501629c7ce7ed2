"""Whether an overlay's wordings belong to a chain, and name only values that it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codex.chains.contract import Chain
from codex.chains.output import is_code
from codex.chains.schema import describable
from codex.chains.sentence import placeholders
from codex.common.errors import PromptError
from codex.common.wording import TEXTS, Wording


def wrong_words(chain: Chain[Any, Any], wording: Wording) -> Iterator[PromptError]:
    """What is wrong with the wordings in force for `chain`.

    A name that the chain does not have is wrong in the chain's own file only: one in the file of
    the whole overlay may belong to another chain.
    """
    sentences = {sentence.name: sentence for sentence in chain.sentences}
    for name, text in wording.sentences.items():
        file = str(wording.files[f"sentences:{name}"])
        if name in sentences:
            if told := _unknown_values(text, sentences[name].text):
                yield PromptError(f"[sentences] {name}: {told}.", "Mend the text.", file=file)
        elif file.endswith(f"{chain.name}/{TEXTS}"):
            known = ", ".join(sentences) or "none"
            yield PromptError(f"no sentence is called {name!r}.", f"Known: {known}.", file=file)
    places = {} if is_code(chain.output) else describable(chain.output)
    for place in wording.fields:
        file = str(wording.files[f"fields:{place}"])
        if place not in places and file.endswith(f"{chain.name}/{TEXTS}"):
            known = ", ".join(places) or "none"
            yield PromptError(f"[fields] there is no {place!r}.", f"Known: {known}.", file=file)


def _unknown_values(text: str, original: str) -> str:
    """What is wrong with the places for values in a reworded sentence."""
    try:
        unknown = placeholders(text) - placeholders(original)
    except ValueError as error:
        return str(error)
    known = ", ".join(sorted(placeholders(original))) or "none"
    return f"unknown value {', '.join(sorted(unknown))}; known are {known}" if unknown else ""
