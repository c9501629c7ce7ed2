"""The report is one page that stands alone, says everything, and is the same each time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from codex.common.documents.implementation import Implementation
from codex.deploy.explained import ABOUT, CHECKS, OFF, TITLES
from codex.deploy.report import Facts, ranges, report, report_files
from codex.deploy.verify import Verified
from tests.deploy.verified import implementation, subject

HOSTILE = "<script>alert(1)</script>"
COVERED = {"app/main.py": {"lines": 10, "reached": 7, "missing": [3, 4, 9]}}
TESTS = [
    {"name": "tests/test_scenarios.py::test_r1_a_loan_becomes_overdue", "outcome": "passed"},
    {"name": "tests/test_service.py::test_it", "outcome": "failed", "message": f"5 < 3 {HOSTILE}"},
]


def facts(*, broken: bool = False) -> Facts:
    """What a verification of the lending service could have found."""
    built: Implementation = implementation("lending")
    title = built.architecture.specification.model_copy(update={"title": f"Lending {HOSTILE}"})
    architecture = built.architecture.model_copy(update={"specification": title})
    built = built.model_copy(update={"architecture": architecture})
    verified = Verified(subject(built).blame)
    verified.add("migrations", [], tables=5)
    verified.skip("migrations on Postgres", "no Postgres can be had here")
    problem = {
        "check": "creates",
        "route": "POST /books/{book_id}/borrow",
        "message": f"{HOSTILE} at 0x7f01234567",
        "frames": [{"file": "app/functions/loans.py", "line": 20, "function": "borrow_book"}],
        "error": "ZeroDivisionError: by zero",
    }
    verified.add("conventions", [problem] if broken else [], routes=1)
    verified.evidence = {
        "requests": {"checks": {"not_a_server_error": 7}, "routes": {"POST /books": 7}},
        "conventions": {
            "checks": {"creates": 1},
            "routes": {"POST /books": ["creates"]},
            "untried": [{"check": "sorts", "route": "GET /loans", "reason": "no rows"}],
        },
        "tests": TESTS,
        "coverage": COVERED,
    }
    missing = ("The verification step 'conventions' failed.",) if broken else ()
    return Facts(built, verified, missing, edited=("app/main.py",), added=("app/more.py",))


class Page(HTMLParser):
    """What a browser would load, run and show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [f"{tag} {name}" for name, _ in attrs if name in ("src", "data", "action")]
        self.loaded += [value or "" for name, value in attrs if name == "href" and value]
        if tag not in ("meta", "br", "i"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "i":
            assert self.open.pop() == tag


@pytest.mark.parametrize("broken", [False, True])
def test_the_page_stands_alone_and_escapes_everything(broken: bool) -> None:
    page, _ = report_files(facts(broken=broken))
    read = Page(page.content)
    assert not read.open
    assert not {"script", "link", "iframe", "img", "object"} & set(read.tags)
    assert all(item.startswith("#") for item in read.loaded), read.loaded
    assert "url(" not in page.content
    assert "@import" not in page.content
    assert HOSTILE not in page.content
    assert "&lt;script&gt;" in page.content
    assert "prefers-color-scheme: dark" in page.content
    assert "@media print" in page.content


def test_the_report_says_what_was_tried_and_what_was_not() -> None:
    told = report(facts(broken=True))
    assert (told["passed"], told["complete"]) == (False, False)
    assert told["edited"] == ["app/main.py"]
    steps = {item["name"]: item for item in told["steps"]}
    assert steps["migrations on Postgres"]["detail"] == "no Postgres can be had here"
    (fault,) = steps["conventions"]["faults"]
    assert fault["function"] == "borrow_book"
    assert "app/functions/loans.py:20 in borrow_book" in fault["message"]
    assert "0x7f" not in fault["message"]
    checks = {item["step"]: item for item in told["checks"]}
    assert {item["name"] for item in checks["requests"]["off"]} == set(OFF)
    assert checks["conventions"]["untried"][0]["check"] == "sorts"
    routes = {item["route"]: item for item in told["routes"]}
    assert routes["POST /books"]["requests"] == 7
    assert routes["POST /books"]["conventions"] == ["creates"]
    assert routes["POST /books/{book_id}/borrow"]["outcome"] == "failed"
    assert routes["POST /books/{book_id}/borrow"]["scenarios"] == ["a loan becomes overdue"]
    assert routes["POST /books"]["callers"] == "librarian"
    assert routes["POST /books"]["outcome"] == "passed"
    assert routes["GET /loans"]["outcome"] == "untried", "nothing called it"
    (requirement,) = told["provenance"]
    assert requirement["scenarios"] == [{"name": "a loan becomes overdue", "outcome": "passed"}]
    assert told["coverage"]["percent"] == 70
    assert told["coverage"]["files"][0]["missing"] == "3-4, 9"


def test_the_report_is_the_same_each_time_and_knows_no_clock() -> None:
    one, other = report_files(facts()), report_files(facts())
    assert one == other
    for file in one:
        assert not re.search(r"\b20\d\d-\d\d-\d\d|\d\d:\d\d:\d\d|seconds?\b", file.content)
    assert json.loads(one[1].content) == report(facts())


def test_line_numbers_are_told_in_ranges() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"
    assert ranges([]) == ""


def test_every_step_and_check_is_explained() -> None:
    assert TITLES.keys() == ABOUT.keys()
    assert all(text and not text.endswith(".") for text in CHECKS.values())
