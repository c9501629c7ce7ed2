"""Applies the client's feedback to a Specification, as a patch."""

from __future__ import annotations

from collections.abc import Iterator

from codex.chains.contract import Chain
from codex.chains.design import _checks as checks
from codex.chains.runner import run
from codex.chains.sentence import Problem
from codex.common.documents.base import Part
from codex.common.documents.patch import SpecificationPatch, apply, broken
from codex.common.documents.specification import Specification
from codex.common.services import Services


class ReviseInputs(Part):
    """What stands, and what the client says about it."""

    document: str
    """The Specification as it stands, as JSON."""
    feedback: str
    """What the client says about it, word for word."""

    @property
    def specification(self) -> Specification:
        """The Specification as it stands."""
        return Specification.from_json(self.document, "the Specification")


def check(inputs: ReviseInputs, output: SpecificationPatch) -> Iterator[Problem]:
    """The patch does what the feedback says, keeps ids, and leaves a sound Specification."""
    before = inputs.specification
    wrong = broken(before, output, inputs.feedback)
    for what in wrong:
        yield checks.REFERENCE(what=what[:1].upper() + what[1:])
    after = None if wrong else apply(before, output, inputs.feedback)
    yield from checks.of_revision(before, output, after, inputs.feedback)


CHAIN = Chain(
    name="design/revise",
    purpose="Applies feedback to a Specification, as a patch.",
    inputs=ReviseInputs,
    output=SpecificationPatch,
    check=check,
    sentences=checks.SENTENCES,
    token_limit=32_000,
)


async def revise(inputs: ReviseInputs, services: Services, *, place: str) -> SpecificationPatch:
    """The patch that does what the feedback says."""
    return await run(CHAIN, inputs, services, place=place)
