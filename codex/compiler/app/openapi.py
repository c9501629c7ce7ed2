"""The OpenAPI document: what FastAPI finds out by itself, and what it cannot know."""

from typing import Any

from fastapi import FastAPI

from app.problems import Malformed, Problem, TooLarge, problems

PROBLEM_CONTENT = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}

# if accounts
OPTIONAL_SIGN_IN = {"security": [dict[str, list[str]]()]}
"""For routes that anybody may call, but that know who is signed in."""


# end
class Service(FastAPI):
    """An application that documents every possible problem."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document_problems(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


def document_problems(schema: dict[str, Any]) -> None:
    """Complete an OpenAPI document: the form of a problem, and what any body may be refused with."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for path in schema["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                documented = operation["responses"]
                operation["responses"] = problems(Malformed, TooLarge) | documented
    document_words(schema["paths"])


def document_words(paths: dict[str, Any]) -> None:
    """Where `/orders/open` stands beside `/orders/{order_id}`, `open` is a path with methods of
    its own, and whoever sends it as an id may meet a 405.
    """
    for path, operations in paths.items():
        above, _, last = path.rpartition("/")
        beside = [
            methods
            for other, methods in paths.items()
            if other.rpartition("/")[0] == above and not other.endswith("}")
        ]
        for method, operation in operations.items():
            if last.startswith("{") and any(method not in methods for methods in beside):
                refused = {"description": "Method not allowed", "content": PROBLEM_CONTENT}
                operation["responses"].setdefault("405", refused)
