"""Functions put together: order, imports, helpers, clashes, and what is missing."""

from __future__ import annotations

import pytest

from codex.common.documents.implementation import Function
from codex.common.errors import DocumentError
from codex.compiler import CompiledService, compile_service
from tests.architectures.build import written
from tests.compiler import parcels


def compiled(**codes: str) -> CompiledService:
    """The parcel office with some functions replaced."""
    return compile_service(parcels.architecture(), {**parcels.FUNCTIONS, **written(**codes)})


def content(service: CompiledService, path: str) -> str:
    """A file's text."""
    found = service.file(path)
    assert found is not None, [item.path for item in service.files]
    return found.content


PARCELS = "app/functions/parcels.py"


def test_callees_stand_before_their_callers() -> None:
    text = content(compiled(), "app/functions/shared.py")
    assert text.index("def days_waiting") < text.index("def give_up_parcels")


def test_imports_are_hoisted_and_merged() -> None:
    text = content(compiled(), PARCELS)
    head = text[: text.index("\ndef ")]
    assert head.count("from sqlmodel import") == 1
    assert "from operator import attrgetter" in head
    assert text.count("attrgetter\n") == 1
    assert "import Decimal" in head  # nobody imported it, the vocabulary knows it


def test_unused_imports_are_left_out() -> None:
    text = content(
        compiled(
            deliver_parcel="""
            import os
            from json import loads

            def deliver_parcel(parcel_id: int, *, session: Session) -> None:
                '''Hand a parcel over.'''
                session.delete(get_or_404(session, Parcel, parcel_id))
            """
        ),
        PARCELS,
    )
    assert "import os" not in text
    assert "loads" not in text


def test_equal_helpers_stand_once() -> None:
    helper = """
            def _found(session: Session, parcel_id: int) -> Parcel:
                return get_or_404(session, Parcel, parcel_id)

    """
    text = content(
        compiled(
            deliver_parcel=helper
            + """
            def deliver_parcel(parcel_id: int, *, session: Session) -> None:
                '''Hand a parcel over.'''
                session.delete(_found(session, parcel_id))
            """,
            print_slip=helper
            + """
            def print_slip(parcel_id: int, *, session: Session, now: datetime) -> str:
                '''A slip in plain text.'''
                return _found(session, parcel_id).code
            """,
        ),
        PARCELS,
    )
    assert text.count("def _found") == 1


def test_helpers_of_one_name_that_differ_do_not_meet() -> None:
    service = compiled(
        deliver_parcel="""
        LIMIT = 1

        def deliver_parcel(parcel_id: int, *, session: Session) -> None:
            '''Hand a parcel over.'''
            session.get(Parcel, LIMIT)
        """,
        print_slip="""
        LIMIT = 2

        def print_slip(parcel_id: int, *, session: Session, now: datetime) -> str:
            '''A slip in plain text.'''
            return str(LIMIT)
        """,
    )
    one, other = content(service, PARCELS), content(service, "app/functions/parcels_2.py")
    assert "LIMIT = 2" in one
    assert "LIMIT = 1" in other
    routes = content(service, "app/routes/parcels.py")
    assert "functions.print_slip(" in routes
    assert "functions_2.deliver_parcel(" in routes


def test_one_name_for_two_imports_does_not_meet() -> None:
    service = compiled()
    assert "from datetime import datetime" in content(service, PARCELS)
    assert "\nimport datetime\n" in content(service, "app/functions/parcels_2.py")


def test_a_missing_function_refuses_and_its_route_answers_501() -> None:
    functions = dict(parcels.FUNCTIONS)
    del functions["days_waiting"]
    service = compile_service(parcels.architecture(), functions)
    assert "raise NotImplementedYet" in content(service, "app/functions/shared.py")
    verified = {route.function_name: route.verified for route in service.routes}
    assert not verified["print_slip"]
    assert verified["deliver_parcel"]
    assert verified["list_parcels"]


def test_unverified_code_is_never_used() -> None:
    bad = Function(name="quote_price", code="def quote_price(): evil()", status="unverified")  # pyright: ignore[reportArgumentType] read by pydantic
    service = compile_service(parcels.architecture(), {**parcels.FUNCTIONS, "quote_price": bad})
    assert not any("evil" in item.content for item in service.files)


def test_a_star_import_is_refused_by_name() -> None:
    with pytest.raises(DocumentError, match="'deliver_parcel'"):
        compiled(
            deliver_parcel="""
            from os import *

            def deliver_parcel(parcel_id: int, *, session: Session) -> None:
                '''Hand a parcel over.'''
            """
        )


def test_compiled_routes_name_their_functions_in_order() -> None:
    route = next(item for item in compiled().routes if item.function_name == "print_slip")
    assert route.functions == ("days_waiting", "print_slip")
    assert route.code.startswith("@router.get(")
    assert route.code.rstrip().endswith(")")
