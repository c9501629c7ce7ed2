"""Checks of one function without running it: cheap first, each with a mend where one is safe."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from codex.common import python_source
from codex.common.documents.implementation import Check, Package
from codex.develop.checks.effects import check_effects
from codex.develop.checks.finding import Candidate, Contract, Finding
from codex.develop.checks.lint import check_lint
from codex.develop.checks.locks import check_locks
from codex.develop.checks.names import check_imports, check_names
from codex.develop.checks.order import check_order
from codex.develop.checks.packages import check_packages
from codex.develop.checks.placeholder import check_placeholder
from codex.develop.checks.policy import Policy, load_policy
from codex.develop.checks.queries import check_queries
from codex.develop.checks.shape import check_shape
from codex.develop.checks.state import check_state
from codex.develop.checks.strict import check_strict

__all__ = ["Checked", "Contract", "Policy", "check_function", "load_policy"]

# In order; a problem in one group ends the round, since the later ones would only repeat it.
_GROUPS: tuple[tuple[Callable[[Candidate, Contract], Finding], ...], ...] = (
    (check_shape, check_placeholder),
    (check_imports, check_order, check_locks, check_strict),
    (check_names, check_packages, check_effects, check_queries, check_state),
    (check_lint,),
)


@dataclass(frozen=True)
class Checked:
    """Code after the static checks: mended as far as that was safe, and what is wrong with it."""

    code: str
    problems: tuple[str, ...]
    evidence: tuple[Check, ...]
    packages: tuple[Package, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_function(code: str, contract: Contract) -> Checked:
    """Check `code` against `contract` without running it."""
    code = textwrap.dedent(code.replace("\r\n", "\n").lstrip("﻿")).strip("\n") + "\n"
    evidence: list[Check] = []
    packages: tuple[Package, ...] = ()
    try:
        candidate = _parse(code)
    except SyntaxError as error:
        problem = f"Line {error.lineno}: {error.msg} ({(error.text or '').strip()[:80]})."
        return _failed(code, [problem], evidence, "parses")
    except (ValueError, RecursionError, MemoryError) as error:
        return _failed(code, [f"The code cannot be parsed: {error}."], evidence, "parses")
    evidence.append(Check(name="parses", passed=True))
    for group in _GROUPS:
        problems: list[str] = []
        for check in group:
            finding = check(candidate, contract)
            problems += finding.problems
            packages = finding.packages or packages
            if finding.code is not None and not finding.problems:
                candidate = _parse(finding.code)
            evidence.append(
                Check(
                    name=finding.check,
                    passed=not finding.problems,
                    detail="\n".join(finding.problems),
                    mended=" ".join(finding.mends),
                )
            )
        if problems:
            return Checked(candidate.code, tuple(problems), tuple(evidence), packages)
    return Checked(candidate.code, (), tuple(evidence), packages)


def _parse(code: str) -> Candidate:
    return Candidate(code, python_source.parse(code))


def _failed(code: str, problems: list[str], evidence: list[Check], name: str) -> Checked:
    failed = Check(name=name, passed=False, detail="\n".join(problems))
    return Checked(code, tuple(problems), (*evidence, failed))
