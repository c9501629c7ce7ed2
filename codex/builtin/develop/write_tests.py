"""Further examples of a function, from its contract's typed rule."""

from __future__ import annotations

from codex.builtin.contracts.further import further
from codex.chains.develop.write_tests import WriteTestsInputs, WrittenTests
from codex.common.errors import NotInMyPower


def write_tests(inputs: WriteTestsInputs) -> WrittenTests:
    """The rule carried out on more rows than the contract's own examples have."""
    found = further(inputs.definition, inputs.examples, inputs.closure.database)
    if inputs.suspected or not found:
        raise NotInMyPower(
            f"The built-in model knows no further cases of {inputs.definition.name}.",
            "Its contract's examples are tried; choose a language model for more.",
        )
    return WrittenTests(examples=found)
