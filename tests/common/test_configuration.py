"""Where settings come from, which source wins, and what is said of wrong ones."""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from codex.common.config import Settings
from codex.common.config_words import allowed_values
from codex.common.configuration import load, read
from codex.common.errors import ConfigError

HERE = pytest.mark.usefixtures("anywhere")
pytestmark = HERE


def user_file(text: str) -> Path:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "codex" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def own_user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))


def refused(flags: dict[str, object] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(flags)
    assert "\n" not in caught.value.what
    assert caught.value.todo
    assert caught.value.exit_code == 2
    return caught.value


def test_each_source_wins_over_the_ones_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    place = user_file("concurrency = 1")
    assert (load().concurrency, str(read().origins["concurrency"])) == (1, str(place))
    Path("codex.toml").write_text("concurrency = 2")
    assert load().concurrency == 2
    assert str(read().origins["concurrency"]) == str(Path.cwd() / "codex.toml")
    Path(".env").write_text("CODEX_CONCURRENCY=3")
    assert load().concurrency == 3
    assert str(read().origins["concurrency"]) == str(Path.cwd() / ".env")
    monkeypatch.setenv("CODEX_CONCURRENCY", "4")
    assert load().concurrency == 4
    assert str(read().origins["concurrency"]) == "environment CODEX_CONCURRENCY"
    found = read({"concurrency": "5"})
    assert found.settings.concurrency == 5
    assert str(found.origins["concurrency"]) == "flag --concurrency"


def test_without_any_source_the_defaults_hold() -> None:
    found = read()
    assert found.settings.model == "builtin"
    assert {str(origin) for origin in found.origins.values()} == {"default"}


def test_every_setting_says_what_it_means_and_may_be() -> None:
    for row in read().rows():
        assert row["meaning"].endswith("."), row["name"]
        assert row["allowed"], row["name"]


def test_settings_are_frozen_and_read_nothing_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODEX_MODEL", "openai:gpt-5")
    assert Settings().model == "builtin"
    with pytest.raises(ValidationError):
        Settings().model = "manual"  # pyright: ignore[reportAttributeAccessIssue] that is the test


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX_CONCURRENCY", "")
    Path(".env").write_text("CODEX_MODEL=\n")
    assert load() == Settings()


def test_a_relative_path_is_relative_to_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    place = user_file('prompts_dir = "mine"\ndata_dir = "~/elsewhere"')
    monkeypatch.setenv("CODEX_PRICES_FILE", "prices.toml")
    found = load()
    assert found.prompts_dir == place.parent / "mine"
    assert found.prices_file == Path.cwd() / "prices.toml"
    assert found.data_dir == Path.home() / "elsewhere"


def test_none_in_words_overrides_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("codex.toml").write_text('budget_usd = 2.5\nbudget_calls = 3\nprompts_dir = "x"')
    assert load().budget_usd == Decimal("2.5")
    for name in ("BUDGET_USD", "BUDGET_CALLS", "PROMPTS_DIR"):
        monkeypatch.setenv(f"CODEX_{name}", "none")
    found = load()
    assert (found.budget_usd, found.budget_calls, found.prompts_dir) == (None, None, None)


class TestSharedNames:
    def test_database_url_without_prefix_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://h/common")
        assert load().database_url == "postgresql://h/common"
        assert str(read().origins["database_url"]) == "environment DATABASE_URL"
        monkeypatch.setenv("CODEX_DATABASE_URL", "postgresql://h/own")
        assert load().database_url == "postgresql://h/own"
        monkeypatch.setenv("CODEX_DATABASE_URL", "embedded")
        assert load().database_url == ""

    def test_they_count_in_a_dotenv_too(self) -> None:
        Path(".env").write_text("DATABASE_URL=postgresql://h/dot\nOTHER=1\n")
        assert load().database_url == "postgresql://h/dot"

    def test_the_key_of_openai_is_for_openai_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
        assert load().api_key.get_secret_value() == ""
        assert load({"model": "openai:gpt-5"}).api_key.get_secret_value() == "sk-of-openai"
        Path("codex.toml").write_text('model = "anthropic:claude"\napi_key = "own"')
        assert load().api_key.get_secret_value() == "own"


class TestSecrets:
    def test_none_is_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CODEX_API_KEY", "sk-verysecret")
        monkeypatch.setenv("DATABASE_URL", "postgresql://me:pa%2Fss@w0rd@db:5432/x?password=4th3r")
        monkeypatch.setenv("CODEX_BASE_URL", "https://tok3n@proxy.example/v1")
        found = read()
        text = json.dumps(found.rows()) + repr(found)
        for secret in ("sk-verysecret", "w0rd", "pa%2Fss", "4th3r", "tok3n"):
            assert secret not in text
        shown = {row["name"]: row["value"] for row in found.rows()}
        assert shown["api_key"] == "***"
        assert shown["database_url"] == "postgresql://me:***@db:5432/x?password=***"
        assert shown["base_url"] == "https://***@proxy.example/v1"

    def test_none_is_in_an_error(self) -> None:
        assert "s3cret" not in str(refused({"database_url": "mysql://me:s3cret@h/x"}))
        assert "s3cret" not in str(refused({"database_url": "postgresql://me:s3cret@h:port/x"}))
        assert "s3cret" not in str(refused({"database_url": "host=h password=s3cret"}))
        assert "s3cret" not in str(refused({"api_key": "s3cret\0"}))


class TestWrongKeys:
    def test_in_a_toml_file(self) -> None:
        Path("codex.toml").write_text('modle = "builtin"')
        error = refused()
        assert str(Path.cwd() / "codex.toml") in error.what
        assert "'modle'; did you mean 'model'?" in error.what

    def test_in_the_user_file(self) -> None:
        place = user_file("[budget]\nusd = 1")
        assert f"{place}: there is no setting 'budget'" in refused().what

    def test_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CODEX_CONCURENCY", "3")
        assert "'CODEX_CONCURENCY'; did you mean 'CODEX_CONCURRENCY'?" in refused().what

    def test_in_a_dotenv_only_what_is_ours(self, caplog: pytest.LogCaptureFixture) -> None:
        Path(".env").write_text("SOMETHING_ELSE=1\nnot even a pair\nDATABASE_URL\nA='\n")
        assert load() == Settings()
        assert not caplog.records, "what is wrong for others is not ours to tell"
        Path(".env").write_text("CODEX_NOTHING_LIKE_IT=1\n")
        assert f"{Path.cwd() / '.env'}: there is no setting" in refused().what

    def test_the_switch_is_no_setting(self) -> None:
        assert os.environ["CODEX_FORBID_REAL_MODELS"] == "1"
        assert load() == Settings()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("concurrency", "many", "a whole number from 1 to 1000"),
        ("concurrency", "0", "from 1 to 1000"),
        ("concurrency", True, "a whole number"),
        ("concurrency", 2.5, "a whole number"),
        ("concurrency", [1], "a whole number"),
        ("concurrency", {"a": 1}, "a whole number"),
        ("temperature", "nan", "a number from 0 to 2"),
        ("temperature", "inf", "a number from 0 to 2"),
        ("model_timeout", "0", "more than 0"),
        ("budget_usd", "-1", "or none"),
        ("sandbox", "docker", "auto, bubblewrap, landlock or none"),
        ("prompt_cache_warmup", "maybe", "true or false"),
        ("model", "gpt-5", "provider:name"),
        ("model", "openai:", "provider:name"),
        ("base_url", "localhost:8000", "http://"),
        ("database_url", "sqlite:///x.db", "postgresql://"),
        ("database_url", "postgresql://[::1/x", "postgresql://"),
        ("database_url", 5, "postgresql://"),
        ("data_dir", "", "a path"),
        ("data_dir", "a\0b", "U+0000"),
        ("owner", "me\udc80", "U+DC80"),
        ("owner", " me", "no space"),
        ("owner", "x" * 101, "100 characters"),
    ],
)
def test_a_wrong_value_is_one_line_that_says_what_is_allowed(
    name: str, value: object, allowed: str
) -> None:
    error = refused({name: value})
    assert error.what.startswith("--" + name.replace("_", "-"))
    assert allowed in error.what


