"""The corpus holds what it promises, and the checks say of it what they said before."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codex.common.sandbox import Environment, Sandbox
from codex.develop.checks import check_function
from tests.corpus.kit import Specimen, contract, corpus
from tests.corpus.measure import measure

SPECIMENS = tuple(corpus())
ACCEPTED = Path(__file__).with_name("accepted.txt")


def accepted() -> dict[str, str]:
    """The wrong functions that pass everything, each with the reason why."""
    lines = [line for line in ACCEPTED.read_text("utf-8").splitlines() if line]
    found = dict(line.split("  # ", 1) for line in lines if not line.startswith("# "))
    assert all(found.values()), "a reason is missing"
    return found


def test_it_is_large_enough() -> None:
    wrong = [mutant for item in SPECIMENS for mutant in item.mutants if not mutant.equivalent]
    late = [item for item in SPECIMENS if item.part == "late"]
    assert len(SPECIMENS) >= 150
    assert len(wrong) >= 400
    assert len(late) >= 50
    assert len({item.name for item in SPECIMENS}) == len(SPECIMENS)
    assert all(item.examples and item.mutants for item in SPECIMENS)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda item: item.name)
def test_every_mutant_is_other_code(specimen: Specimen) -> None:
    codes = [specimen.mutated(mutant) for mutant in specimen.mutants]
    assert specimen.code not in codes
    assert len(set(codes)) == len(codes)
    for code in codes:
        ast.parse(code)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda item: item.name)
def test_right_functions_pass_the_static_checks(specimen: Specimen) -> None:
    assert check_function(specimen.code, contract(specimen)).problems == ()


@pytest.mark.slow
async def test_the_verdicts_are_as_they_were(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    counts = await measure(sandbox, service_environment, SPECIMENS)
    rejected = [name for count in counts.values() for name in count.right_rejected]
    passed = [name for count in counts.values() for name in count.wrong_accepted]
    assert rejected == []
    assert sorted(passed) == sorted(accepted())
