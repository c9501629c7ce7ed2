"""The Implementation: a Function for every FunctionDefinition, and evidence that it works."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Document, Part, SnakeName, Violations


def normal_package(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Package(Part):
    """A distribution that generated code imports."""

    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", max_length=100)
    ]
    """The name on the package index."""
    version: str = ""
    """The pinned version; empty until the lock is resolved."""
    specifier: str = ""
    """What was asked for: `>=2,<3`."""


class Check(Part):
    """Evidence of one check of one function: what was tried and what came of it."""

    name: str
    """`parses`, `signature`, `examples`, `scenario R3: …`."""
    passed: bool
    """Whether it held."""
    detail: str = ""
    """Normalised output: no addresses, paths or times."""
    mended: str = ""
    """What code put right before it passed."""


class FunctionTest(Part):
    """A test of a function: a case that is tried in the sandbox and shipped with the service."""

    name: SnakeName
    """What it shows."""
    origin: Literal["example", "generated", "property"]
    """Where it comes from."""
    code: str = ""
    """An Example as JSON; empty for examples and properties, which are run from the contract."""


class Clarification(Part):
    """A question about the contract, with the Architect's answer."""

    question: str
    """What the writer asked."""
    answer: str
    """What the Architect added to the contract."""


class FunctionStatus(StrEnum):
    """Whether a function is known to work."""

    VERIFIED = "verified"  # every check passed, the evidence is attached
    UNVERIFIED = "unverified"  # given up; a typed 501 stands in its place


class Function(Part):
    """Code for one FunctionDefinition, with its tests and the evidence of every check."""

    name: SnakeName
    """The FunctionDefinition's name."""
    code: str
    """The function with its own imports and helpers, as it was accepted; empty when given up."""
    status: FunctionStatus
    """Whether it is known to work."""
    packages: tuple[Package, ...] = ()
    """Derived from the imports; what every service has is not repeated."""
    tests: tuple[FunctionTest, ...] = ()
    """What it was tested with."""
    evidence: tuple[Check, ...] = ()
    """What was tried, and what came of it."""
    journal_keys: tuple[str, ...] = ()
    """The model calls that it came from."""
    clarifications: tuple[Clarification, ...] = ()
    """What was asked while it was written."""
    reused_from: str | None = None
    """The id of the stored Function that served again."""

    @property
    def verified(self) -> bool:
        """Whether it is known to work."""
        return self.status is FunctionStatus.VERIFIED


class Implementation(Document):
    """The code of every function, each known to work or listed as missing."""

    kind: ClassVar[str] = "implementation"
    document: Literal["implementation"] = "implementation"
    """The kind of document."""

    architecture: Architecture
    """What is implemented."""
    functions: tuple[Function, ...] = ()
    """One for every FunctionDefinition."""

    @property
    def complete(self) -> bool:
        """Whether every function is verified."""
        return all(function.verified for function in self.functions)

    @property
    def missing(self) -> tuple[str, ...]:
        """The functions that could not be verified."""
        return tuple(item.name for item in self.functions if not item.verified)

    def function(self, name: str) -> Function | None:
        """The Function called `name`."""
        return next((item for item in self.functions if item.name == name), None)

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        found = Violations()
        names = [item.name for item in self.functions]
        found.unique(names, "functions", "the implementation")
        wanted = {item.name for item in self.architecture.functions}
        for name in sorted(set(names) - wanted):
            found.expect(False, f"function {name!r} has no FunctionDefinition in the architecture")
        for name in sorted(wanted - set(names)):
            found.expect(False, f"FunctionDefinition {name!r} has no function")
        for item in self.functions:
            me = f"function {item.name!r}"
            if item.verified:
                found.expect(item.code.strip(), f"{me} is verified but has no code")
                found.expect(
                    item.evidence and all(check.passed for check in item.evidence),
                    f"{me} is verified without evidence that it passed every check",
                )
            found.unique([test.name for test in item.tests], "tests", me)
            found.unique(
                [normal_package(package.name) for package in item.packages], "packages", me
            )
        found.raise_if_any()
        return self
