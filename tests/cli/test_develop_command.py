"""`codex develop` from outside: an architecture in, an implementation out, the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.common.documents.implementation import Implementation
from tests.cli.conftest import Codex
from tests.common.documents import samples
from tests.fixtures_built import Built


@pytest.mark.slow
def test_the_stage_alone_makes_what_the_build_made(
    built_service: Built, codex: Codex, database_url: str, shared_data_dir: Path, anywhere: Path
) -> None:
    documents = Path(built_service.folder) / ".codex"
    env = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}
    done = codex("develop", str(documents / "architecture.json"), "--out", "impl.json", env=env)
    assert done.code == 0, done.err
    assert "complete_task" in done.out
    assert "verified" in done.out
    made = (anywhere / "impl.json").read_bytes()
    assert made == (documents / "implementation.json").read_bytes()
    implementation = Implementation.load(anywhere / "impl.json")
    # A main function stands in its template; asked for by name it is written, as others are.
    mains = {route.function_name for route in implementation.architecture.routes}
    name = next(item.name for item in implementation.functions if item.name not in mains)
    again = codex("develop", "impl.json", "--only", name, "--out", "again.json", env=env)
    assert again.code == 0, again.err
    assert (anywhere / "again.json").read_bytes() == made


def test_what_cannot_be_done_again_is_told(codex: Codex, anywhere: Path) -> None:
    (anywhere / "arch.json").write_text(samples.architecture().to_json())
    done = codex("develop", "arch.json", "--only", "borrow_book")
    assert done.code == 2
    assert "is an architecture; --only is for functions that are there" in done.err
    assert codex("develop", "nowhere.json").code == 2
