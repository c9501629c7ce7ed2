"""`codex config show`: every value with its source and meaning, for people and programs."""

from __future__ import annotations

import json
from pathlib import Path

from codex.common.config import Settings
from tests.cli.conftest import Codex


def test_show_prints_every_setting_with_source_and_meaning(codex: Codex) -> None:
    Path("codex.toml").write_text("concurrency = 3")
    outcome = codex("config", "show", "--owner", "me", env={"CODEX_API_KEY": "sk-secret"})
    assert outcome.code == 0
    lines = {line.split()[0]: line for line in outcome.out.splitlines()}
    for name, about in Settings.model_fields.items():
        assert lines[name].endswith(about.description or "?")
    assert f"3  {' ' * 0}" in lines["concurrency"]
    assert str(Path.cwd() / "codex.toml") in lines["concurrency"]
    assert "flag --owner" in lines["owner"]
    assert "***" in lines["api_key"]
    assert "environment CODEX_API_KEY" in lines["api_key"]
    assert "sk-secret" not in outcome.out


def test_show_as_json(codex: Codex) -> None:
    outcome = codex("config", "show", "--json")
    rows = {row["name"]: row for row in json.loads(outcome.out)}
    assert set(rows) == set(Settings.model_fields)
    assert rows["concurrency"]["value"] == 25
    assert rows["budget_usd"]["value"] is None
    assert rows["model"]["source"] == "default"


def test_a_wrong_value_ends_with_2_and_two_lines(codex: Codex) -> None:
    Path("codex.toml").write_text("concurrency = 0")
    outcome = codex("config", "show")
    assert (outcome.code, outcome.out) == (2, "")
    first, second = outcome.err.splitlines()
    assert first.startswith(f"error[config]: {Path.cwd() / 'codex.toml'}: concurrency is '0'")
    assert second == f"  next: Edit {Path.cwd() / 'codex.toml'}."


def test_control_characters_do_not_reach_the_terminal(codex: Codex) -> None:
    outcome = codex("config", "show", "--owner", "a\x1b[31mb")
    assert "\x1b" not in outcome.out
    assert "a\\x1b[31mb" in outcome.out


def test_the_unsafe_flag_is_the_setting_in_plain_words(codex: Codex) -> None:
    rows = json.loads(codex("config", "show", "--json", "--unsafe-no-sandbox").out)
    (sandbox,) = [row for row in rows if row["name"] == "sandbox"]
    assert sandbox["value"] == "none"
