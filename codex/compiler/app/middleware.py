"""What happens around every request: its id, its line in the log, the limit on its body."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.clock import Clock, moment
from app.logs import request_id
from app.problems import TooLarge, not_allowed, problem_response, shadowed_paths

logger = logging.getLogger("app.requests")

_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestMiddleware:
    """Gives each request an id and a moment, logs it, and makes an unforeseen error a plain 500."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        current = given if _PLAIN_ID.fullmatch(given) else uuid.uuid4().hex
        # Each request runs in a context of its own, so nothing needs to be reset.
        request_id.set(current)
        moment.set(self.clock())
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = current
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            logger.exception("unforeseen error")
            if status:  # the answer has begun; all that is left is to break it off
                raise
            response = problem_response(500, "internal", "Something went wrong.")
            await response(scope, receive, send_with_id)
        finally:
            logger.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                },
            )


class MethodMiddleware:
    """Keeps `DELETE /books/count` from reaching `/books/{book_id}`: such paths have own methods."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.shadowed: list[tuple[re.Pattern[str], list[str]]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            if self.shadowed is None:
                self.shadowed = shadowed_paths(scope["app"].state.paths)
            path = scope["path"]
            methods = next((item for shape, item in self.shadowed if shape.fullmatch(path)), None)
            if methods is not None and scope["method"] not in methods:
                await not_allowed(methods)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimitMiddleware:
    """Refuses bodies that are too large, by their announced length or while they are read."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_upload_bytes: int = 0) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self.max_bytes
        if headers.get("content-type", "").startswith("multipart/form-data"):
            limit = max(limit, self.max_upload_bytes)
        announced = headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
            refusal = problem_response(TooLarge.status, TooLarge.code, TooLarge.title)
            await refusal(scope, receive, send)
            return
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(TooLarge.status)
            return message

        await self.app(scope, receive_within_limit, send)
