"""The stage: one Implementation, delivered twice, gives the same bytes; what is locked is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.documents.application import Application
from codex.deploy.lock import locked_packages, unlocked, versions, with_tools
from codex.deploy.stage import deliver
from codex.runtime import open_runtime
from tests.deploy.verified import implementation

LOCK = """\
annotated-doc==0.0.7 \\
    --hash=sha256:{0} \\
    --hash=sha256:{1}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{0}
""".format("0" * 64, "1" * 64)


@pytest.mark.slow
async def test_two_deliveries_of_one_implementation_give_the_same_bytes(
    database_url: str, shared_data_dir: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=shared_data_dir)
    built = implementation("links")
    found: list[Application] = []
    for _ in range(2):
        async with open_runtime(settings) as runtime, runtime.run(kind="deploy") as services:
            found.append(await deliver(built, services=services))
    one, other = found
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
