"""What an exception of a provider's client means: try again, the user's mistake, or the end."""

from __future__ import annotations

import email.utils
import math
import time
from typing import Any

from codex.common.errors import CodexError, ConfigError, ModelRejected
from codex.common.model.base import TransportFault
from codex.common.redact import redact

_TRANSPORT_MODULES = ("httpx", "httpcore", "anyio", "aiohttp", "h11", "ssl", "requests", "urllib3")
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
_NO_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_RETRIED = {408: "timeout", 409: "conflict", 425: "server", 429: "rate_limit"}


def explained(error: BaseException, model: str, secrets: tuple[str, ...]) -> Exception:
    """The error to raise in place of a client's `error`; secrets are taken out of its text."""
    if isinstance(error, (CodexError, TransportFault)):
        return error
    detail = redact(f"{type(error).__name__}: {error}", secrets)[:500]
    status = status_of(error)
    if status is not None:
        return _by_status(error, status, model, detail)
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return TransportFault("timeout", detail)
    if isinstance(error, (ConnectionError, OSError)) or _is_transport(error):
        return TransportFault("connection", detail)
    if isinstance(error, _UNREADABLE):
        # A server that answers 200 with something else than it promised, such as a page of HTML.
        return TransportFault("server", f"the answer could not be read ({detail})")
    return ModelRejected(f"{model} failed: {detail}", "Report it if it happens again.")


def _by_status(error: BaseException, status: int, model: str, detail: str) -> Exception:
    if status == 402 or code_of(error) in _NO_QUOTA:
        return ModelRejected(f"{model}: the account has no quota left. {detail}", "Top it up.")
    if status in _RETRIED or status >= 500:
        return TransportFault(_RETRIED.get(status, "server"), detail, retry_after(error))
    if status in {401, 403}:
        return ConfigError(
            f"{model} refused the key: {detail}", "Check `api_key` (`codex config show`)."
        )
    if status in {404, 405} or status < 400:
        return ConfigError(
            f"{model} does not exist there: {detail}", "Check `model` and `base_url`."
        )
    return ModelRejected(f"{model} rejected the request: {detail}", "Check model and prompt size.")


def status_of(error: BaseException) -> int | None:
    """The HTTP status of failure behind an error of any provider's client."""
    for owner in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "status"):
            value = getattr(owner, name, None)
            if isinstance(value, int) and 300 <= value < 600:
                return value
    return None


def code_of(error: BaseException) -> str:
    """The provider's own word for an error, such as `content_filter`."""
    code = getattr(error, "code", None)
    body: Any = getattr(error, "body", None)
    if not isinstance(code, str) and isinstance(body, dict):
        code = body.get("code") or body.get("type")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] any JSON
    return code if isinstance(code, str) else ""


def retry_after(error: BaseException) -> float | None:
    """The seconds that the provider asked to wait: a number, or a date."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None and isinstance(value, str):
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return None if seconds is None else max(0.0, seconds)


def _number(value: Any) -> float | None:
    """`value` as a number of at least 0; None for anything else, `nan` and `inf` too."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _is_transport(error: BaseException) -> bool:
    """Whether the error, or what it came from, is one of a connection."""
    seen: BaseException | None = error
    while seen is not None:
        kinds = type(seen).__mro__
        if any(kind.__module__.startswith(_TRANSPORT_MODULES) for kind in kinds):
            return True
        if any(kind.__name__ in {"APIConnectionError", "ModelConnectionError"} for kind in kinds):
            return True
        seen = seen.__cause__
    return False
