"""The prompts as a model reads them, kept so that a change of wording is seen in review.

`WRITE_GOLDEN=1 pytest tests/architect/test_prompts.py` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codex.architect.stage import architect
from codex.chains.prompt import render
from codex.chains.registry import load_chain, sample_inputs
from codex.common.model.base import Mode
from tests.architect.conftest import CHAINS, TEMPLATES, by_place, offline
from tests.architect.specifications import library

GOLDEN = Path(__file__).parent.parent / "golden" / "architect"


def rendered(name: str) -> str:
    chain = load_chain(f"architect/{name}")
    inputs = sample_inputs(chain, TEMPLATES)
    prompt = render(chain, inputs, TEMPLATES, model="openai:some", mode=Mode.JSON_SCHEMA)
    return "\n\n".join(f"=== {m.role} ===\n{m.content}" for m in prompt.messages) + "\n"


@pytest.mark.parametrize("name", CHAINS)
def test_the_prompt_is_the_one_that_was_reviewed(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    text = rendered(name)
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


async def test_the_shared_part_of_a_fan_out_comes_first_and_is_equal() -> None:
    services = offline(by_place(lambda _, answer: answer))
    await architect(library(), services=services)
    for chain in ("routes", "code_graph", "scenarios"):
        asked = [q for q in services.model.asked if q.chain == f"architect/{chain}"]
        assert len(asked) > 1
        assert len({question.messages[0].content for question in asked}) == 1


@pytest.mark.parametrize("name", CHAINS)
def test_text_of_the_client_stands_behind_a_bar(name: str) -> None:
    """Whatever a requirement says, it is shown as material."""
    text = rendered(name).partition("=== user ===")[2]
    for line in text.splitlines():
        if "R3.1" in line and "given" in line:
            assert line.startswith("|")
