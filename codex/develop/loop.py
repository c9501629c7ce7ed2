"""The repair loop of one function: evidence, repair, another approach, and an end with evidence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import combinations
from typing import cast

from codex.chains.develop.write_tests import contradict
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.implementation import Check
from codex.common.errors import ChainExhausted, ModelRefused, NotInMyPower
from codex.common.events import CheckFailed
from codex.develop.bench import wanted_of
from codex.develop.compare import short
from codex.develop.properties import property_problems
from codex.develop.trial import UNSET, is_pure, outcome_of
from codex.develop.work import Work
from codex.develop.workshop import QUESTIONS, REPAIRS, Workshop

APPROACHES = 3
"""The first, a fresh one with the list of failures, and one after a clarification."""
UNTRIED = "Nothing executed it: its contract has no example, and no case was written for it."
SHOWN = 3
"""Failing cases that a repair is shown, the smallest first."""


async def make(shop: Workshop, work: Work) -> None:
    """Bring one function to its end: verified, or given up with evidence."""
    try:
        await _settle_contradictions(shop, work)
        if not await _begin(shop, work):
            return
        while not await holds(shop, work):
            await _tell(shop, work)
            if not await _next(shop, work):
                await shop.settle(work, verified=False)
                return
        await shop.settle(work, verified=True)
    except (ChainExhausted, ModelRefused, NotInMyPower) as failure:
        work.problems = [failure.what]
        await shop.settle(work, verified=False)
    finally:
        # Whoever waits for this function must not wait for ever, whatever happened.
        work.readable.set()
        work.settled.set()


async def _settle_contradictions(shop: Workshop, work: Work) -> None:
    """Ask what is meant where two examples are the same case, and end otherwise.

    No code can meet both, so neither is tried: what the Architect answers counts instead.
    """
    clashes = contradictions(work.definition, work.examples)
    if not clashes:
        return
    work.examples = [item for item in work.examples if all(item not in pair for pair in clashes)]
    told = " ".join(
        f"Called with {short(cast('JsonValue', one.args))}, one says that it {outcome_of(one)}, "
        f"another that it {outcome_of(other)}."
        for one, other in clashes
    )
    question = f"These examples contradict each other, so which is right? {told}"
    if all(item.question != question for item in work.clarifications):
        await shop.clarify(work, question)


def contradictions(
    definition: FunctionDefinition, examples: Sequence[Example]
) -> list[tuple[Example, Example]]:
    """Pairs that have the same rows, settings and arguments, and an outcome that excludes."""
    return [pair for pair in combinations(examples, 2) if contradict(definition, *pair)]


async def _begin(shop: Workshop, work: Work) -> bool:
    """The first code, or the next where the assembled service sent the function back."""
    if not work.code:
        await asyncio.gather(shop.draft(work), shop.write_tests(work))
    elif work.problems and not await _next(shop, work):
        await shop.settle(work, verified=False)
        return False
    return True


async def holds(shop: Workshop, work: Work) -> bool:
    """Whether the code passes every check; `problems` and `evidence` tell."""
    checked = await shop.statically(work)
    if not checked.passed:
        return False
    work.readable.set()
    for name in work.definition.calls:
        callee = shop.works.get(name)
        if callee is None:
            continue  # a port: its default body is compiled
        await callee.settled.wait()
        if not callee.verified:
            work.problems = [f"{work.name} calls {name}, which could not be verified."]
            work.rounds = REPAIRS * APPROACHES
            return False
    if not await _can_be_installed(shop, work):
        return False
    for kind, examples in (("examples", work.examples), ("generated tests", work.tests)):
        if not await _passes(shop, work, kind, examples):
            return False
    if not await _keeps_types(shop, work):
        return False
    return _was_tried(work)


async def _can_be_installed(shop: Workshop, work: Work) -> bool:
    """Whether the index has versions of the packages; the policy has let them in before."""
    if not work.packages:
        return True
    packages = shop.packages_below(work)
    told = await shop.services.journal.evidence(
        f"{work.spot}:{work.fresh_starts}:{work.rounds}",
        "versions",
        " ".join(wanted_of(packages)),
        lambda: shop.benches.uninstallable(packages),
    )
    work.evidence.append(Check(name="versions", passed=not told, detail=told))
    work.problems = [f"Its packages cannot be installed: {told} Do without them."] if told else []
    return not told


def _was_tried(work: Work) -> bool:
    """Whether anything executed it: code that was only read is not known to work."""
    if work.examples or work.tests or any(item.name == "properties" for item in work.evidence):
        return True
    work.problems = [UNTRIED]
    work.evidence.append(Check(name="tried", passed=False, detail=UNTRIED))
    return False


async def _passes(shop: Workshop, work: Work, kind: str, examples: Sequence[Example]) -> bool:
    """Run cases; the evidence is journaled, so that a resumed run renders the same prompts."""
    if not examples:
        return True

    async def produce() -> str:
        outcomes = await shop.try_examples(work, examples)
        failing = [(example, told) for example, told in outcomes if told]
        failing.sort(key=lambda item: len(item[0].model_dump_json()))
        return json.dumps([problem for _, told in failing for problem in told])

    codes = "\n".join(shop.works[name].code for name in shop.callees(work))
    cases = "\n".join(example.model_dump_json() for example in examples)
    # A case on another database is another case.
    databases = shop.benches.databases
    subject = f"{work.code}\n{codes}\n{cases}" + ("" if databases == "SQLite" else databases)
    place = f"{work.spot}:{work.fresh_starts}:{work.rounds}"
    problems: list[str] = json.loads(
        await shop.services.journal.evidence(place, kind, subject, produce)
    )
    if problems and kind == "generated tests":
        possible = [item for item in work.tests if not _is_refused(item, problems)]
        if len(possible) < len(work.tests):  # the tester's slip says nothing about the code
            work.tests = possible
            return await _passes(shop, work, kind, work.tests)
    if problems and kind == "generated tests" and await _suspect(shop, work, problems):
        return await _passes(shop, work, kind, work.tests)
    count = len(examples)
    where = (
        f" on {databases}" if any(not is_pure(work.definition, item) for item in examples) else ""
    )
    detail = "\n".join(problems) if problems else f"{count} of {count} hold{where}"
    work.evidence.append(Check(name=kind, passed=not problems, detail=detail))
    work.problems = problems[:SHOWN]
    return not problems


async def _suspect(shop: Workshop, work: Work, problems: Sequence[str]) -> bool:
    """Whether the generated cases are at fault: several candidates failed the same ones.

    Then they are asked for again, once, and what fails after that speaks against the code.
    """
    told = {f"test:{problem}" for problem in problems}
    again = told & work.seen
    work.seen |= told
    if not again or "tests asked again" in work.seen:
        return False
    work.seen.add("tests asked again")
    await shop.write_tests(work, sorted(problem.removeprefix("test:") for problem in again))
    return True


async def _keeps_types(shop: Workshop, work: Work) -> bool:
    problems = await property_problems(shop, work)
    if problems is None:
        return True
    detail = "\n".join(problems) if problems else "no crash, and the types hold"
    work.evidence.append(Check(name="properties", passed=not problems, detail=detail))
    work.problems = problems[:SHOWN]
    return not problems


async def _tell(shop: Workshop, work: Work) -> None:
    failed = next((item.name for item in work.evidence if not item.passed), "check")
    await shop.services.events.append(
        CheckFailed(check=failed, subject=work.name, message="; ".join(work.problems)[:1000])
    )


async def _next(shop: Workshop, work: Work) -> bool:
    """Take the next step: repair, or another approach; False when there is none left."""
    circling = _circles(shop, work)
    work.failures += work.problems
    if work.as_drawn and work.rounds < REPAIRS:  # the template is no attempt: now it is written
        await shop.draft(work)
        return True
    if work.reused_from:
        circling = True  # what served another service is no draft of this one: write it anew
    repairable = work.problems != [UNTRIED]
    if repairable and not circling and work.rounds < REPAIRS and work.code:
        work.rounds += 1
        await shop.repair(work)
        return True
    if not repairable:
        return await _exemplify(shop, work)
    if work.rounds >= REPAIRS * APPROACHES or work.fresh_starts + 1 >= APPROACHES:
        return False
    if all(UNSET in problem for problem in work.problems):
        return await _amend(shop, work)
    work.fresh_starts += 1
    work.rounds = 0
    if work.fresh_starts == APPROACHES - 1:
        told = "; ".join(dict.fromkeys(work.problems))
        await shop.clarify(work, f"Every attempt fails in this way, so what is meant? {told}")
    await shop.draft(work)
    return True


async def _exemplify(shop: Workshop, work: Work) -> bool:
    """Ask for what shows that the function works; False where nothing does."""
    if len(work.clarifications) >= QUESTIONS:
        return False
    await shop.clarify(work, "The contract has no example; what shows that it is met?")
    return bool(work.examples)


async def _amend(shop: Workshop, work: Work) -> bool:
    """The contract's own cases cannot be: ask what is meant, and go on without them."""
    refused = [item for item in work.examples if _is_refused(item, work.problems)]
    if not refused:
        return False
    await shop.clarify(work, f"These examples cannot be: {' '.join(work.problems)}")
    work.examples = [item for item in work.examples if item not in refused]
    return True


def _is_refused(example: Example, problems: Sequence[str]) -> bool:
    told = short(cast("JsonValue", {name: list(rows) for name, rows in example.given.items()}))
    called = f"called with {short(cast('JsonValue', example.args))}"
    return any(
        UNSET in problem and f"given rows {told}" in problem and called in problem
        for problem in problems
    )


def _circles(shop: Workshop, work: Work) -> bool:
    """Whether the same code, or the same failure of it, was there before."""
    marks = {f"code:{shop.fingerprint(work)}"}
    marks |= {f"failure:{work.fresh_starts}:{'|'.join(work.problems)}:{work.code}"}
    known = bool(marks & work.seen)
    work.seen |= marks
    return known
