"""Errors as `application/problem+json`: the service's error tree, its handlers and its documentation."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.logs import request_id

MEDIA_TYPE = "application/problem+json"


class ServiceError(Exception):
    """A refusal with a stable code; its message is the sentence that callers read."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong."
    default_field: ClassVar[str | None] = None
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str | None = None, *, field: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field or self.default_field


class NotFound(ServiceError):
    """What was asked for is not there, or not the caller's."""

    status = 404
    code = "not_found"
    title = "There is no such thing."


class Conflict(ServiceError):
    """The present state does not allow it."""

    status = 409
    code = "conflict"
    title = "The present state does not allow this."


class Invalid(ServiceError):
    """A value that cannot be taken; `field` names it."""

    status = 422
    code = "invalid"
    title = "A value cannot be taken."


class Forbidden(ServiceError):
    """The caller may not do this."""

    status = 403
    code = "forbidden"
    title = "You may not do this."


class Gone(ServiceError):
    """It was there, and is not any more."""

    status = 410
    code = "gone"
    title = "This is no longer there."


class Unauthorized(ServiceError):
    """Nobody is signed in."""

    status = 401
    code = "unauthorized"
    title = "Sign in first."
    headers = {"WWW-Authenticate": "Bearer"}


class TooLarge(ServiceError):
    """A body or a file of more bytes than are taken."""

    status = 413
    code = "too_large"
    title = "This is too large."


class UnsupportedMediaType(ServiceError):
    """A file of a kind that is not taken."""

    status = 415
    code = "unsupported_media_type"
    title = "Files of this kind are not taken."


class TooManyRequests(ServiceError):
    """Too many tries in a short time."""

    status = 429
    code = "too_many_requests"
    title = "Too many tries; wait a little."
    headers = {"Retry-After": "60"}


class Unavailable(ServiceError):
    """Something that the service needs does not answer."""

    status = 503
    code = "unavailable"
    title = "The service cannot answer right now."
    headers = {"Retry-After": "5"}


class NotImplementedYet(ServiceError):
    """A part of the service that is not written."""

    status = 501
    code = "not_implemented"
    title = "This part of the service is not implemented yet."


class Malformed(ServiceError):
    """A body that cannot be read at all."""

    status = 400
    code = "malformed"
    title = "The request cannot be read."


class FieldProblem(BaseModel):
    """What is wrong with one value."""

    place: Literal["body", "query", "path", "header", "cookie"] = Field(serialization_alias="in")
    field: str
    message: str


class Problem(BaseModel):
    """What every error answers (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    errors: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for an error."""
    problem = Problem(
        title=title,
        status=status,
        code=code,
        detail=detail or title,
        request_id=request_id.get(),
        errors=errors,
    )
    content = problem.model_dump(by_alias=True, exclude_none=True)
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def problems(*errors: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """The documentation of what a route may answer besides success."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        response = by_status.setdefault(
            error.status,
            {
                "description": "",
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {},
                    }
                },
            },
        )
        response["description"] = f"{response['description']} {error.title}".strip()
        response["content"][MEDIA_TYPE]["examples"][error.code] = {
            "summary": error.title,
            "value": {
                "type": "about:blank",
                "title": error.title,
                "status": error.status,
                "code": error.code,
                "detail": error.title,
                "request_id": "7f6ab5c8d1e94a0b",
            },
        }
    return by_status


async def not_implemented() -> None:
    """Stands before a route whose function is missing."""
    raise NotImplementedYet


def install_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _service_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    errors = None
    if error.field:
        errors = [FieldProblem(place="body", field=error.field, message=error.detail)]
    return problem_response(
        error.status, error.code, error.title, error.detail, errors=errors, headers=error.headers
    )


async def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem_response(400, Malformed.code, Malformed.title, "The body is not JSON.")
    errors = [
        FieldProblem(
            place=item["loc"][0],
            field=".".join(str(step) for step in item["loc"][1:]),
            # Pydantic's words for a failed check begin with its kind.
            message=item["msg"].removeprefix("Value error, "),
        )
        for item in found
    ]
    return problem_response(422, Invalid.code, Invalid.title, errors=errors)


_TITLES = {kind.status: (kind.code, kind.title) for kind in (Malformed, NotFound, TooLarge)}


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return not_allowed(allowed_methods(request.app.state.paths, request.url.path))
    code, title = _TITLES.get(error.status_code, ("error", error.detail))
    return problem_response(error.status_code, code, title, headers=error.headers)


def not_allowed(methods: list[str]) -> JSONResponse:
    """The answer to a method that a path does not take."""
    title = "This path does not take this method."
    return problem_response(
        405, "method_not_allowed", title, headers={"Allow": ", ".join(methods)}
    )


def paths_of(routers: Iterable[APIRouter]) -> dict[str, list[str]]:
    """Every path with the methods that it takes."""
    paths: dict[str, list[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                paths.setdefault(route.path, []).extend(sorted(route.methods or ()))
    return paths


def allowed_methods(paths: Mapping[str, list[str]], path: str) -> list[str]:
    """Every method that `path` takes; the router tells those of one route only."""
    found = [template for template in paths if path_pattern(template).fullmatch(path)]
    if not found:
        return ["GET"]  # the documentation itself
    # Static words go before parameters.
    return paths[min(found, key=lambda item: item.count("{"))]


def shadowed_paths(paths: Mapping[str, list[str]]) -> list[tuple[re.Pattern[str], list[str]]]:
    """Paths that a parameter of another path would take too, with the methods of their own."""
    # Static words go before parameters.
    return [
        (path_pattern(path), paths[path])
        for path in sorted(paths, key=lambda item: item.count("{"))
        if any(other != path and path_pattern(other).fullmatch(path) for other in paths)
    ]


def path_pattern(template: str) -> re.Pattern[str]:
    """What paths of the form `/books/{book_id}` look like."""
    parts = re.split(r"\{[^}]*\}", template)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))
