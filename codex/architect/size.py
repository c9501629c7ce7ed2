"""Size and price of what is planned, before anything fans out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from codex.architect.inputs import Surface
from codex.architect.questions import Questions
from codex.chains.architect import code_graph, scenarios
from codex.chains.contract import Chain
from codex.chains.prompt import render
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Part
from codex.common.documents.codegraph import FunctionDefinition, FunctionKind
from codex.common.documents.run import Usage
from codex.common.english import counted
from codex.common.model.budget import estimated_tokens
from codex.common.services import Services

# Guesses of how long such answers are, for as long as a chain has not answered in this run.
OUTPUT_TOKENS = {
    "architect/code_graph": 1_100,
    "architect/scenarios": 700,
    "develop/write_function": 350,
    "develop/write_tests": 650,
}
# What a question about one function holds besides its own contract.
FUNCTION_FRAME, TESTS_FRAME = 1_500, 1_700
STUBS_PER_ROUTE = 2.5
CONTRACT_TOKENS = 450


@dataclass(frozen=True)
class Planned:
    """Questions of one kind that are still to be asked."""

    chain: str
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Size:
    """What is planned, and what it will cost."""

    routes: int
    derived: int
    """Routes that are compiled with no question at all."""
    tables: int
    functions: int
    """Functions to be written; a guess until the CodeGraphs are drawn."""
    model: str
    planned: tuple[Planned, ...]
    usd: Decimal | None
    """None where the model's price is not known."""

    @property
    def calls(self) -> int:
        """All questions together, without those that are asked again."""
        return sum(item.calls for item in self.planned)

    @property
    def tokens(self) -> int:
        """Both ways together."""
        return sum(item.input_tokens + item.output_tokens for item in self.planned)

    @property
    def price(self) -> str:
        """The price as people read it; an unknown one is said to be unknown."""
        if self.usd is None:
            return f"unknown for {self.model}"
        return "nothing" if self.usd == 0 else f"about ${self.usd:.2f}"

    @property
    def told(self) -> str:
        """One line for people."""
        planned = (
            f"{counted(self.routes, 'route')} ({self.derived} compiled without a question), "
            f"{counted(self.tables, 'table')}, about {counted(self.functions, 'function')}"
        )
        if not self.tokens and self.usd == 0:  # no language model reads them
            return f"{planned}; about {counted(self.calls, 'question')}, which cost nothing."
        return (
            f"{planned}; {counted(self.calls, 'question')} to {self.model}, "
            f"about {self.tokens:,} tokens; price: {self.price}."
        )

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "routes": self.routes,
            "derived": self.derived,
            "tables": self.tables,
            "functions": self.functions,
            "model": self.model,
            "planned": [asdict(item) for item in self.planned],
            "calls": self.calls,
            "tokens": self.tokens,
            "usd": None if self.usd is None else str(self.usd),
        }


def size_of(surface: Surface, asked: Questions, services: Services) -> Size:
    """Everything after the routes are known: their functions, the scenarios, the code."""
    graphs, plays = list(asked.graphs.values()), list(asked.plays.values())
    functions = len(surface.shared) + round(len(graphs) * (1 + STUBS_PER_ROUTE))
    planned = (
        _asked(code_graph.CHAIN, graphs, services),
        _asked(scenarios.CHAIN, plays, services),
        *_written(functions, len(graphs), CONTRACT_TOKENS * functions, services),
    )
    headers = [item.header for item in surface.routes]
    derived = sum(header.derived is not None for header in headers)
    return _sized(
        (len(headers), derived, len(surface.database.tables), functions), planned, services
    )


def size_of_functions(architecture: Architecture, services: Services) -> Size:
    """What is left once the Architecture is complete: its functions."""
    functions = architecture.functions
    contracts = sum(_contract_tokens(item) for item in functions)
    derived = sum(route.derived is not None for route in architecture.routes)
    counts = (len(architecture.routes), derived, len(architecture.database.tables), len(functions))
    mains = sum(item.kind is FunctionKind.MAIN for item in functions)
    return _sized(counts, _written(len(functions), mains, contracts, services), services)


def _contract_tokens(item: FunctionDefinition) -> int:
    return estimated_tokens(item.model_dump_json(exclude_defaults=True, exclude={"rule"}))


def _asked(chain: Chain[Any, Any], inputs: Iterable[Part], services: Services) -> Planned:
    """One question for each of `inputs`, as they will be rendered."""
    calls, tokens = 0, 0
    for item in inputs:
        calls += 1
        if services.model.reads_text:
            prompt = render(
                chain, item, services.templates, model=services.model.name, mode=services.model.mode
            )
            tokens += sum(estimated_tokens(message.content) for message in prompt.messages)
            tokens += estimated_tokens(str(prompt.output.schema)) // 2
    return _priced(chain.name, calls, tokens, services)


def _written(functions: int, mains: int, contracts: int, services: Services) -> tuple[Planned, ...]:
    """Code for each function that no template holds already, and further tests for all."""
    stubs = functions - mains
    share = contracts * stubs // max(functions, 1)
    return (
        _priced("develop/write_function", stubs, share + FUNCTION_FRAME * stubs, services),
        _priced("develop/write_tests", functions, contracts + TESTS_FRAME * functions, services),
    )


def _priced(chain: str, calls: int, tokens: int, services: Services) -> Planned:
    reads = services.model.reads_text
    return Planned(
        chain, calls, tokens if reads else 0, OUTPUT_TOKENS[chain] * calls if reads else 0
    )


def _sized(
    counts: tuple[int, int, int, int], planned: tuple[Planned, ...], services: Services
) -> Size:
    price = services.budget.price
    used = Usage(
        input_tokens=sum(item.input_tokens for item in planned),
        output_tokens=sum(item.output_tokens for item in planned),
    )
    usd = price.of(used) if price is not None else None
    if not services.model.reads_text:
        usd = Decimal(0)
    routes, derived, tables, functions = counts
    return Size(routes, derived, tables, functions, services.model.name, planned, usd)
