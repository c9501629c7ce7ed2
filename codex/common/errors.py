"""Every error that codex raises, and what each asks of its reader.

    CodexError                     code, what happened, what to do next, exit code
    ├── UserMistake                the user can mend it: exit 2
    │   ├── UsageError             a command line that makes no sense
    │   ├── ConfigError            a key or value of the configuration
    │   ├── InputError             a request, file or text that cannot be taken
    │   ├── DocumentError          a document that contradicts itself or is of another version
    │   └── PromptError            a template or wording that cannot be used: names file and line
    ├── RunFailed                  the work could not be finished: exit 1
    │   ├── ChainExhausted         a model never gave a usable answer; carries every attempt
    │   ├── NotUnderstood          nothing in the request could be understood: exit 3
    │   ├── BudgetReached          a limit on money, tokens, calls or time: exit 4
    │   ├── ModelUnreachable       the provider did not answer in time: exit 5
    │   ├── ModelRejected          the provider took the request for wrong
    │   ├── ModelRefused           the model refused to answer
    │   │   └── ContentFiltered        the provider's content filter stopped it
    │   ├── NotInMyPower           the built-in model cannot do what a chain asks
    │   ├── ReplayMiss             a replay asked what was never recorded
    │   ├── StoreError             the database
    │   │   ├── DatabaseUnavailable    it does not answer
    │   │   ├── EngineLost             the query engine between it and us ended
    │   │   ├── MigrationError         a migration is corrupt, newer, or failed
    │   │   ├── DiskFull               nothing more can be written
    │   │   ├── VectorsMissing         the database has no pgvector
    │   │   └── NotFound               no such row
    │   ├── ContainerError         a container engine or a registry failed at what it was asked
    │   │   └── EngineUnavailable      no container engine answers
    │   └── SandboxError           generated code cannot be run safely
    │       ├── SandboxUnavailable     no sandbox kind works here
    │       └── EnvironmentFailed      a package set cannot be installed
    │           └── NoSuchVersions         no versions of its packages fit together
    ├── Interrupted                the user stopped it: exit 130
    └── AskAgain                   for the model, never for the user: what was wrong with a reply

One `except` at the right height catches a family. `AskAgain` is caught by the chain runner alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_BUDGET = 4
EXIT_MODEL = 5
EXIT_INTERRUPTED = 130


class CodexError(Exception):
    """An error with a stable code, a sentence on what happened and one on what to do next."""

    code: ClassVar[str] = "codex"
    exit_code: ClassVar[int] = EXIT_FAILED
    advice: ClassVar[str] = "Repeat with --debug to see more."
    """What to do next, where whoever raises the error knows nothing better."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo or self.advice

    def __str__(self) -> str:
        return f"{self.what}\n{self.todo}" if self.todo else self.what

    def as_json(self) -> dict[str, Any]:
        """The form that `--json` and the API show."""
        return {"code": self.code, "what": self.what, "todo": self.todo}


class UserMistake(CodexError):
    """The user can mend it."""

    code = "user.mistake"
    exit_code = EXIT_USAGE
    advice = "Correct it, then repeat."


class UsageError(UserMistake):
    """A command line that makes no sense."""

    code = "usage"
    advice = "See `codex --help`."


class ConfigError(UserMistake):
    """A key or a value of the configuration is wrong."""

    code = "config"
    advice = "See `codex config show`."


class InputError(UserMistake):
    """A request, a file or a text that cannot be taken."""

    code = "input"
    advice = "Correct it, then repeat."


class DocumentError(UserMistake):
    """A document that contradicts itself, cannot be read, or is of an unknown version."""

    code = "document"
    advice = "Mend the document, or build it again."


class PromptError(UserMistake):
    """A template, or a wording beside it, that cannot be used."""

    code = "prompt"
    advice = "Correct it there; `codex prompts check` finds all of them."

    def __init__(self, what: str, todo: str = "", *, file: str = "", line: int = 0) -> None:
        where = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(f"{where}{what}", todo)
        self.file = file
        self.line = line


class RunFailed(CodexError):
    """The work could not be finished, and it is not the user's mistake."""

    code = "run.failed"
    advice = "Run it again: what was done is kept."


@dataclass(frozen=True)
class Attempt:
    """One try of a chain: what was asked, what came back, what was wrong with it."""

    messages: Sequence[Any]
    reply: str
    problems: Sequence[str]
    usage: Any = None
    mended: Sequence[str] = field(default_factory=tuple)


