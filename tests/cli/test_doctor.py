"""`codex doctor`: what it says of each part, and when it ends with 0."""

from __future__ import annotations

import importlib.util
import json

import pytest

from codex.cli import doctor
from codex.cli.doctor import Part
from codex.cli.main import main
from codex.common.config import Settings
from codex.common.errors import DatabaseUnavailable
from tests.cli.conftest import Codex


def only(monkeypatch: pytest.MonkeyPatch, *parts: Part) -> None:
    def always(part: Part) -> doctor.Check:
        async def check(_: Settings) -> Part:
            return part

        return check

    monkeypatch.setattr(doctor, "CHECKS", {part.name: always(part) for part in parts})


@pytest.mark.slow
def test_every_part_is_checked_for_real(codex: Codex) -> None:
    outcome = codex("doctor", "--json")
    said = json.loads(outcome.out)
    parts = {part["name"]: part for part in said["parts"]}
    assert list(parts) == ["Python", "Node", "database", "sandbox", "Docker", "model"]
    for name in ("Python", "Node", "database", "model"):
        assert parts[name]["status"] == "ok", parts[name]
    assert all(part["status"] == "ok" or part["mend"] for part in parts.values())
    missing = [p for p in parts.values() if p["status"] == "missing" and p["needed"]]
    assert said["can_run"] is not missing
    assert outcome.code == (1 if missing else 0)


@pytest.mark.usefixtures("anywhere")
class TestVerdict:
    def test_a_missing_part_that_is_needed(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        only(
            monkeypatch,
            Part("one", "ok", "fine"),
            Part("other", "missing", "gone", "apt-get install it"),
        )
        assert main(["doctor"]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["ok", "one", "fine"]
        assert lines[1].split(maxsplit=2) == ["missing", "other", "gone -> apt-get install it"]
        assert len(lines) == 3

    def test_a_missing_part_that_is_not_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        only(monkeypatch, Part("one", "missing", "gone", "get it", needed=False))
        assert main(["doctor"]) == 0

    def test_a_degraded_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        only(monkeypatch, Part("one", "degraded", "slow", "mend it"))
        assert main(["doctor"]) == 0

    def test_a_part_that_raises_is_missing_and_the_others_are_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async def gone(_: Settings) -> Part:
            raise DatabaseUnavailable("It does not answer.", "Start it.")

        async def odd(_: Settings) -> Part:
            raise ValueError("odd")

        async def fine(_: Settings) -> Part:
            return Part("fine", "ok", "there")

        monkeypatch.setattr(doctor, "CHECKS", {"gone": gone, "odd": odd, "fine": fine})
        assert main(["doctor"]) == 1
        first, second, third, _ = capsys.readouterr().out.splitlines()
        assert "It does not answer. -> Start it." in first
        assert "ValueError: odd" in second
        assert third.startswith("ok")


class TestModel:
    async def test_the_builtin_one_needs_nothing(self) -> None:
        assert (await doctor.model_part(Settings())).status == "ok"

    async def test_a_provider_needs_its_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        part = await doctor.model_part(Settings(model="openai:gpt-5"))
        assert (part.status, part.mend) == ("missing", "export OPENAI_API_KEY=...")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        part = await doctor.model_part(Settings(model="openai:gpt-5"))
        assert part.status == "ok"
        assert "sk-secret" not in part.found

    async def test_a_server_of_ones_own_may_need_none(self) -> None:
        chosen = Settings(model="openai:x", base_url="http://me:pw@localhost:8000/v1")
        part = await doctor.model_part(chosen)
        assert part.status == "ok"
        assert "pw" not in part.found

    async def test_a_provider_needs_its_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def nothing(_: str) -> None:
            return None

        monkeypatch.setattr(importlib.util, "find_spec", nothing)
        part = await doctor.model_part(Settings(model="anthropic:claude"))
        assert (part.status, part.mend) == ("missing", "pip install langchain-anthropic")


async def test_no_docker_engine_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    part = await doctor.docker_part(Settings())
    assert (part.status, part.needed) == ("degraded", False)
    assert part.found == "no engine answers at unix:///nowhere/docker.sock"


async def test_a_sandbox_that_is_switched_off_is_said() -> None:
    part = await doctor.sandbox_part(Settings(sandbox="none"))
    assert part.status == "degraded"
    assert "all your rights" in part.found