def test_a_wrong_value_names_its_file_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("codex.toml").write_text('concurrency = "x"\ntemperature = 9')
    error = refused()
    assert f"{Path.cwd() / 'codex.toml'}: " in error.what
    assert "1 more" in error.what
    Path("codex.toml").unlink()
    Path(".env").write_text("CODEX_TEMPERATURE=hot")
    assert f"{Path.cwd() / '.env'}: CODEX_TEMPERATURE is 'hot'; allowed: " in refused().what
    Path(".env").unlink()
    monkeypatch.setenv("CODEX_TEMPERATURE", "cold")
    assert refused().what.startswith("CODEX_TEMPERATURE is 'cold'; allowed: ")
    assert "unset CODEX_TEMPERATURE" in refused().todo


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"model = ", "is not TOML"),
        (b'model = "a"\nmodel = "b"', "is not TOML"),
        (b"\xff\xfe", "is not UTF-8: byte 0 is 0xff"),
        (b'model = "a\x00b"', "line 1 holds a NUL byte"),
        (b"model = " + b"[" * 5000, "is not TOML"),
        (b"concurrency = " + b"9" * 5000, "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content: bytes, said: str) -> None:
    Path("codex.toml").write_bytes(content)
    error = refused()
    assert str(Path.cwd() / "codex.toml") in error.what
    assert said in error.what


def test_a_byte_order_mark_is_no_fault() -> None:
    Path("codex.toml").write_bytes(b"\xef\xbb\xbfconcurrency = 3")
    assert load().concurrency == 3


def test_a_folder_in_place_of_a_file_is_named() -> None:
    Path("codex.toml").mkdir()
    assert "is not a file" in refused().what


def test_a_link_to_nowhere_is_named() -> None:
    Path("codex.toml").symlink_to("nowhere")
    assert refused().what == f"{Path.cwd() / 'codex.toml'} is not a file."


def test_an_unreadable_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("codex.toml").write_text("")

    def forbidden(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", forbidden)  # a mode would not stop the superuser
    assert refused().what == f"{Path.cwd() / 'codex.toml'} cannot be read: Permission denied."


@pytest.mark.parametrize(
    "line", ["CODEX_MODEL", 'export CODEX_MODEL="openai:x', "DATABASE_URL='postgresql://h/d"]
)
def test_a_line_of_ours_without_a_value_is_named(line: str) -> None:
    Path(".env").write_text(f"OTHER=1\n{line}\n")
    assert refused().what == f"{Path.cwd() / '.env'} line 2 is not of the form NAME=value."


def test_no_home_folder_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert "CODEX_DATA_DIR" in refused().todo


def test_a_lost_working_folder_is_a_clear_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert "working folder" in refused().what


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(Settings.model_fields)), st.text(max_size=60))
def test_any_text_is_taken_or_clearly_refused(name: str, value: str) -> None:
    said = ""
    try:
        origin = str(read({name: value}).origins[name])
    except ConfigError as error:
        said, origin = error.what, ""
    assert origin.startswith("flag ") or said.startswith("--")
    assert len(said.splitlines()) <= 1
    assert len(said) < 400


def test_what_is_allowed_names_every_choice() -> None:
    words = allowed_values(Settings.model_fields["journal_mode"])
    assert re.fullmatch(r"normal, replay or refresh", words)


@pytest.mark.parametrize(
    ("given_as", "text"),
    [
        ("networkx  bs4:beautifulsoup4>=4,<5", "networkx bs4:beautifulsoup4>=4,<5"),
        (["networkx>=3", "polars"], "networkx>=3 polars"),
        ("", ""),
    ],
)
def test_packages_are_given_as_text_or_as_a_list(given_as: object, text: str) -> None:
    assert read({"extra_packages": given_as}).settings.extra_packages == text


@pytest.mark.parametrize("wrong", ["a @ https://b.example/c.whl", "--index-url=x", "a;b", "a>=", 3])
def test_what_is_no_requirement_is_refused(wrong: object) -> None:
    assert "--extra-packages" in refused({"extra_packages": wrong}).what
