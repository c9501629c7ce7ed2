"""The stage: one Implementation, delivered twice, gives the same bytes; what is locked is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.errors import NoSuchVersions
from codex.deploy import ahead as begun_ahead
from codex.deploy import stage
from codex.deploy.ahead import Begun, ahead
from codex.deploy.lock import locked_packages, unlocked, versions, with_tools
from codex.deploy.stage import deliver
from codex.runtime import open_runtime
from tests.deploy.verified import implementation, subject

LOCK = """\
annotated-doc==0.0.7 \\
    --hash=sha256:{0} \\
    --hash=sha256:{1}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{0}
""".format("0" * 64, "1" * 64)


@pytest.mark.slow
async def test_two_deliveries_of_one_implementation_give_the_same_bytes(
    database_url: str, shared_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=database_url, data_dir=shared_data_dir)
    built = implementation("links")
    async with open_runtime(settings) as runtime, runtime.run(kind="deploy") as services:
        one = await deliver(built, services=services)
    async with (
        open_runtime(settings) as runtime,
        runtime.run(kind="deploy") as services,
        ahead(built.architecture, services) as begun,
    ):
        assert await begun.scenarios(built) is None, "it has none"
        # What was tried ahead is not tried again.
        monkeypatch.delattr(stage, "try_all")
        other = await deliver(built, services=services, begun=begun)
        assert begun.tried_of(subject(built)) is None, "without its lock it is another service"
    assert one.files == other.files
    assert one.to_json() == other.to_json()
    assert one.complete, [fault.message for fault in one.verification.faults]
    files = {item.path: item.content for item in one.files}
    report = json.loads(files["report.json"])
    assert report["complete"]
    assert [item["name"] for item in report["steps"]] == [s.name for s in one.verification.steps]
    assert "report.html" in files["README.md"]
    assert locked_packages(files["requirements.lock"]) == one.lock
    assert all(item.hashes for item in one.lock)
    assert {".codex/implementation.json", "openapi.json", "provenance.json"} <= files.keys()


async def test_what_cannot_be_tried_ahead_is_left_to_the_delivery(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise NoSuchVersions("There is no such package.", "Name another.")

    monkeypatch.setattr(begun_ahead, "prepare", fails)
    settings = Settings(database_url=database_url, data_dir=tmp_path, sandbox="none")
    async with open_runtime(settings) as runtime, runtime.run() as services:
        begun = Begun(services)
        built = implementation("links")
        assert await begun.scenarios(built) is None
        assert begun.tried_of(subject(built)) is None


def test_a_lock_is_read_with_its_hashes_and_markers() -> None:
    one, other = locked_packages(LOCK)
    assert (one.name, one.version, len(one.hashes), one.marker) == ("annotated-doc", "0.0.7", 2, "")
    assert other.marker == "sys_platform == 'win32'"
    assert versions(LOCK) == {"annotated-doc": "0.0.7", "colorama": "0.4.6"}
    assert unlocked(["Annotated_Doc>=0.0.1", "six[x]<2 ; python_version > '3'"], LOCK) == ["six"]


async def test_tools_are_resolved_once_for_a_lock(tmp_path: Path) -> None:
    asked: list[str] = []

    class Index:
        """Answers a lock, as often as it is asked."""

        async def resolve(self, wanted: list[str], *, constraints: str, python: str) -> str:
            asked.append(constraints)
            assert "pytest" in wanted
            return f"{LOCK}# {len(asked)}\n"

    for _ in range(2):
        text = await with_tools(LOCK, ["annotated-doc"], Index(), tmp_path)  # pyright: ignore[reportArgumentType] all that is asked of it
        assert text.endswith("# 1\n")
    assert asked == ["annotated-doc==0.0.7\ncolorama==0.4.6"]
