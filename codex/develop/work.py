"""One function in the making: its code so far, what was seen of it, and how it ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.implementation import (
    Check,
    Clarification,
    Function,
    FunctionStatus,
    FunctionTest,
    Package,
)


@dataclass
class Work:
    """A function in the making."""

    definition: FunctionDefinition
    examples: list[Example]
    code: str = ""
    packages: tuple[Package, ...] = ()
    evidence: list[Check] = field(default_factory=list[Check])
    notes: list[Check] = field(default_factory=list[Check])
    """What stays true whatever the code is."""
    keys: list[str] = field(default_factory=list[str])
    test_keys: list[str] = field(default_factory=list[str])
    """Apart, since code and cases are asked for at once and may be answered in any order."""
    clarifications: list[Clarification] = field(default_factory=list[Clarification])
    tests: list[Example] = field(default_factory=list[Example])
    failures: list[str] = field(default_factory=list[str])
    seen: set[str] = field(default_factory=set[str])
    """Hashes of codes and of failures; one that comes back means that repairs go in a circle."""
    problems: list[str] = field(default_factory=list[str])
    rounds: int = 0
    fresh_starts: int = 0
    readable: asyncio.Event = field(default_factory=asyncio.Event)
    """Its code passed the checks that only read it, or none ever will."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    verified: bool = False
    anew: bool = False
    """Asked for by name: what is stored is not taken as it is."""
    reused_from: str | None = None
    as_drawn: bool = False
    """The code is the main function as its template has it: nobody was asked to write it."""
    kept: Function | None = None
    """The function as it was, when it is not written anew."""
    series: str = ""
    """The workshop's, where Deploy sent the function back."""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.definition.name

    @property
    def spot(self) -> str:
        """What stands first in the places of all that is asked and seen of it."""
        return f"{self.name}{self.series}"

    def function(self) -> Function:
        """The finished Function."""
        if self.kept is not None:
            return self.kept
        evidence = list(self.evidence)
        if not self.verified:
            failed = "\n".join(self.problems) or "No code was written."
            evidence.append(Check(name="given up", passed=False, detail=failed))
        return Function(
            name=self.name,
            code=self.code if self.verified else "",
            status=FunctionStatus.VERIFIED if self.verified else FunctionStatus.UNVERIFIED,
            packages=self.packages,
            tests=tuple(_tests(self)),
            evidence=tuple(evidence),
            journal_keys=tuple(dict.fromkeys([*self.keys, *self.test_keys])),
            clarifications=tuple(self.clarifications),
            reused_from=self.reused_from,
        )


def _tests(work: Work) -> list[FunctionTest]:
    return [
        FunctionTest(
            name=f"{work.name}_generated_{number}"[:63],
            origin="generated",
            code=example.model_dump_json(exclude_defaults=True),
        )
        for number, example in enumerate(work.tests, 1)
    ]
