"""Shows what codex does: a sentence to a running service, with the built-in model and no key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

REQUEST = (
    "A library with books that have a title, an author and an optional publication year. "
    "Members can borrow up to 5 books for 14 days. Overdue loans are listed."
)
CODEX = str(Path(sys.executable).with_name("codex"))
FOLDER = Path("demo-service")
SAMPLES: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "string": "Emma"}
FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "ada@example.com",
    "uri": "https://example.com",
    "time": "12:00:00",
}


def main() -> int:
    """Build, start, call two routes, say where everything is."""
    request = os.environ.get("REQUEST") or REQUEST
    print(f"$ codex build {json.dumps(request)} --yes --out {FOLDER}", flush=True)
    command = [CODEX, "build", request, "--yes", "--out", str(FOLDER)]
    built = subprocess.run(command, check=False).returncode
    if built not in (0, 3) or not FOLDER.is_dir():
        return built
    print(f"\n$ codex run {FOLDER}", flush=True)
    server = subprocess.Popen([CODEX, "run", str(FOLDER), "--json"], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        lines: list[bytes] = []
        for line in server.stdout:
            lines.append(line)
            if line.rstrip() == b"}":
                break
        if not lines:
            return server.wait() or 1
        service: dict[str, Any] = json.loads(b"".join(lines))
        print(f"Serving at {service['address']}", flush=True)
        visit(service)
    finally:
        server.terminate()
        server.wait()
    print(f"\nThe service is in {FOLDER}; start it with: {CODEX} run {FOLDER}")
    print(f"Look at {FOLDER}/README.md, {FOLDER}/app and {FOLDER}/provenance.json.")
    return built


def visit(service: dict[str, Any]) -> None:
    """Create something where that needs nothing else, and list what is there."""
    described = f"{service['address']}/openapi.json"
    with urllib.request.urlopen(described) as answer:  # noqa: S310 the service that was just started
        document: dict[str, Any] = json.load(answer)
    headers = {"Content-Type": "application/json"}
    if service["accounts"]:
        person = service["accounts"][0]
        login = {"email": person["email"], "password": person["password"]}
        token = call(service, "POST", "/auth/login", login, headers)
        headers["Authorization"] = f"Bearer {token['access_token']}"
    for path in document["paths"]:
        body = creatable(document, path)
        if body is not None and "get" in document["paths"][path]:
            call(service, "POST", path, body, headers)
            call(service, "GET", path, None, headers)
            return
    call(service, "GET", "/health", None, headers)
    call(service, "GET", "/ready", None, headers)


def creatable(document: dict[str, Any], path: str) -> dict[str, Any] | None:
    """A body for `POST path`, where it refers to nothing that must be there first."""
    operation = document["paths"][path].get("post")
    if (
        operation is None
        or "{" in path
        or path.startswith("/auth")
        or "requestBody" not in operation
    ):
        return None
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    model = document["components"]["schemas"].get(name, {})
    body: dict[str, Any] = {}
    for field in model.get("required", []):
        if field.endswith("_id"):
            return None
        body[field] = sample(model["properties"][field], document)
    return body or None


def sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A value that the schema takes."""
    if "$ref" in schema:
        return sample(
            document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document
        )
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], document)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    low = schema.get("minimum", 1)
    return (
        max(1, low)
        if schema.get("type") in ("integer", "number")
        else SAMPLES.get(str(schema.get("type")), "1")
    )


def call(
    service: dict[str, Any],
    method: str,
    path: str,
    body: dict[str, Any] | None,
    headers: dict[str, str],
) -> Any:
    """One request, shown with its answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 the service that was just started
        service["address"] + path, data=data, headers=headers, method=method
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 as above
        text = answer.read().decode()
        shown = f" {json.dumps(body)}" if body else ""
        print(f"\n{method} {path}{shown}\n  {answer.status} {text[:300]}", flush=True)
        return json.loads(text)


if __name__ == "__main__":
    sys.exit(main())
