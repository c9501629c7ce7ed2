"""A real OpenAI-compatible server for tests: `@copilotkit/aimock` on a free loopback port."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from codex.common.database.node import node_binary

FOLDER = Path(__file__).parent / "mock"
CLI = FOLDER / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


class MockServer:
    """The running server; each test adds what it needs, under a model name of its own."""

    def __init__(self, fixtures: Path) -> None:
        assert CLI.exists(), "run `make setup`: the mock server's node packages are missing"
        fixtures.write_text(
            '{"fixtures": [{"match": {"model": "-"}, "response": {"content": ""}}]}'
        )
        command = [node_binary(), CLI, "-p", "0", "-f", fixtures, "--journal-max", "10000"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.address = f"http://127.0.0.1:{found[1]}"
                break
        else:
            raise AssertionError(f"the mock server did not start: {said}")
        # It tells of each request, and nobody may leave its pipe full.
        self._reader = threading.Thread(target=self.process.stdout.read)
        self._reader.start()
        self.url = f"{self.address}/v1"

    def add(self, model: str, response: dict[str, Any], **options: Any) -> None:
        """Answer requests for `model` with `response`; other options as aimock has them."""
        match = {"model": model, **options.pop("match", {})}
        self._post(
            "/__aimock/fixtures", {"fixtures": [{"match": match, "response": response, **options}]}
        )

    def requests(self, model: str) -> list[dict[str, Any]]:
        """The bodies of the requests for `model`, in order."""
        with urllib.request.urlopen(f"{self.address}/__aimock/journal") as response:
            entries: list[dict[str, Any]] = json.load(response)
        bodies: list[dict[str, Any]] = [entry.get("body") or {} for entry in entries]
        return [body for body in bodies if body.get("model") == model]

    def _post(self, path: str, body: object) -> None:
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).close()

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self._reader.join(60)
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(scope="session")
def mock_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[MockServer]:
    """The server of this test session."""
    server = MockServer(tmp_path_factory.mktemp("mock") / "fixtures.json")
    yield server
    server.stop()
