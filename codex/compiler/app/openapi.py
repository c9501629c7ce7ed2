"""The OpenAPI document: what FastAPI finds out by itself, and what it cannot know."""

from typing import Any

from fastapi import FastAPI

from app.problems import Malformed, Problem, TooLarge, problems

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
