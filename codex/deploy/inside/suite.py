"""The service's own tests, scenarios among them, with the lines of the service that they reach."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import frames
import pytest

# How the scenario player begins its sentence: `step 3: POST /loans as member answered 500 …`.
STEP = re.compile(r"step \d+: ([A-Z]+) (\S+) as ")


def run(_order: dict[str, Any], _job: dict[str, Any]) -> dict[str, Any]:
    """Run them all; each with what it said."""
    import coverage

    folder = Path("tests")
    if not folder.is_dir():
        return {"problems": [{"message": "there is no folder called tests"}], "tests": []}
    if sys.version_info >= (3, 12):
        # Half the processor time; an older Python has tracing alone.
        os.environ["COVERAGE_CORE"] = "sysmon"
    measured = coverage.Coverage(data_file=None, source=["app"], config_file=False)
    results = Results()
    # Plugins of the other steps' tools cost a second and serve no test of the service.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-q", "--tb=short", "--no-header", "-pno:cacheprovider"]
    measured.start()
    try:
        code = pytest.main([*options, "--disable-warnings", str(folder)], plugins=[results])
    finally:
        measured.stop()
    problems = list(results.problems)
    if not results.tests:
        problems.append({"message": f"no test could be run (pytest ended with code {int(code)})"})
    tests = [results.tests[name] for name in sorted(results.tests)]
    return {"problems": problems, "tests": tests, "coverage": _reached(measured)}


def _reached(measured: Any) -> dict[str, Any]:
    """For each file of the service: its lines, those that were reached, and those that were not."""
    found: dict[str, Any] = {}
    for path in sorted(Path("app").rglob("*.py")):
        name = path.as_posix()
        try:
            _, lines, _, missing, _ = measured.analysis2(str(path))
        except Exception as error:  # noqa: BLE001 a file that is no Python is told by the step that loads it
            found[name] = {"lines": 0, "reached": 0, "missing": [], "why": type(error).__name__}
            continue
        found[name] = {
            "lines": len(lines),
            "reached": len(lines) - len(missing),
            "missing": missing,
        }
    return found


class Results:
    """What pytest tells of each test."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, Any]] = {}
        self.problems: list[dict[str, Any]] = []
        self.caught = frames.Caught()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, object, object]:
        """Listen to the service, which has set up its logs by now."""
        del item
        self.caught.errors.clear()
        root = logging.getLogger()
        root.addHandler(self.caught)
        try:
            return (yield)
        finally:
            root.removeHandler(self.caught)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """Note how a test went, and why."""
        report = yield
        name = item.nodeid
        known = self.tests.get(name, {"name": name, "outcome": "passed"})
        if report.skipped:
            known["outcome"] = "skipped"
            known["reason"] = str(report.longrepr[2]) if report.longrepr else ""
        elif report.failed:
            known["outcome"] = "failed"
            if known.get("message") is None:
                known["message"] = _said(report, call)
                self._problem(name, known["message"], call)
        self.tests[name] = known
        return report

    def pytest_collectreport(self, report: Any) -> None:
        """Note a file that cannot be loaded."""
        if report.failed:
            told = str(getattr(report.longrepr, "reprcrash", None) or report.longrepr)
            last = told.strip().splitlines()[-1] if told.strip() else "it cannot be loaded"
            message = f"{report.nodeid} cannot be loaded: {last}"[:1000]
            self.tests[report.nodeid] = {
                "name": report.nodeid, "outcome": "failed", "message": message,
            }  # fmt: skip
            self.problems.append({"message": message, "test": report.nodeid})

    def _problem(self, name: str, message: str, call: Any) -> None:
        problem: dict[str, Any] = {"test": name, "message": message}
        step = STEP.search(message)
        if step:
            problem["called"] = [step[1], step[2]]
        found = frames.of(call.excinfo.value) if call.excinfo is not None else []
        if found:
            problem["frames"] = found
        if self.caught.errors:
            problem |= list(self.caught.errors.values())[-1]
        self.problems.append(problem)


def _said(report: Any, call: Any) -> str:
    if call.excinfo is not None:
        told = str(call.excinfo.value).strip() or call.excinfo.typename
        return f"{told.splitlines()[0]}"[:1000]
    return str(report.longrepr)[-1000:]
