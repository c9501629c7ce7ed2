"""The generated Prisma client over our engine process, with errors of codex's own tree."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel

from codex.common.database import client as generated
from codex.common.database.client import Prisma, errors
from codex.common.database.client._types import PrismaMethod
from codex.common.database.client.client import Batch
from codex.common.database.client.metadata import PRISMA_MODELS, RELATIONAL_FIELD_MAPPINGS
from codex.common.database.engine_process import EngineProcess
from codex.common.database.failures import database_error
from codex.common.database.queries import JsonQuery
from codex.common.errors import DatabaseUnavailable, EngineLost

_READS = frozenset({"find_many", "find_first", "find_unique", "count", "group_by"})
_CONSTRAINTS = {
    "P2002": errors.UniqueViolationError,
    "P2003": errors.ForeignKeyViolationError,
    "P2025": errors.RecordNotFoundError,
}


class Client(Prisma):
    """The typed client; each call is one question to the engine process."""

    __slots__ = ("_doubtful", "_process", "_revive")

    def __init__(self, url: str, revive: Callable[[], Awaitable[None]]) -> None:
        super().__init__(use_dotenv=False)
        self._revive = revive
        self._doubtful = False
        schema = Path(generated.__file__).with_name("schema.prisma").read_text(encoding="utf-8")
        self._process = EngineProcess(url, schema)

    @property
    def process(self) -> EngineProcess:
        """The engine behind it."""
        return self._process

    async def close(self) -> None:
        """End the engine."""
        await self._process.close()

    def batch_(self) -> Unit:
        """A group of writes that are committed together or not at all."""
        return Unit(self)

    def tx(self, **_: Any) -> NoReturn:
        """Refused: a transaction that stays open between calls could span something slow."""
        raise NotImplementedError("use batch_(): it is one transaction and one call")

    async def _execute(
        self,
        *,
        method: PrismaMethod,
        arguments: dict[str, Any],
        model: type[BaseModel] | None = None,
        root_selection: list[str] | None = None,
    ) -> Any:
        question = json_query(
            method=method, arguments=arguments, model=model, root_selection=root_selection
        ).question()
        try:
            reply = await self.ask(question)
        except EngineLost:
            if method not in _READS:
                raise
            reply = await self.ask(question)  # a read can be asked again without harm
        return {"data": {"result": next(iter(reply["data"].values()))}}

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The engine's answer to a question in its own protocol, or a typed error."""
        if self._doubtful:
            await self._revive()
            self._doubtful = False
        reply = await self._process.ask(question)
        found = reply.get("errors") or [
            error for one in reply.get("batchResult", ()) for error in one.get("errors", ())
        ]
        if found:
            error = error_of(found[0])
            # The server is looked after on the next call; this one says what happened.
            self._doubtful = isinstance(error, DatabaseUnavailable)
            raise error
        return reply


class Unit(Batch):
    """Writes that the engine runs as one transaction; nothing is sent before `commit`."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._client = client
        self._questions: list[dict[str, Any]] = []

    def _add(self, **kwargs: Any) -> None:
        self._questions.append(json_query(**kwargs).question())

    async def commit(self) -> None:
        """Run all of it."""
        questions, self._questions = self._questions, []
        if questions:
            await self._client.ask({"batch": questions, "transaction": {}})


def json_query(**kwargs: Any) -> JsonQuery:
    """The query of one call of the client."""
    return JsonQuery(
        **kwargs,
        prisma_models=PRISMA_MODELS,
        relational_field_mappings=RELATIONAL_FIELD_MAPPINGS,
    )


def error_of(entry: dict[str, Any]) -> Exception:
    """What an error entry of the engine's answer means."""
    cause = entry.get("driver", {})
    code, message = str(cause.get("code", "")), str(cause.get("message", ""))
    if constraint := _CONSTRAINTS.get(code):
        return constraint(entry)
    return database_error(code, message)
