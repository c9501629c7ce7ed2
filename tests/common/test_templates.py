"""Templates: where they are found, what they may do, and what is said when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from codex.common.documents.base import Part
from codex.common.errors import PromptError
from codex.common.templates import Templates, model_folder

CHAIN = "library/name_shelf"
NAMES = frozenset({"topic", "book", "answer_schema"})


class Book(Part):
    title: str = "Tides"
    tags: tuple[str, ...] = ("sea", "moon")

    @property
    def loud(self) -> str:
        return self.title.upper()

    def method(self) -> str:
        return "called"


class House:
    """A folder of prompts to be edited by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shipped = folder / "shipped"
        self.overlay = folder / "overlay"
        self.overlay.mkdir()
        for kind in ("system", "user", "retry"):
            self.write(f"shipped/{CHAIN}/{kind}.j2", f"{kind} of {{{{ topic }}}}")
        self.templates = Templates(self.overlay, shipped=self.shipped)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def user(self, text: str) -> Path:
        return self.write(f"shipped/{CHAIN}/user.j2", text)

    def render(self, kind: str = "user", model: str = "", **values: Any) -> str:
        found = self.templates.of(CHAIN, NAMES, model)
        given = {"topic": "the sea", "book": Book(), "answer_schema": "", **values}
        again = {"problems": ["p"], "reply": "r", "attempt": 2} if kind == "retry" else {}
        return found.render(kind, {**given, **again})

    def error(self) -> PromptError:
        with pytest.raises(PromptError) as caught:
            self.render()
        return caught.value


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_the_overlay_goes_before_the_default_and_a_models_own_before_both(house: House) -> None:
    assert house.render() == "user of the sea"
    house.write(f"shipped/models/gpt-5/{CHAIN}/user.j2", "shipped for the model")
    assert house.render(model="openai:gpt-5") == "shipped for the model"
    house.write(f"overlay/{CHAIN}/user.j2", "mine: {{ topic }}")
    assert house.render() == "mine: the sea"
    assert house.render(model="openai:gpt-5") == "mine: the sea"
    house.write(f"overlay/models/gpt-5/{CHAIN}/user.j2", "mine for the model")
    assert house.render(model="openai:gpt-5") == "mine for the model"
    assert house.render() == "mine: the sea"
    assert house.render("system") == "system of the sea", "only differences need to be there"


def test_a_models_name_is_a_safe_folder() -> None:
    assert model_folder("vllm:Qwen/Qwen3:32b") == "models/Qwen_Qwen3_32b"
    assert ".." not in model_folder("openai:../../etc").split("/")


def test_an_edit_counts_from_the_next_call_on(house: House) -> None:
    before = house.templates.of(CHAIN, NAMES)
    path = house.user("new words for {{ topic }}")
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert house.render() == "new words for the sea"
    assert house.templates.of(CHAIN, NAMES).fingerprint != before.fingerprint


def test_the_fingerprint_covers_everything_that_is_included(house: House) -> None:
    house.write("shipped/partials/tone.j2", "Be kind.")
    house.user('{% include "partials/tone.j2" %}')
    before = house.templates.of(CHAIN, NAMES).fingerprint
    assert house.templates.of(CHAIN, NAMES).fingerprint == before
    house.write("shipped/partials/tone.j2", "Be kind!")
    assert house.templates.of(CHAIN, NAMES).fingerprint != before
    after = house.templates.of(CHAIN, NAMES).fingerprint
    house.write("overlay/partials/tone.j2", "Be brief.")
    assert house.render() == "Be brief."
    assert house.templates.of(CHAIN, NAMES).fingerprint != after
    house.write("overlay/texts.toml", '[sentences]\ntaken = "{name} is gone."\n')
    assert house.templates.of(CHAIN, NAMES).wording.sentences == {"taken": "{name} is gone."}


def test_an_unknown_variable_is_named_with_file_and_line_before_anything_else(house: House) -> None:
    path = house.user("one\ntwo {{ topik }}")
    error = house.error()
    assert (error.file, error.line) == (str(path), 2)
    assert "'topik'" in error.what
    assert "topic" in error.todo