class ChainExhausted(RunFailed):
    """A model never gave a usable answer; every attempt is kept."""

    code = "chain.exhausted"

    def __init__(self, chain: str, attempts: Sequence[Attempt], todo: str = "") -> None:
        last = attempts[-1].problems if attempts else ()
        first_problem = f": {last[0]}" if last else ""
        super().__init__(
            f"{chain} got no usable answer in {len(attempts)} attempts{first_problem}",
            todo
            or f"See the attempts with `codex runs chains`, or try `codex prompts try {chain}`.",
        )
        self.chain = chain
        self.attempts = tuple(attempts)


class NotUnderstood(RunFailed):
    """Nothing in the request could be understood."""

    code = "request.not_understood"
    exit_code = EXIT_INCOMPLETE
    advice = "Say it in other words, or choose a language model with --model."


class BudgetReached(RunFailed):
    """A limit on money, tokens, calls or time was reached; the run can be resumed."""

    code = "budget.reached"
    exit_code = EXIT_BUDGET
    advice = "Raise the limit and run it again: what was done is kept."


class ModelUnreachable(RunFailed):
    """The provider did not answer in the time it was given."""

    code = "model.unreachable"
    exit_code = EXIT_MODEL
    advice = "Check the network and --base-url, then run it again: what was done is kept."


class ModelRejected(RunFailed):
    """The provider took the request for wrong; asking the same again would not help."""

    code = "model.rejected"
    exit_code = EXIT_MODEL
    advice = "Check the model's name, its key and its limits: see `codex doctor`."


class ModelRefused(RunFailed):
    """The model refused to answer; every attempt is kept."""

    code = "model.refused"
    advice = "Say the request in other words, or choose another model."

    def __init__(self, what: str, todo: str = "", *, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(what, todo)
        self.attempts = tuple(attempts)


class ContentFiltered(ModelRefused):
    """The provider's content filter stopped the request or the reply."""

    code = "model.filtered"


class NotInMyPower(RunFailed):
    """The built-in model cannot do what a chain asks; a language model might."""

    code = "builtin.not_in_my_power"
    advice = "Choose a language model with --model."


class ReplayMiss(RunFailed):
    """A replay came to a question that its run never recorded."""

    code = "replay.miss"
    advice = "Run it without the replay to ask what is new."


class StoreError(RunFailed):
    """The database, or the way to it."""

    code = "store"
    advice = "See `codex doctor`."


class DatabaseUnavailable(StoreError):
    """The database does not answer."""

    code = "store.unavailable"
    advice = "Start it, or check database_url: see `codex doctor`."


class EngineLost(StoreError):
    """The query engine between codex and its database ended."""

    code = "store.engine_lost"
    advice = "Repeat: a new one is started."


class MigrationError(StoreError):
    """A migration is corrupt, newer than this codex, or failed."""

    code = "store.migration"
    advice = "See `codex db status`."


class DiskFull(StoreError):
    """Nothing more can be written."""

    code = "store.disk_full"
    advice = "Free some space, then repeat."


class VectorsMissing(StoreError):
    """The database has no pgvector, so nothing can be searched by meaning."""

    code = "store.vectors_missing"


class NotFound(StoreError):
    """No such row."""

    code = "store.not_found"
    exit_code = EXIT_USAGE
    advice = "Check its name or number."


class ContainerError(RunFailed):
    """A container engine or a registry failed at what it was asked."""

    code = "container"
    advice = "See what the engine says there."


class EngineUnavailable(ContainerError):
    """No container engine answers."""

    code = "container.no_engine"
    advice = "Start one, name it with DOCKER_HOST, or write an archive with --image-archive FILE."


class SandboxError(RunFailed):
    """Generated code cannot be run safely."""

    code = "sandbox"
    advice = "See `codex doctor`."


class SandboxUnavailable(SandboxError):
    """No sandbox kind works here."""

    code = "sandbox.unavailable"


class EnvironmentFailed(SandboxError):
    """A package set cannot be resolved or installed."""

    code = "sandbox.environment"


class NoSuchVersions(EnvironmentFailed):
    """The index has no versions of the packages that fit together, as wheels."""

    code = "sandbox.versions"


class Interrupted(CodexError):
    """The user stopped it."""

    code = "interrupted"
    exit_code = EXIT_INTERRUPTED
    advice = "Run the same command again to go on: what was done is kept."


class AskAgain(CodexError):
    """For the model, never for the user: what was wrong with its reply."""

    code = "chain.ask_again"
    advice = ""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def telling(error: BaseException) -> BaseException:
    """The error that tells most of those in a group of concurrent ones; any other as it is."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    group = cast("BaseExceptionGroup[BaseException]", error)
    inner = [telling(found) for found in group.exceptions]
    return next((found for found in inner if isinstance(found, CodexError)), inner[0])
