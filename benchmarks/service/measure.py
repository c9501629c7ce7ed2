"""Times both services in one process, in turns, so that a busy moment hits both."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any

from sqlalchemy import Engine, text

sys.path.insert(0, "rival")
ROWS = 100_000
ROUNDS = 150
WARM = 20
BODY = json.dumps(
    {"title": "A title", "body": "word " * 40, "price": "12.50", "kind": "audio", "published": True}
).encode()

ROW_SQL = """
INSERT INTO articles (title, body, price, kind, published, created_at, updated_at)
VALUES (:title, :body, :price, :kind, :published, :now, :now)
"""


async def ask(app: Any, method: str, path: str, query: bytes = b"", body: bytes = b"") -> int:
    """One request, straight through the ASGI interface; the status."""
    status = 0
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.sleep(3600)
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    headers = [(b"host", b"test"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query,
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return status


def fill(engine: Engine, price: object, kind: str, now: object) -> None:
    """A hundred thousand rows."""
    rows = [
        {
            "title": f"Title {number}", "body": "word " * 40, "price": price, "kind": kind,
            "published": number % 2 == 0, "now": now,
        }
        for number in range(ROWS)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(text(ROW_SQL), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


async def main() -> None:
    """Print the median milliseconds of each."""
    from datetime import UTC, datetime

    ours_url, rival_url = sys.argv[1:3]
    import handwritten
    from app.main import create_app
    from app.migrate import upgrade
    from app.settings import Settings

    settings = Settings(environment="local", database_url=ours_url, log_level="info")
    ours = create_app(settings)
    upgrade(ours.state.database)
    rival = handwritten.create_app(rival_url)
    sqlite = ours_url.startswith("sqlite")
    moment = datetime.now(UTC)
    now = moment.replace(tzinfo=None).isoformat(" ") if sqlite else moment
    fill(ours.state.database.engine, 1250 if sqlite else 12.5, "audio", now)
    fill(rival.state.engine, 12.5, "AUDIO", now)
    found: dict[str, float] = {}
    for name, method, query, body, wanted in (
        ("page", "GET", b"limit=50&offset=200", b"", 200),
        ("create", "POST", b"", BODY, 201),
    ):
        taken: dict[str, list[float]] = {"ours": [], "rival": []}
        for number in range(WARM + ROUNDS):
            for who, app in (("ours", ours), ("rival", rival)):
                started = time.perf_counter()
                status = await ask(app, method, "/articles", query, body)
                if status != wanted:
                    raise SystemExit(f"{who} answered {status}")
                if number >= WARM:
                    taken[who].append(time.perf_counter() - started)
        for who, seconds in taken.items():
            found[f"{name} {who}"] = statistics.median(seconds) * 1000
    print("RESULT " + json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