def test_an_unknown_variable_of_the_retry_template_is_found_at_once(house: House) -> None:
    path = house.write(f"shipped/{CHAIN}/retry.j2", "{{ problms }}")
    assert house.error().file == str(path)


def test_an_unknown_field_is_named_with_file_and_line(house: House) -> None:
    path = house.user("one\n\n{{ book.titel }}")
    error = house.error()
    assert (error.file, error.line) == (str(path), 3)
    assert "titel" in error.what


def test_a_fault_in_a_partial_names_the_partial(house: House) -> None:
    path = house.write("shipped/partials/deep.j2", "fine\n{{ book.nothing }}")
    house.user('{% include "partials/deep.j2" %}')
    error = house.error()
    assert (error.file, error.line) == (str(path), 2)


@pytest.mark.parametrize(
    "text", ["{{ topic", "{% if topic %}x", "{% nonsense %}", "{{ topic | no }}"]
)
def test_a_syntax_error_is_named_with_file_and_line(house: House, text: str) -> None:
    path = house.user(f"one\n{text}")
    error = house.error()
    assert (error.file, error.line) == (str(path), 2)


def test_an_include_loop_is_named(house: House) -> None:
    house.write("shipped/partials/a.j2", 'x\n{% include "partials/b.j2" %}')
    path = house.write("shipped/partials/b.j2", '{% include "partials/a.j2" %}')
    house.user('{% include "partials/a.j2" %}')
    error = house.error()
    assert "includes itself" in error.what
    assert error.file == str(path)


def test_a_template_that_includes_itself_is_named(house: House) -> None:
    path = house.user(f'{{% include "{CHAIN}/user.j2" %}}')
    assert house.error().file == str(path)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ book.__class__.__init__.__globals__ }}",
        "{{ book['__class__'] }}",
        "{{ ''['__cla' ~ 'ss__'].__mro__ }}",
        "{{ [book] | map(attribute='__class__') | list }}",
        "{{ book | attr('__class__') }}",
        "{{ topic.format.__globals__ }}",
        "{{ '{0.__class__}'.format(topic) }}",
        "{{ book.model_construct() }}",
        "{{ book.method() }}",
        "{{ book.model_fields }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range.__self__ }}",
        "{% set book.title = 'x' %}",
        "{{ 'x' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for n in range(10000000000) %}x{% endfor %}",
        '{% include "../../../../etc/passwd" %}',
        '{% include "/etc/passwd" %}',
        "{% include topic %}",
        '{% import "os" as os %}',
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
    ],
)
def test_nothing_internal_can_be_reached(house: House, text: str) -> None:
    path = house.user(f"one\n{text}")
    error = house.error()
    assert error.file == str(path)
    assert error.line == 2
    assert error.code == "prompt"


def test_templates_see_data(house: House) -> None:
    house.user("{{ book.title.lower() }} {{ book.loud }} {{ book.tags | join('+') }}")
    assert house.render() == "tides TIDES sea+moon"


def test_a_missing_file_says_where_it_was_looked_for(house: House) -> None:
    (house.shipped / CHAIN / "user.j2").unlink()
    assert str(house.shipped) in house.error().todo


def test_a_missing_partial_names_who_includes_it(house: House) -> None:
    path = house.user('\n\n{% include "partials/none.j2" %}')
    error = house.error()
    assert (error.file, error.line) == (str(path), 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sentences]\nx = 1", "not a text"),
        ("[other]\nx = 'y'", "unknown table"),
        ("[sentences\n", "not TOML"),
        ("fields = 3", "unknown table"),
    ],
)
def test_a_wrong_wording_file_is_named(house: House, text: str, told: str) -> None:
    path = house.write("overlay/texts.toml", text)
    error = house.error()
    assert told in error.what
    assert error.file == str(path)


def test_a_file_that_is_no_text_is_named(house: House) -> None:
    path = house.folder / "shipped" / CHAIN / "user.j2"
    path.write_bytes(b"\xff\xfe\x00")
    assert house.error().file == str(path)


@pytest.mark.parametrize("text", ["nul \0", '{{ "\\ud800" }}'])
def test_what_no_database_takes_is_named_before_it_is_asked(house: House, text: str) -> None:
    path = house.user(text)
    error = house.error()
    assert (error.file, "cannot be stored" in error.what) == (str(path), True)
