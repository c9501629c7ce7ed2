"""The Application: compiled routes, files, locked packages, what was verified, and its image."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from codex.common.documents.base import Document, JsonValue, Part, SnakeName, Violations
from codex.common.documents.implementation import Implementation, normal_package


def sha256(text: str) -> str:
    """The hash of `text` as a file holds it."""
    return hashlib.sha256(text.encode()).hexdigest()


class SourceSpan(Part):
    """Which lines of a file come from which element of a document."""

    file: str
    """The path of the file."""
    first: int = Field(ge=1)
    """The first line."""
    last: int = Field(ge=1)
    """The last line."""
    element: str
    """`table books`, `route GET /books`, `function borrow_book`, `fixed`."""


class CompiledRoute(Part):
    """A CodeGraph with its Functions, as the code that serves it."""

    function_name: SnakeName
    """The CodeGraph's main function."""
    description: str = ""
    """What it does."""
    code: str
    """The route's own source, as it stands in the service."""
    functions: tuple[SnakeName, ...] = ()
    """The Functions behind it, in the order in which they are defined."""
    verified: bool = False
    """Whether every function behind it is."""


class ServiceFile(Part):
    """A file of the service."""

    path: Annotated[str, Field(min_length=1, max_length=300)]
    """Relative, with forward slashes."""
    content: str
    """The text."""
    sha256: str
    """The hash of the text as UTF-8."""
    executable: bool = False
    """Whether it can be run."""

    @classmethod
    def of(cls, path: str, content: str, *, executable: bool = False) -> Self:
        """The file with its hash."""
        return cls(path=path, content=content, sha256=sha256(content), executable=executable)


class LockedPackage(Part):
    """A package with the version and hashes that the service was verified with."""

    name: str
    """The name on the package index."""
    version: str
    """The exact version."""
    hashes: tuple[str, ...] = ()
    """`sha256:…` of each file that may be installed."""
    marker: str = ""
    """Where it is needed at all, as an environment marker."""


class Outcome(StrEnum):
    """How a verification step ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # could not be tried here; `detail` says why


class Fault(Part):
    """What a step found, and the Function behind it where one is known."""

    message: str
    """What went wrong, in one sentence."""
    function: SnakeName | None = None
    """The Function that Develop should look at again; `None` where no Function is behind it."""
    route: str = ""
    """The route that showed it: `POST /books`; empty where none did."""


class VerificationStep(Part):
    """One step of the verification."""

    name: str
    """What was tried."""
    outcome: Outcome
    """How it ended."""
    detail: str = ""
    """What went wrong, or why it was skipped."""
    figures: dict[str, JsonValue] = {}
    """Counts: cases, routes, coverage."""
    faults: tuple[Fault, ...] = ()
    """What failed, one by one."""

    @property
    def told(self) -> tuple[str, ...]:
        """The figures as people say them: `4 tables`, `1 route`, `87 % of all lines covered`."""
        return tuple(
            f"{value} {name.removesuffix('s') if value == 1 else name}"
            for name, value in self.figures.items()
        )


class Verification(Part):
    """What was tried on the finished service, and how it went."""

    steps: tuple[VerificationStep, ...] = ()
    """In the order in which they were tried."""

    @property
    def passed(self) -> bool:
        """Whether something was tried and nothing failed."""
        return bool(self.steps) and all(step.outcome is not Outcome.FAILED for step in self.steps)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What every step found."""
        return tuple(fault for step in self.steps for fault in step.faults)


class Image(Part):
    """A container image of the service."""

    reference: str
    """Name and tag."""
    digest: str = ""
    """The hash of its content."""
    platform: str = ""
    """What it runs on: `linux/amd64`."""
    pushed_to: str = ""
    """Where it was pushed; empty for nowhere."""


class Application(Document):
    """A service that is ready to be handed over, and the truth about it."""

    kind: ClassVar[str] = "application"
    document: Literal["application"] = "application"
    """The kind of document."""

    implementation: Implementation
    """What is delivered."""
    name: SnakeName
    """The service's package and project name."""
    description: str = ""
    """What the service is for."""
    routes: tuple[CompiledRoute, ...] = ()
    """One for each CodeGraph."""
    files: tuple[ServiceFile, ...] = ()
    """Every file of the service, in order of path."""
    source_map: tuple[SourceSpan, ...] = ()
    """Where each line comes from."""
    lock: tuple[LockedPackage, ...] = ()
    """Every package that it runs with."""
    verification: Verification = Verification()
    """What was tried on it."""
    missing: tuple[str, ...] = ()
    """What falls short, each in one sentence; empty when all is delivered."""
    image: Image | None = None
    """Its container image, where one was built."""

    @property
    def complete(self) -> bool:
        """Whether all was delivered and verified."""
        return not self.missing and self.verification.passed

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        found = Violations()
        architecture = self.implementation.architecture
        graphs = {route.function_name for route in architecture.routes}
        compiled = [route.function_name for route in self.routes]
        found.unique(compiled, "compiled routes", "the application")
        for name in sorted(set(compiled) - graphs):
            found.expect(False, f"compiled route {name!r} has no CodeGraph in the architecture")
        for name in sorted(graphs - set(compiled)):
            found.expect(False, f"CodeGraph {name!r} has no compiled route")
        functions = {item.name for item in self.implementation.functions}
        for route in self.routes:
            for name in route.functions:
                found.expect(
                    name in functions,
                    f"compiled route {route.function_name!r} uses function {name!r}, "
                    "which the implementation does not have",
                )
        for fault in self.verification.faults:
            found.expect(
                fault.function is None or fault.function in functions,
                f"the verification blames function {fault.function!r}, "
                "which the implementation does not have",
            )
        self._files_hold(found)
        packages = [f"{normal_package(item.name)} {item.marker}" for item in self.lock]
        found.unique(packages, "locked packages", "the application")
        found.raise_if_any()
        return self

    def _files_hold(self, found: Violations) -> None:
        # Some file systems do not tell upper from lower case.
        found.unique([item.path.lower() for item in self.files], "files", "the application")
        paths = {item.path for item in self.files}
        for item in self.files:
            me = f"file {item.path!r}"
            found.expect(is_safe_path(item.path), f"{me} is not a plain relative path")
            found.expect(
                item.sha256 == sha256(item.content), f"{me} does not have the hash that it names"
            )
        for span in self.source_map:
            found.expect(
                not paths or span.file in paths,
                f"the source map names file {span.file!r}, which the application does not have",
            )


def is_safe_path(path: str) -> bool:
    """Whether `path` stays inside the folder that it is written to."""
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and "\\" not in path
        and ":" not in parts[0]
        and all(part not in {"", ".", ".."} for part in path.split("/"))
        and path.isprintable()
    )
