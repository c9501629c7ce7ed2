"""A case that cannot be, since its rows or arguments are refused, says nothing about the code."""

from __future__ import annotations

from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example
from codex.develop.loop import _is_refused
from codex.develop.trial import UNSET

GIVEN: dict[str, tuple[dict[str, JsonValue], ...]] = {"users": ({"email": "ann@example.com"},)}
FTP = Example(given=GIVEN, args={"body": {"url": "ftp://x.org"}}, raises="NotHttp")
HTTP = Example(given=GIVEN, args={"body": {"url": "http://x.org"}}, returns=1)
TOLD = (
    'Case \'an ftp address\': given rows {"users": [{"email": "ann@example.com"}]}, called with '
    '{"body": {"url": "ftp://x.org"}}, '
)


def test_only_the_case_whose_arguments_are_refused_goes() -> None:
    refused = f"{TOLD}{UNSET} ValidationError: 1 validation error for LinkCreate."
    assert _is_refused(FTP, [refused])
    assert not _is_refused(HTTP, [refused])


def test_a_case_that_the_code_fails_stays() -> None:
    assert not _is_refused(FTP, [f"{TOLD}it must raise NotHttp, but it returned 1."])
