"""Turns what a check found into the sentences of the chain that asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codex.blueprint.finding import Finding
from codex.chains.sentence import Problem, Sentence


def told(findings: Iterable[Finding], sentences: Iterable[Sentence]) -> Iterator[Problem]:
    """Each finding once, in the words of the sentence that has its rule's name."""
    by_name = {sentence.name: sentence for sentence in sentences}
    seen: set[str] = set()
    for item in findings:
        problem = by_name[item.rule](at=item.at, **item.values)
        if str(problem) not in seen:
            seen.add(str(problem))
            yield problem
