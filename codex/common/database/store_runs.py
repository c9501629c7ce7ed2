"""Runs in the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex.common.database.identifiers import new_id
from codex.common.database.rows import from_text, to_text
from codex.common.database.store_base import StoreBase
from codex.common.documents.base import JsonValue, check_text
from codex.common.documents.run import LOCAL_OWNER, Run, RunStatus
from codex.common.errors import InputError, NotFound

if TYPE_CHECKING:
    from codex.common.database.client import models

LONGEST_REQUEST = 1_000_000
_ID_START = re.compile(r"[0-9a-f][0-9a-f-]*")  # no wildcard of LIKE among them
_SHOWN = 500
_MOST = 500
# Each part begins with its `run_started`. How it ended may have been written long after.
_WORKED = """
WITH parted AS (
    SELECT "createdAt", count(*) FILTER (WHERE "type" = 'run_started') OVER (ORDER BY "position")
        AS part
    FROM "RunEvent" WHERE "runId" = $1 AND "type" <> 'run_ended'
), parts AS (
    SELECT extract(epoch FROM max("createdAt") - min("createdAt")) AS seconds
    FROM parted GROUP BY part
)
SELECT coalesce(sum(seconds), 0)::text AS "seconds" FROM parts
"""


@dataclass(frozen=True)
class RunPage:
    """Some runs, the newest first."""

    runs: list[Run]
    """With the first part of a long request."""
    before: str | None
    """What to ask the next page with; None when there is none."""


class RunStore(StoreBase):
    """Runs: created, changed, found, listed."""

    async def create_run(
        self,
        request: str = "",
        *,
        kind: str = "build",
        name: str = "",
        owner: str = LOCAL_OWNER,
        options: Mapping[str, JsonValue] | None = None,
        run_id: str = "",
    ) -> Run:
        """A new run, stored from its first moment; `run_id` where it was made before."""
        if (length := len(request)) > LONGEST_REQUEST:
            raise InputError(
                f"The request has {length:,} characters; at most {LONGEST_REQUEST:,} are taken.",
                "Say it shorter, or split it into several services.",
            )
        check_text(request, "The request")
        row = await self._db.run.create(
            {
                "id": run_id or new_id(),
                "kind": kind,
                "name": name,
                "request": request,
                "owner": owner,
                "status": RunStatus.RUNNING,
                "stage": "",
                "options": to_text(dict(options or {})),
                "detail": "",
            }
        )
        return _run(row)

    async def get_run(self, run_id: str) -> Run:
        """The run; `NotFound` when there is none."""
        return _run(self._found(await self._db.run.find_unique({"id": run_id}), run_id))

    async def find_run(self, text: str, owner: str = LOCAL_OWNER) -> Run:
        """The owner's run with this id, this start of an id, or (the newest one with) this name."""
        wanted: list[Any] = [{"name": text}] if text else []
        if _ID_START.fullmatch(text):
            wanted.append({"id": {"startswith": text}})
        rows = await self._db.run.find_many(
            where={"owner": owner, "OR": wanted},  # pyright: ignore[reportArgumentType] built above
            order={"id": "desc"},
            take=2,
        )
        exact = [row for row in rows if text in (row.id, row.name)]
        if len(rows) > 1 and not exact:
            raise InputError(f"Several runs begin with {text!r}.", "Give more of the id.")
        return _run(self._found((exact or rows or [None])[0], text))

    async def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        stage: str | None = None,
        name: str | None = None,
        detail: str | None = None,
        options: Mapping[str, JsonValue] | None = None,
    ) -> Run:
        """The run, with what is given changed."""
        kept = None if options is None else to_text(dict(options))
        given = {"status": status, "stage": stage, "name": name, "detail": detail, "options": kept}
        changed: Any = {key: value for key, value in given.items() if value is not None}
        changed["updatedAt"] = datetime.now(UTC)
        row = await self._repeatable(lambda: self._db.run.update(changed, where={"id": run_id}))
        return _run(self._found(row, run_id))

    async def list_runs(
        self,
        *,
        owner: str = LOCAL_OWNER,
        limit: int = 50,
        before: str | None = None,
        status: RunStatus | None = None,
        kind: str = "",
    ) -> RunPage:
        """A page of the owner's runs, the newest first, beginning before the run `before`."""
        limit = max(1, min(limit, _MOST))
        rows = await self._db.query_raw(
            'SELECT "id", "createdAt", "updatedAt", "owner", "kind", "name", "status", "stage", '
            '"options", "detail", left("request", $1::int) AS "request" '
            'FROM "Run" WHERE "owner" = $2 AND ($3 = \'\' OR "id" < $3) '
            "AND ($4 = '' OR \"status\" = $4) AND ($5 = '' OR \"kind\" = $5) "
            'ORDER BY "id" DESC LIMIT $6::int',
            _SHOWN,
            owner,
            before or "",
            status or "",
            kind,
            limit + 1,
        )
        runs = [_listed(row) for row in rows[:limit]]
        return RunPage(runs, runs[-1].id if len(rows) > limit else None)

    async def run_documents(self, run_id: str) -> list[tuple[str, int]]:
        """Kind and number of each document that the run saved, in order."""
        rows = await self._db.rundocument.find_many(where={"runId": run_id}, order={"id": "asc"})
        return [(row.kind, row.documentId) for row in rows]

    async def worked_seconds(self, run_id: str) -> float:
        """How long the run has worked so far, without the time between its parts."""
        (row,) = await self._db.query_raw(_WORKED, run_id)
        return float(row["seconds"])

    def _found(self, row: models.Run | None, run_id: str) -> models.Run:
        if row is None:
            raise NotFound(f"There is no run {run_id!r}.", "See `codex runs list`.")
        return row


def _run(row: models.Run) -> Run:
    return Run.model_validate(
        {
            "id": row.id,
            "owner": row.owner,
            "kind": row.kind,
            "name": row.name,
            "request": row.request,
            "status": row.status,
            "stage": row.stage,
            "options": from_text(row.options),
            "detail": row.detail,
            "created_at": row.createdAt,
            "updated_at": row.updatedAt,
        }
    )


def _listed(row: dict[str, Any]) -> Run:
    row["created_at"] = row.pop("createdAt")
    row["updated_at"] = row.pop("updatedAt")
    row["options"] = from_text(row["options"])
    return Run.model_validate(row)
