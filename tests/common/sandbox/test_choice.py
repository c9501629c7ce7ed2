"""Which kind is chosen, and what is said where none works."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.common.errors import SandboxUnavailable
from codex.common.sandbox import KindStatus, Sandbox, available_kinds, choice, open_sandbox
from codex.common.sandbox.inside import landlock, seccomp


async def test_each_kind_is_tried_for_real(each_sandbox: Sandbox) -> None:
    kinds = {one.kind: one for one in await available_kinds()}
    assert set(kinds) == {"bubblewrap", "landlock"}
    assert kinds[each_sandbox.kind] == KindStatus(each_sandbox.kind, ok=True)


async def test_bubblewrap_comes_first(sandbox: Sandbox) -> None:
    works = [one.kind for one in await available_kinds() if one.ok]
    assert sandbox.kind == works[0]


async def test_landlock_stands_in(monkeypatch: pytest.MonkeyPatch, each_sandbox: Sandbox) -> None:
    if each_sandbox.kind != "landlock":
        pytest.skip("about the other kind")
    monkeypatch.setenv("PATH", "/nowhere")
    assert (await open_sandbox("auto")).kind == "landlock"


async def test_a_bubblewrap_that_is_refused_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refused = tmp_path / "bwrap"
    refused.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create a namespace' >&2; exit 1\n"
    )
    refused.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SandboxUnavailable) as caught:
        await open_sandbox("bubblewrap")
    assert "No permissions to create a namespace" in caught.value.what
    assert "sysctl" in caught.value.todo
    assert "--unsafe-no-sandbox" in caught.value.todo


async def test_neither_is_a_refusal_that_names_both_remedies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(SandboxUnavailable) as caught:
        await open_sandbox("auto")
    assert "apt-get install bubblewrap" in caught.value.todo
    assert "lsm=" in caught.value.todo


@pytest.mark.parametrize(("name", "value"), [("platform", "darwin"), ("machine", "riscv64")])
async def test_other_systems_are_told_what_to_use(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    if name == "platform":
        monkeypatch.setattr(choice.sys, "platform", value)
    else:
        monkeypatch.setattr(seccomp, "machine", lambda: value)
    with pytest.raises(SandboxUnavailable) as caught:
        await open_sandbox()
    assert caught.value.todo


async def test_none_is_given_to_who_names_it_alone() -> None:
    chosen = await open_sandbox("none")
    assert (chosen.kind, chosen.safe) == ("none", False)
    assert "none" not in {one.kind for one in await available_kinds()}
