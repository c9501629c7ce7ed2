"""Packages of functions: the policy speaks first, then the index, and the model hears why not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.documents.implementation import Function
from codex.common.errors import NoSuchVersions
from codex.common.model.scripted import Scripted
from codex.common.sandbox import Environment, Environments
from codex.develop import stage
from codex.develop.checks import load_policy
from codex.runtime import RunServices, open_runtime
from tests.common.documents import samples
from tests.develop.scripts import RIGHT, writer

ARCHITECTURE = samples.architecture()
REFUSAL = "No set of versions satisfies a, b: Because only humanize<=4 is available and so on."


def test_the_list_is_extended_by_the_setting() -> None:
    policy = load_policy("curated", "networks>=3,<4 bs4:beautifulsoup4 slow-down")
    wanted = {name: policy.package(name) for name in ("networks", "bs4", "slow_down", "yaml")}
    assert {name: (item.name, item.specifier) for name, item in wanted.items() if item} == {
        "networks": ("networks", ">=3,<4"),
        "bs4": ("beautifulsoup4", ""),
        "slow_down": ("slow-down", ""),
        "yaml": ("pyyaml", ">=6"),
    }
    assert policy.package("pandas") is None


def test_any_knows_packages_that_are_called_otherwise() -> None:
    policy = load_policy("any")
    found = [policy.package(name) for name in ("sklearn", "some_thing", "humanize")]
    assert [item.name for item in found if item] == ["scikit-learn", "some-thing", "humanize"]


class Shelf(Environments):
    """The environment of the test run; with packages beside, there is none."""

    def __init__(self, real: Environments) -> None:
        self.real = real
        self.asked: list[list[str]] = []

    async def service(self) -> Environment:
        return await self.real.service()

    async def resolve(
        self,
        requirements: Sequence[str],
        *,
        constraints: str = "",
        python: str = "",
    ) -> str:
        self.asked.append([item for item in requirements if item.startswith(("human", "mono"))])
        raise NoSuchVersions(REFUSAL, "Change the packages.")


@asynccontextmanager
async def handed(
    model: Scripted, shelf: Shelf, database_url: str, folder: Path, **settings: str
) -> AsyncGenerator[RunServices]:
    chosen = Settings.model_validate({"database_url": database_url, "data_dir": folder, **settings})
    async with open_runtime(chosen, model=model) as runtime:
        run = await runtime.store.create_run("develop")
        async with runtime.services(run) as services:
            object.__setattr__(services, "environments", shelf)
            yield services


async def labelled(services: RunServices) -> Function:
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    return await stage.write(definition, architecture=ARCHITECTURE, services=services)


def importing(module: str) -> str:
    return (
        RIGHT["label_book"]
        .replace("\ndef ", f"\nimport {module}\n\n\ndef ")
        .replace('({book.status})"', f'({{book.status}})" + str({module}.__doc__)[:0]')
    )


@pytest.mark.slow
async def test_what_no_index_has_goes_back_to_the_model(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    model = writer({"label_book": [importing("humanize"), RIGHT["label_book"]]})
    shelf = Shelf(environments)
    async with handed(model, shelf, database_url, tmp_path) as services:
        function = await labelled(services)
    assert function.verified
    assert shelf.asked == [["humanize>=4"]]
    (repair,) = [item for item in model.asked if item.chain == "develop/repair"]
    told = repair.messages[-1].content
    assert "cannot be installed: Because only humanize<=4 is available" in told
    assert "satisfies a, b" not in told


@pytest.mark.slow
async def test_nothing_is_resolved_before_the_policy_has_spoken(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    turns = [importing("monocle"), RIGHT["label_book"]]
    shelf = Shelf(environments)
    async with handed(writer({"label_book": turns}), shelf, database_url, tmp_path) as services:
        assert (await labelled(services)).verified
    assert shelf.asked == []
    allowed = writer({"label_book": turns}, name="another")
    more = {"extra_packages": "monocle>=1"}
    async with handed(allowed, shelf, database_url, tmp_path, **more) as services:
        assert (await labelled(services)).verified
    assert shelf.asked == [["monocle>=1"]]
    asked = [item for item in allowed.asked if item.chain == "develop/write_function"]
    assert "monocle" in asked[0].messages[-1].content + asked[0].messages[0].content
