"""The set-up behind the Makefile: done once, redone when an input changes or it was killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).parents[1]
HERE = ".".join(str(part) for part in sys.version_info[:3])


class House:
    """A project in a temporary folder; its commands are recorded, not run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[str] = []
        self.killed_at = ""
        self.version = ""

    def run(self, step: str, *_: object, env: dict[str, str] | None = None) -> None:
        self.steps.append(step)
        if step == self.killed_at:
            raise KeyboardInterrupt
        if step == "making .venv":
            setup.VENV.mkdir()
            self.version = HERE
        if step == "npm ci":
            (setup.ENGINE / "node_modules").mkdir(exist_ok=True)

    def make(self) -> list[str]:
        """Set up; what was done."""
        self.steps.clear()
        assert setup.main() == 0
        return self.steps

    def mark(self, venv: Path, version: str) -> None:
        """Pretend that `venv` was finished with a Python of that version."""
        digest = setup.fingerprint(setup.LOCK, setup.project_table(), version)
        (setup.VENV / ".ready").write_text(f"{venv}\n{digest}")

    def make_killed_at(self, step: str) -> None:
        self.killed_at = step
        with pytest.raises(KeyboardInterrupt):
            setup.main()
        self.killed_at = ""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    for name, path in {
        "ROOT": "",
        "VENV": ".venv",
        "PYTHON": ".venv/bin/python",
        "LOCK": "requirements.lock",
        "ENGINE": "engine",
        "CLIENT": "database/client",
        "DATABASE": "database",
        "MOCK": "mock",
    }.items():
        monkeypatch.setattr(setup, name, tmp_path / path)
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/package.json").write_text("{}")
    (tmp_path / "engine/package-lock.json").write_text("{}")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    setup.LOCK.write_text("tool==1 \\\n    --hash=x\nuv==1.0 \\\n    --hash=y\nzz==1\n")
    monkeypatch.setattr(setup, "run", made.run)
    monkeypatch.setattr(setup, "version_of", lambda _: made.version)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] one parameter
    monkeypatch.setattr(sys, "argv", ["setup.py"])
    return made


ALL = [
    "making .venv",
    "installing uv",
    "installing the locked packages",
    "installing codex",
    "npm ci",
]


def test_everything_is_done_once(house: House) -> None:
    assert house.make() == ALL
    assert house.make() == []


@pytest.mark.parametrize("step", ALL[:4])
def test_a_killed_one_begins_anew(house: House, step: str) -> None:
    house.make_killed_at(step)
    assert house.make() == ALL
    assert house.make() == []


def test_finished_parts_of_a_killed_one_are_kept(house: House) -> None:
    house.make_killed_at("npm ci")
    assert house.make() == ["npm ci"]


def test_a_changed_lock_is_installed_into_the_same_venv(house: House) -> None:
    house.make()
    setup.LOCK.write_text(setup.LOCK.read_text() + "new==1\n")
    assert house.make() == ["installing the locked packages", "installing codex"]


def test_a_change_that_was_killed_begins_anew(house: House) -> None:
    house.make()
    setup.LOCK.write_text(setup.LOCK.read_text() + "new==1\n")
    house.make_killed_at("installing the locked packages")
    assert house.make() == ALL[:4]


def test_changed_node_packages_are_installed(house: House) -> None:
    house.make()
    (setup.ENGINE / "package-lock.json").write_text('{"a": 1}')
    assert house.make() == ["npm ci"]


def test_removed_node_packages_are_installed(house: House) -> None:
    house.make()
    shutil.rmtree(setup.ENGINE / "node_modules")
    assert house.make() == ["npm ci"]


def test_another_python_is_taken_only_when_it_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.make()
    house.version = "3.99.1"
    house.mark(setup.VENV, "3.99.1")
    assert house.make() == []
    monkeypatch.setattr(sys, "argv", ["setup.py", "--chosen"])
    assert house.make() == ALL[:4]


def test_a_folder_that_was_moved_is_made_anew(house: House) -> None:
    house.make()
    house.mark(Path("/elsewhere/.venv"), HERE)
    assert house.make() == ALL[:4]


@pytest.mark.parametrize(
    ("said", "todo"),
    [
        ("The virtual environment was not created because ensurepip is not", "python3-venv"),
        ("OSError: [Errno 28] No space left on device", "free some space"),
        ("error: Hash mismatch for `x`", "check the index"),
        ("Temporary failure in name resolution", "check the network"),
        ("npm error code EAI_AGAIN", "check the network"),
        ("something else", "repeat"),
    ],
)
def test_a_failure_says_what_to_do(said: str, todo: str) -> None:
    assert todo in setup.advice(said)


def test_a_failed_command_shows_the_end_of_its_output() -> None:
    program = "print('first'); [print(i) for i in range(30)]; print('last'); raise SystemExit(3)"
    with pytest.raises(setup.SetupError) as caught:
        setup.run("a step", sys.executable, "-c", program)
    assert str(caught.value).startswith("a step failed. ")
    assert "last" in str(caught.value)
    assert "first" not in str(caught.value)


def test_the_lock_pins_everything_with_hashes_and_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    for entry in text.split("\n"):
        if entry and not entry.startswith((" ", "#")):
            assert "==" in entry
            assert entry.endswith("\\")
    assert setup.uv_requirement().count("--hash=sha256:") > 1


@pytest.mark.parametrize("python", ["/nonexistent/python", "/bin/false"])
def test_a_wrong_python_is_named(python: str) -> None:
    done = subprocess.run(
        ["/bin/sh", ROOT / "tools/setup.sh"],
        env={"PYTHON": python, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"PYTHON={python} is not a Python 3.11 or later" in done.stderr


def test_no_python_at_all_is_said(tmp_path: Path) -> None:
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    done = subprocess.run(
        ["/bin/sh", ROOT / "tools/setup.sh"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no Python 3.11 or later is on PATH" in done.stderr
