"""A service that keeps nothing: one route, no tables."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import QueryParameter
from codex.common.documents.schema import DatabaseSchema
from tests.architectures.build import function, service, written


def architecture() -> Architecture:
    """The Architecture."""
    route = function(
        {
            "function_name": "add_numbers",
            "module": "main",
            "method": "GET",
            "path": "/sum",
            "response": "Value[int]",
            "parameters": (
                QueryParameter(name="one", type="int"),
                QueryParameter(name="other", type="int"),
            ),
        },
        DatabaseSchema(),
        "Add two numbers.",
        '{signature}\n    """Add two numbers."""\n    ...\n',
        context=(),
    )
    return service("sums", "Sums", (), (route,))


FUNCTIONS = written(
    add_numbers='''
        def add_numbers(one: int, other: int) -> int:
            """Add two numbers."""
            return one + other
    '''
)
