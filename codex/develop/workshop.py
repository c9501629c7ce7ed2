"""All functions of one Architecture in the making: what is asked, what is seen, what is kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

from codex.blueprint.template_source import blocks_of
from codex.chains.chain import Answer, CodeOrQuestion, answer
from codex.chains.develop import repair as repairing
from codex.chains.develop import write_function as writing
from codex.chains.develop import write_tests as testing
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import Example, FunctionDefinition, FunctionKind
from codex.common.documents.implementation import (
    Check,
    Clarification,
    Function,
    Package,
)
from codex.common.documents.typetext import names_in
from codex.common.errors import ChainExhausted, ModelRefused, NotInMyPower
from codex.common.events import CheckFailed, FunctionVerified
from codex.common.sandbox import Environment
from codex.common.services import Services
from codex.compiler.closure import Closure, closure_of
from codex.compiler.rows import UnknownRow
from codex.compiler.vocabulary import Vocabulary
from codex.develop.bench import Bench, Benches, wanted_of
from codex.develop.checks import Checked, Contract, Policy, check_function
from codex.develop.meaning import Meaning
from codex.develop.questions import ask_architect, criteria_of
from codex.develop.reuse import suggested
from codex.develop.scenario_round import Player
from codex.develop.trial import closure_order, impossible, make_case
from codex.develop.work import Work

REPAIRS = 3
"""Repairs of one approach, before a fresh start."""
QUESTIONS = 2
"""Questions that a function may ask about its contract."""


class Workshop:
    """All functions of one Architecture, each worked on as soon as what it calls is settled."""

    def __init__(
        self,
        architecture: Architecture,
        services: Services,
        benches: Benches,
        policy: Policy,
        meaning: Meaning | None = None,
        player: Player | None = None,
    ) -> None:
        """`player` plays the scenarios instead of the stage itself."""
        self.architecture = architecture
        self.services = services
        self.benches = benches
        self.policy = policy
        self.meaning = meaning
        self.player = player
        self.vocabulary = Vocabulary.of(architecture)
        self.series = ""
        """Marks what is asked and seen when Deploy sent functions back, apart from before."""
        self.foreseen: dict[str, asyncio.Task[str]] = {}
        """What the type checker says of a service, begun before it is known to be this one."""
        self.works: dict[str, Work] = {
            item.name: Work(item, list(item.examples)) for item in architecture.functions
        }

    # What is asked -------------------------------------------------------------------------

    def header(self, definition: FunctionDefinition) -> str:
        """The first line of the function."""
        word = "async def" if definition.is_async else "def"
        return f"{word} {definition.name}({definition.input_type}) -> {definition.return_type}:"

    def closure(self, definition: FunctionDefinition) -> Closure:
        """What the contract names."""
        return closure_of(self.architecture, definition)

    def contract(self, definition: FunctionDefinition) -> Contract:
        """What the static checks hold the code to."""
        return Contract(definition, self.vocabulary, self.policy, frozenset(definition.calls))

    async def draft(self, work: Work) -> None:
        """Take code that is there already, or ask for it, answering questions.

        A template holds the main function with its body, so that is tried before anybody is asked.
        """
        known = await suggested(self, work)
        if known.same and not work.fresh_starts and not work.anew:
            work.reused_from, work.code = known.same
            return
        drawn = blocks_of(self._template(work.definition)).get(work.name)
        if drawn and not (work.keys or work.reused_from or work.as_drawn or work.anew):
            work.as_drawn, work.code = True, drawn
            return
        work.reused_from, work.as_drawn = None, False
        while True:
            may_ask = len(work.clarifications) < QUESTIONS
            place = f"{work.spot}:{work.fresh_starts}:{len(work.clarifications)}"
            inputs = writing.WriteFunctionInputs(
                header=self.header(work.definition),
                definition=_without_examples(work.definition),
                examples=tuple(work.examples),
                closure=self.closure(work.definition),
                template=self._template(work.definition),
                clarifications=tuple(item.answer for item in work.clarifications),
                may_ask=may_ask,
                packages=tuple(sorted(self.policy.packages)),
                similar=known.similar,
                failures=tuple(work.failures),
            )
            reply = await answer(writing.CHAIN, inputs, self.services, place=place)
            if not await self._took(work, reply, may_ask=may_ask):
                return

    async def repair(self, work: Work) -> None:
        """Ask for other code after evidence."""
        may_ask = len(work.clarifications) < QUESTIONS
        inputs = repairing.RepairInputs(
            header=self.header(work.definition),
            definition=_without_examples(work.definition),
            closure=self.closure(work.definition),
            code=work.code,
            problems=tuple(work.problems),
            earlier=tuple(dict.fromkeys(work.failures[-6:])),
            clarifications=tuple(item.answer for item in work.clarifications),
            may_ask=may_ask,
        )
        place = f"{work.spot}:{work.fresh_starts}:{work.rounds}"
        reply = await answer(repairing.CHAIN, inputs, self.services, place=place)
        await self._took(work, reply, may_ask=may_ask)

    async def _took(self, work: Work, reply: Answer[CodeOrQuestion], *, may_ask: bool) -> bool:
        """Take a reply; True where it asked, and the answer now belongs to the contract."""
        work.keys += reply.keys
        if reply.value.code:
            work.code = reply.value.code
            return False
        if not may_ask:
            work.problems = [f"It asked once more instead of writing: {reply.value.question}"]
            work.code = ""
            return False
        await self.clarify(work, reply.value.question)
        return True

    async def clarify(self, work: Work, question: str) -> None:
        """Have the Architect answer a question about the contract."""
        addition = await ask_architect(self, work, question)
        work.clarifications.append(Clarification(question=question, answer=addition.text))
        work.examples += addition.examples

    async def write_tests(self, work: Work, suspected: Sequence[str] = ()) -> None:
        """Ask for further cases, from the contract alone."""
        inputs = testing.WriteTestsInputs(
            header=self.header(work.definition),
            definition=_without_examples(work.definition),
            examples=tuple(work.examples),
            closure=self.closure(work.definition),
            criteria=criteria_of(self.architecture, work.name),
            columns=self._columns(work.definition),
            passing=self._passing(work.definition),
            suspected=tuple(suspected),
        )
        place = f"{work.spot}:{'again' if suspected else 'first'}"
        try:
            reply = await answer(testing.CHAIN, inputs, self.services, place=place)
        except (ChainExhausted, ModelRefused, NotInMyPower) as failure:
            # The contract's own examples still decide; that there are no more is said.
            work.notes = [Check(name="no generated tests", passed=True, detail=failure.what)]
            return
        work.test_keys += reply.keys
        work.tests = list(reply.value.examples)

    def _template(self, definition: FunctionDefinition) -> str:
        if definition.kind is not FunctionKind.MAIN:
            return ""
        route = self.architecture.route(definition.name)
        return (route.template or "") if route else ""

    def _passing(self, definition: FunctionDefinition) -> tuple[str, ...]:
        """Errors that come from what it calls, the library for rows included."""
        below = closure_order(self.architecture, definition.name)
        raised = {error for item in below for error in item.raises}
        if any(item.name == "session" for item in definition.parameters):
            raised.add("NotFound")
        return tuple(sorted(raised - set(definition.raises)))

    def _columns(self, definition: FunctionDefinition) -> dict[str, tuple[str, ...]]:
        below = closure_order(self.architecture, definition.name)
        names = {self.architecture.database.account}
        names |= {name for item in below for name in (*item.reads, *item.writes)}
        mentioned = names_in(definition.return_type).union(
            *(names_in(item.type) for item in definition.parameters)
        )
        names |= {
            table.name for table in self.architecture.database.tables if table.model in mentioned
        }
        for table in self.architecture.database.tables:
            if table.name in names:
                names |= {relation.target for relation in table.relations}
        return {
            table.name: tuple(column.name for column in table.all_columns)
            for table in self.architecture.database.tables
            if table.name in names
        }

    async def bench(self, work: Work) -> Bench:
        """Where the function is tried: with its packages, and those of all that it calls."""
        return await self.benches.of(self.packages_below(work))

    def packages_below(self, work: Work) -> list[Package]:
        """The packages of the function, and of all that it calls."""
        names = [*self.callees(work), work.name]
        packages = {item.name: item for name in names for item in self.works[name].packages}
        return list(packages.values())

    async def environment(self) -> Environment:
        """The packages of the service with all its functions."""
        done = [work for work in self.works.values() if work.verified]
        packages = {item.name: item for work in done for item in work.packages}
        return await self.benches.environment(wanted_of(packages.values()))

    # What is seen --------------------------------------------------------------------------

    async def statically(self, work: Work) -> Checked:
        """Check without running; mends are taken. In a thread: others are being asked meanwhile."""
        contract = self.contract(work.definition)
        async with self.benches.turns:
            checked = await asyncio.to_thread(check_function, work.code, contract)
        work.code, work.packages = checked.code, checked.packages
        work.problems = list(checked.problems)
        work.evidence = [*work.notes, *checked.evidence]
        return checked

    async def try_examples(
        self, work: Work, examples: Sequence[Example]
    ) -> list[tuple[Example, list[str]]]:
        """Run `examples`; each with what it shows against the function."""
        codes = {name: other.code for name, other in self.works.items()}
        bench = await self.bench(work)

        async def one(example: Example) -> tuple[Example, list[str]]:
            try:
                case = make_case(self.architecture, work.definition, example, codes)
                return example, list((await bench.try_case(case)).problems)
            except UnknownRow as why:
                told = impossible(self.architecture, work.definition, example, why)
                return example, [told]

        return list(await asyncio.gather(*(one(example) for example in examples)))

    def callees(self, work: Work) -> list[str]:
        """What the function calls, however deep, callees first."""
        order = closure_order(self.architecture, work.name)
        return [item.name for item in order if item.name != work.name]

    def fingerprint(self, work: Work) -> str:
        """What tells whether this code, or this failure, was there before."""
        text = "\n".join([work.code, "--", *work.problems])
        return hashlib.sha256(text.encode()).hexdigest()

    def assembly(self, number: int) -> str:
        """The place of what the assembled service shows for the time `number`."""
        return f"assembly:{number}{self.series}"

    def reopen(self, name: str, function: Function, problems: Sequence[str]) -> None:
        """Work on a function that was finished; without `problems` it is only tried again."""
        work = self.works[name]
        work.code, work.packages, work.series = function.code, function.packages, self.series
        work.clarifications = list(function.clarifications)
        work.keys = list(function.journal_keys)
        work.tests = [Example.model_validate_json(item.code) for item in function.tests]
        work.problems = list(problems)

    def keep(self, name: str, function: Function) -> None:
        """Take over a function as it is."""
        work = self.works[name]
        work.code, work.packages = function.code, function.packages
        work.evidence, work.keys = list(function.evidence), list(function.journal_keys)
        work.clarifications = list(function.clarifications)
        work.reused_from, work.verified = function.reused_from, function.verified
        work.kept = function
        work.settled.set()

    # What is handed on ---------------------------------------------------------------------

    async def settle(self, work: Work, *, verified: bool) -> None:
        """Say how it ended, and let whoever calls it go on."""
        work.verified = verified
        if verified:
            event = FunctionVerified(
                function=work.name, attempts=work.rounds + 1, reused=bool(work.reused_from)
            )
            await self.services.events.append(event)
        else:
            message = "; ".join(work.problems)[:1000]
            await self.services.events.append(
                CheckFailed(check="given up", subject=work.name, message=message)
            )
        work.settled.set()


def _without_examples(definition: FunctionDefinition) -> FunctionDefinition:
    """The contract as prompts show it; its examples are shown beside it."""
    return definition.model_copy(update={"examples": ()})
