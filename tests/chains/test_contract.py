"""What holds for every chain: its file, its prompts, its sample, its built-in answer."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any

import pytest

from codex.chains.contract import Chain
from codex.chains.prompt_check import check_chain, check_stable
from codex.chains.registry import all_chains, chain_names, load_chain, sample_inputs
from codex.chains.schema import plain_schema
from codex.chains.sentence import Sentence
from codex.common.errors import UsageError
from codex.common.model.base import Mode
from codex.common.templates import SHIPPED, Templates

AnyChain = Chain[Any, Any]
CHAINS: list[AnyChain] = all_chains()
each_chain = pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)


def module_of(chain: AnyChain) -> ModuleType:
    return importlib.import_module(f"codex.chains.{chain.name.replace('/', '.')}")


def test_there_are_chains_and_they_are_found_by_name() -> None:
    assert len(CHAINS) >= 10
    assert load_chain("write_function").name == "develop/write_function"
    with pytest.raises(UsageError, match="write_functoin"):
        load_chain("write_functoin")


@each_chain
def test_the_path_is_the_same_under_chains_prompts_and_builtin(chain: AnyChain) -> None:
    assert module_of(chain).CHAIN is chain
    assert {path.name for path in (SHIPPED / chain.name).iterdir()} >= {
        "system.j2",
        "user.j2",
        "retry.j2",
        "sample.json",
    }
    builtin = importlib.import_module(f"codex.builtin.{chain.name.replace('/', '.')}")
    assert callable(getattr(builtin, chain.function))


def test_there_are_no_prompts_without_a_chain() -> None:
    folders = {
        path.parent.relative_to(SHIPPED).as_posix()
        for path in SHIPPED.glob("*/*/*")
        if path.parent.parent.name != "models"
    }
    assert folders == set(chain_names())


@each_chain
def test_its_function_has_its_name_and_takes_inputs_and_services(chain: AnyChain) -> None:
    function = getattr(module_of(chain), chain.function)
    assert inspect.iscoroutinefunction(function)
    assert function.__doc__
    assert list(inspect.signature(function).parameters)[:2] == ["inputs", "services"]


@each_chain
def test_every_sentence_is_declared(chain: AnyChain) -> None:
    module = module_of(chain)
    members: list[object] = [getattr(module, name) for name in dir(module)]
    found = [member for member in members if isinstance(member, Sentence)]
    assert set(found) <= set(chain.sentences)
    assert chain.purpose.endswith(".")


@each_chain
def test_its_sample_renders_without_a_finding(chain: AnyChain) -> None:
    templates = Templates()
    assert isinstance(sample_inputs(chain, templates), chain.inputs)
    findings = check_chain(chain, templates, "openai:gpt-5", Mode.JSON_SCHEMA)
    assert not findings, [finding.what for finding in findings]


@each_chain
def test_every_field_of_its_answer_tells_the_model_what_it_is_for(chain: AnyChain) -> None:
    schema = plain_schema(chain.output)
    assert schema.get("description"), "the answer's docstring reaches the model"


def test_no_prompt_varies_between_two_renders() -> None:
    assert not check_stable(chain_names(), Templates(), "openai:gpt-5", Mode.JSON_SCHEMA)
