"""The tree of errors: drawn as it is, every code its own, always with a next step."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from codex.common import errors
from codex.common.errors import Attempt, ChainExhausted, CodexError
from codex.common.redact import mask_urls, redact


def tree(kind: type[CodexError] = CodexError, depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, kind.__name__
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child, depth + 1)


def every_kind() -> list[type[CodexError]]:
    return [getattr(errors, name) for _, name in tree()]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    lines = (errors.__doc__ or "").splitlines()
    found = [re.match(r"    ((?:│   |    )*)((?:├── |└── )?)(\w+) ", line) for line in lines]
    drawn = [(len(each[1]) // 4 + bool(each[2]), each[3]) for each in found if each]
    assert drawn == list(tree())


def test_every_code_is_its_own() -> None:
    codes = [vars(kind).get("code", "") for kind in every_kind()]
    assert all(re.fullmatch(r"[a-z]+([._][a-z]+)*", code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_exit_code_is_documented() -> None:
    documented = {0, 1, 2, 3, 4, 5, 130}
    assert {kind.exit_code for kind in every_kind()} <= documented


@pytest.mark.parametrize(
    "kind", [kind for kind in every_kind() if kind not in {errors.AskAgain, ChainExhausted}]
)
def test_every_error_says_what_to_do_next(kind: type[CodexError]) -> None:
    error = kind("It is wrong.")
    assert error.todo.endswith(".")
    assert str(error) == f"It is wrong.\n{error.todo}"
    assert error.as_json() == {"code": kind.code, "what": "It is wrong.", "todo": error.todo}
    assert kind("It is wrong.", "Do this.").todo == "Do this."


def test_giving_up_carries_the_evidence() -> None:
    attempts = [Attempt(messages=["m"], reply="r", problems=["no name"]) for _ in range(3)]
    error = ChainExhausted("develop/write_function", attempts)
    assert error.attempts == tuple(attempts)
    assert "3 attempts" in error.what
    assert "no name" in error.what
    assert error.todo


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://me:secret@h/x", "postgresql://me:***@h/x"),
        ("postgresql://me:se:cr@et@h/x", "postgresql://me:***@h/x"),
        ("at postgresql://me:s@h:1/x and on", "at postgresql://me:***@h:1/x and on"),
        (
            "postgresql://h/x?user=me&password=secret&a=b",
            "postgresql://h/x?user=me&password=***&a=b",
        ),
        ("host=h password='se cret' user=me", "host=h password=*** user=me"),
        ("https://t0ken@index/simple", "https://***@index/simple"),
        ("postgresql://me@h/x", "postgresql://me@h/x"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_passwords_inside_addresses_are_masked(text: str, masked: str) -> None:
    assert mask_urls(text) == masked


def test_a_secret_that_holds_another_leaves_nothing_behind() -> None:
    known = ["key-of-mine", "key-of-mine-long", ""]
    assert redact("a key-of-mine-long and a key-of-mine", known) == "a *** and a ***"


def test_a_placeholder_in_place_of_a_key_spoils_no_text() -> None:
    assert redact("the next text", ["x", "none"]) == "the next text"
