"""ruff over one function: safe fixes are applied, real faults are told."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from codex.common.errors import RunFailed
from codex.develop.checks.finding import Candidate, Contract, Finding

# What is a fault rather than a matter of taste. Names are checked with the vocabulary instead.
_FAULTS = [
    "F502", "F503", "F504", "F505", "F506", "F507", "F508", "F509", "F521", "F522", "F523",
    "F524", "F525", "F541", "F601", "F602", "F621", "F622", "F631", "F632", "F633", "F634", "F701",
    "F702", "F704", "F706", "F707", "F811", "F823", "F901",
    "B002", "B003", "B005", "B006", "B008", "B012", "B015", "B017", "B018", "B020", "B022",
    "B025", "B029", "B030", "B031", "B032", "B035",
    "PLE", "ASYNC210", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC251",
    "E711", "E712", "E721", "E902", "DTZ005", "DTZ003", "DTZ011",
]  # fmt: skip
# ruff's rendering of bandit's rules of high severity, as far as it has them; the others are held by
# the modules that no function may import, and by the effects.
_SECURITY = [
    "S102", "S103", "S201", "S202", "S301", "S302", "S304", "S305", "S306", "S307", "S324",
    "S501", "S502", "S503", "S504", "S505", "S506", "S507", "S508", "S509", "S602",
    "S604", "S605", "S609", "S611", "S701", "S702",
]  # fmt: skip
# Fixed where that is safe, never a reason to ask again.
_TIDY = ["F401", "I", "UP", "W", "E7", "SIM", "C4", "RUF100", "PIE"]
# Comparisons of columns look like these on purpose.
_NOT_HERE = ["E711", "E712", "B008", "UP007", "SIM300"]


@lru_cache(maxsize=1)
def ruff_program() -> str:
    """The ruff that is installed beside this package."""
    beside = Path(sys.executable).with_name("ruff")
    if not beside.exists():
        raise RunFailed("ruff is not installed beside codex.", "Set codex up again with `make`.")
    return str(beside)


def check_lint(candidate: Candidate, contract: Contract) -> Finding:
    """Run ruff once: its safe fixes are taken, its remaining faults are problems."""
    finding = Finding("lint")
    faults = [rule for rule in (*_FAULTS, *_SECURITY) if rule not in _NOT_HERE]
    command = [
        ruff_program(), "check", "--isolated", "--no-cache", "--fix", "--target-version", "py311",
        "--line-length", "100", "--select", ",".join([*faults, *_TIDY]),
        "--ignore", ",".join([*_NOT_HERE, "E701", "E702", "E731", "E741"]),
        "--output-format", "concise", "--stdin-filename", f"{contract.name}.py", "-",
    ]  # fmt: skip
    # ruff reads the text; it neither imports nor executes it.
    done = subprocess.run(
        command, input=candidate.code, capture_output=True, text=True, check=False, timeout=30
    )
    if done.returncode not in (0, 1):
        raise RunFailed(
            f"ruff could not check {contract.name}: {done.stderr.strip()[:200]}.",
            "Set codex up again with `make`.",
        )
    if done.stdout and done.stdout != candidate.code:
        finding.code = done.stdout
        finding.mends.append("ruff applied its safe fixes.")
    told = re.compile(r"^\S+?:(\d+):\d+: (\S+) (.*)$")
    for line in done.stderr.splitlines():
        match = told.match(line)
        if match and _is_fault(match[2], faults):
            finding.problems.append(f"Line {match[1]}: {match[3].rstrip('.')} ({match[2]}).")
    return finding


def _is_fault(rule: str, faults: list[str]) -> bool:
    return any(rule == fault or (fault == "PLE" and rule.startswith("PLE")) for fault in faults)
