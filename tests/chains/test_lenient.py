"""JSON as models write it: mended where the intent is plain, and the mend is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex.chains.lenient import DEPTH, Unreadable, load

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(json_values, st.sampled_from([None, 1, "\t"]))
def test_what_is_json_is_read_as_json_and_nothing_is_mended(value: Any, indent: Any) -> None:
    loaded = load(json.dumps(value, indent=indent))
    assert loaded.value == value
    assert not loaded.mends


@pytest.mark.parametrize(
    ("text", "value", "mend"),
    [
        ('{"a": 1,}', {"a": 1}, "trailing comma"),
        ("[1, 2,]", [1, 2], "trailing comma"),
        ("[1,, 2]", [1, 2], "doubled comma"),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, "missing comma"),
        ('["a"\n "b"]', ["a", "b"], "missing comma"),
        ("{'a': 'it'}", {"a": "it"}, "quotes"),
        ("{“a”: “b”}", {"a": "b"}, "quotes"),
        ("{a: 1}", {"a": 1}, "around a name"),
        ("{a: some words}", {"a": "some words"}, "around a text"),
        ('{"a": True, "b": None}', {"a": True, "b": None}, "read as JSON"),
        ('{"a": "x\ny"}', {"a": "x\ny"}, "line break"),
        ('{"a": "say "hi" now"}', {"a": 'say "hi" now'}, "quote inside"),
        (r'{"a": "\d+"}', {"a": r"\d+"}, "unknown escape"),
        ('{"a": 1 // one\n}', {"a": 1}, "comments"),
        ('{"a": /* one */ 1}', {"a": 1}, "comments"),
        ('{"a": [1, 2]', {"a": [1, 2]}, "was added at the end"),
        ('{"a": {"b": "c"', {"a": {"b": "c"}}, "was added at the end"),
        ("[+1, .5, 2.]", [1, 0.5, 2.0], "number"),
        ('{"a": 1} and so on', {"a": 1}, "text after"),
    ],
)
def test_mends(text: str, value: Any, mend: str) -> None:
    loaded = load(text)
    assert loaded.value == value
    assert any(mend in told for told in loaded.mends)
    assert not loaded.cut


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "un',
        '{"a": ',
        '{"a"',
        '["a", ',
        '{"a": 1, ',
        "[1, 2",
        '{"a": tru',
        "{'a': {'b': 'c",
        "",
    ],
)
def test_a_text_that_breaks_off_inside_a_value_is_cut(text: str) -> None:
    # `[1, 2` may have been `[1, 23]`: a number at the end is no complete one.
    assert load(text).cut


@pytest.mark.parametrize(
    "text", ["}", "{1: 2}", '{"a" 1}', "[}", '{"a": ]}', "[1}", "9" * 5000 + " "]
)
def test_what_cannot_be_read_says_where(text: str) -> None:
    with pytest.raises(Unreadable):
        load(text)


@pytest.mark.parametrize(
    "space", [chr(code) for code in range(0x3001) if chr(code).isspace()] + ["\ufeff"], ids=ascii
)
def test_odd_white_space_is_passed(space: str) -> None:
    assert load(f"[{space}1{space},{space}a{space}]").value == [1, "a"]
    assert load(f'{{{space}"a"{space}:{space}b{space}}}').value == {"a": "b"}
    assert load(f"[{space}").value == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("[]{}:,'\"\\/*# \t\n\u2028\x1c\ufeffa1-."), max_size=30))
def test_any_text_ends(text: str) -> None:
    try:
        loaded = load(text)
    except Unreadable:
        return
    assert loaded.root.end <= len(text)


def test_nesting_has_a_limit() -> None:
    assert load("[" * DEPTH + "]" * DEPTH).value
    with pytest.raises(Unreadable, match="nested"):
        load("[" * (DEPTH + 2))


def test_every_value_knows_where_it_stands() -> None:
    text = '{"routes": [{"path": "/a"}, {"path": "/b"}]}'
    node, exact = load(text).root.at(("routes", 1, "path"))
    assert exact
    assert text[node.start : node.end] == '"/b"'
    node, exact = load(text).root.at(("routes", 1, "method"))
    assert not exact
    assert text[node.start : node.end] == '{"path": "/b"}'
