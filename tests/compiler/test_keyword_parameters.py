"""Parameters may be called as Python calls something of its own: `from`, `in`, `class`."""

from __future__ import annotations

from codex.common.documents.codegraph import QueryParameter, Success
from codex.common.documents.template import main_parameters
from codex.compiler import compile_service
from tests.architectures import named
from tests.architectures.build import function, service, written
from tests.architectures.notes import NOTES

ROUTE = {
    "function_name": "list_made",
    "module": "notes",
    "method": "GET",
    "path": "/made",
    "parameters": (
        QueryParameter(name="from", type="date | None", default="None"),
        QueryParameter(name="in", type="str"),
    ),
    "response": "Items[NoteRead]",
}
CODE = """
    def list_made(in_value: str, from_value: date | None = None, *, session: Session) -> list[Note]:
        query = select(Note).where(Note.title == in_value)
        return list(session.exec(query).all())
"""


def test_the_function_takes_a_name_that_python_can_say() -> None:
    database = named("notes").database
    route = function(ROUTE, database, "Lists notes.", "{signature}\n    ...\n")
    assert [item.name for item in main_parameters(route, database)][:2] == [
        "in_value",
        "from_value",
    ]
    architecture = service("notes", "Notes", (NOTES,), (route,))
    compiled = compile_service(architecture, written(list_made=CODE))
    endpoint = next(item.content for item in compiled.files if item.path == "app/routes/notes.py")
    assert 'Query(alias="from")' in endpoint
    assert 'Query(alias="in")' in endpoint
    assert "functions.list_made(in_, from_, session=session)" in endpoint


def test_so_it_is_in_a_path() -> None:
    database = named("notes").database
    route = function(
        {
            "function_name": "count_class",
            "module": "notes",
            "method": "GET",
            "path": "/classes/{class}",
            "path_types": {"class": "str"},
            "response": "Value[int]",
            "success": Success(headers={"X-Class": "{class}"}),
        },
        database,
        "Counts.",
        "{signature}\n    ...\n",
        context=(),
    )
    code = """
        def count_class(class_value: str) -> int:
            return len(class_value)
    """
    architecture = service("notes", "Notes", (NOTES,), (route,))
    compiled = compile_service(architecture, written(count_class=code))
    endpoint = next(item.content for item in compiled.files if item.path == "app/routes/notes.py")
    assert 'Path(alias="class")' in endpoint
    assert "functions.count_class(class_)" in endpoint
    assert 'response.headers["X-Class"] = f"{class_}"' in endpoint
