"""From what was seen to the function behind it, and nothing that differs between two runs."""

from __future__ import annotations

from codex.common.documents.application import SourceSpan
from codex.compiler import compile_service
from codex.deploy.blame import LONGEST, Blame, sentence
from tests.architectures import functions_of, named
from tests.compiler import parcels

LENDING = named("lending")
BLAME = Blame(LENDING, functions_of("lending"))
SCENARIO = "tests/test_scenarios.py::test_r1_a_loan_becomes_overdue"


def frame(file: str, line: int, function: str) -> dict[str, object]:
    return {"file": file, "line": line, "function": function}


def test_the_innermost_function_of_a_traceback_is_blamed() -> None:
    problem = {
        "route": "GET /loans/overdue",
        "message": "500",
        "frames": [
            frame("app/routes/loans.py", 9, "list_overdue"),
            frame("app/functions/loans.py", 30, "list_overdue"),
            frame("app/functions/loans.py", 40, "return_loan"),
            frame("app/database.py", 40, "get_or_404"),
        ],
    }
    assert BLAME.behind(problem) == ("GET /loans/overdue", ["return_loan"])


def test_a_helper_belongs_to_the_function_that_it_came_with() -> None:
    span = SourceSpan(
        file="app/functions/loans.py", first=3, last=9, element="function borrow_book"
    )
    problem = {"message": "500", "frames": [frame("app/functions/loans.py", 5, "_days")]}
    assert Blame(LENDING, BLAME.functions, [span]).behind(problem) == ("", ["borrow_book"])
    assert BLAME.behind(problem) == ("", [])


def test_a_failing_route_speaks_against_its_function_and_what_that_calls() -> None:
    architecture = parcels.architecture()
    blame = Blame(architecture, parcels.FUNCTIONS)
    service = compile_service(architecture, parcels.FUNCTIONS)
    for route in service.routes:
        wanted = next(
            item for item in architecture.routes if item.function_name == route.function_name
        )
        shown, names = blame.behind({"route": wanted.api_route, "message": "404, not 200"})
        assert shown == wanted.api_route
        assert set(names) == set(route.functions) & parcels.FUNCTIONS.keys()
        assert names[:1] in ([], [route.function_name])


def test_a_route_without_functions_blames_nobody() -> None:
    assert BLAME.behind({"route": "POST /books", "message": "409"}) == ("POST /books", [])
    assert BLAME.behind({"message": "it does not start"}) == ("", [])


def test_a_scenario_that_fails_where_no_function_is_blames_the_step_before() -> None:
    """The book is borrowed in step 2; step 3 borrows again, and so on."""
    said = "GET /books/$book.id as member answered 200: on_loan is 0 instead of 1"
    called = ["GET", "/books/$book.id"]
    problem = {"test": SCENARIO, "called": called, "message": f"step 3: {said}"}
    assert BLAME.behind(problem) == ("GET /books/{book_id}", ["borrow_book"])
    first = {**problem, "message": f"step 1: {said}"}
    assert BLAME.behind(first) == ("GET /books/{book_id}", [])


def test_equal_failures_become_one_fault_and_differ_in_nothing_between_runs() -> None:
    problems = [
        {
            "check": f"check_{number}",
            "route": "POST /books/{book_id}/borrow",
            "message": 'it answered {"type":"about:blank","title":"T","status":409,"code":"taken",'
            '"detail":"It is taken.","request_id":"0123456789abcdef0123456789abcdef"} at 0x7ffdead',
        }
        for number in range(5)
    ]
    (fault,) = BLAME.faults(problems)
    assert fault.function == "borrow_book"
    assert fault.route == "POST /books/{book_id}/borrow"
    assert fault.message.startswith("check_0: it answered taken, It is taken. at …")
    assert fault.message.endswith("(and 2 more)")
    assert len(sentence({"message": "x" * 5000})) == LONGEST
