"""Documents go to JSON and back without loss, and say clearly what they cannot take."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import codex.common.documents as package
from codex.common.documents.base import FORMAT_VERSION, Document, Part, check_text
from codex.common.documents.specification import Specification
from codex.common.errors import DocumentError, InputError
from tests.common.documents import samples, strategies

ALL: list[Document] = [
    samples.specification(),
    samples.architecture(),
    samples.implementation(),
    samples.application(),
]


def parts() -> Iterator[type[Part]]:
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    waiting: list[type[Part]] = [Part]
    while waiting:
        for found in waiting.pop().__subclasses__():
            waiting.append(found)
            # Other tests may have imported the inputs and answers of chains, which are parts too.
            if found.__module__.startswith(package.__name__):
                yield found


@pytest.mark.parametrize("document", ALL, ids=lambda item: item.kind)
def test_a_document_survives_json(document: Document) -> None:
    text = document.to_json()
    again = type(document).from_json(text)
    assert again == document
    assert again.to_json() == text


@settings(max_examples=60, deadline=None)
@given(strategies.specifications())
def test_any_specification_survives_json(document: Specification) -> None:
    again = Specification.from_json(document.to_json())
    assert again == document
    assert again.to_json() == document.to_json()  # tells 1 from True, which == does not


@settings(max_examples=25, deadline=None)
@given(strategies.applications())
def test_any_application_and_all_that_it_holds_survives_json(document: Document) -> None:
    again = type(document).from_json(document.to_json())
    assert again == document
    assert again.to_json() == document.to_json()


@pytest.mark.parametrize("document", ALL, ids=lambda item: item.kind)
def test_a_document_is_frozen(document: Document) -> None:
    with pytest.raises(ValidationError):
        document.format_version = 2


@pytest.mark.parametrize("part", sorted(parts(), key=str))
def test_models_are_told_what_every_part_and_field_means(part: type[Part]) -> None:
    assert part.__doc__
    missing = [name for name, field in part.model_fields.items() if not field.description]
    assert missing == []


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, None, "1"])
def test_an_unknown_version_is_refused(version: Any) -> None:
    raw = json.loads(samples.specification().to_json())
    raw["format_version"] = version
    with pytest.raises(DocumentError, match=f"{version!r}; this codex reads {FORMAT_VERSION}"):
        Specification.from_json(json.dumps(raw), "spec.json")


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{", '{"format_version": 1}', "[" * 100_000, b"\xff\xfe\x00"]
)
def test_what_is_no_document_is_one_clear_error(text: str | bytes) -> None:
    with pytest.raises(DocumentError, match=r"spec\.json") as caught:
        Specification.from_json(text, "spec.json")
    assert caught.value.todo


def test_an_unknown_key_is_refused_by_name() -> None:
    raw = json.loads(samples.specification().to_json())
    raw["entities"][0]["colour"] = "red"
    with pytest.raises(DocumentError, match=r"entities\.0\.colour"):
        Specification.from_json(json.dumps(raw))


def test_a_file_that_is_not_there_is_named(tmp_path: Any) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json"):
        Specification.load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(("character", "code"), [("\x00", "U+0000"), ("\ud800", "U+D800")])
def test_text_that_cannot_be_stored_is_refused_by_field(character: str, code: str) -> None:
    assert check_text("fine ✓ 漢", "request") == "fine ✓ 漢"
    with pytest.raises(InputError, match=f"request contains the character {re_escape(code)}"):
        check_text(f"a{character}", "request")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "a\x00"},
        {"title": "a\udfff"},
        {"notes": {"deep": [{"er": "a\x00"}]}},
        {"notes": {"k\x00": 1}},
        {"feedback": ["a\x00"]},
    ],
)
def test_no_part_holds_text_that_cannot_be_stored(change: dict[str, Any]) -> None:
    raw = samples.specification().model_dump() | change
    with pytest.raises(DocumentError, match=next(iter(change))):
        Specification.parse(raw)


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists))
@settings(max_examples=40, deadline=None)
def test_any_json_is_a_document_or_a_typed_error(value: Any) -> None:
    with pytest.raises(DocumentError):
        Specification.from_json(json.dumps(value))


def re_escape(text: str) -> str:
    return text.replace("+", r"\+")
