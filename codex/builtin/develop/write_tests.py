"""Further examples: the built-in model has put all that it knows into the contract."""

from __future__ import annotations

from codex.chains.develop.write_tests import WriteTestsInputs, WrittenTests
from codex.common.errors import NotInMyPower


def write_tests(inputs: WriteTestsInputs) -> WrittenTests:
    """It has none besides the contract's own."""
    raise NotInMyPower(
        f"The built-in model knows no further cases of {inputs.definition.name}.",
        "Its contract's examples are tried; choose a language model for more.",
    )
