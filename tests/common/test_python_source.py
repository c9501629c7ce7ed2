"""Reading Python from many threads at once."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from codex.common import python_source


class _Finalized:
    """Something whose end runs code, wherever the collector happens to end it."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def threads_that_switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_that_switch_often")
def test_threads_may_parse_at_once():
    text = Path(python_source.__file__).read_text() * 8
    failures: list[SystemError] = []

    def parse_often() -> None:
        for _ in range(60):
            garbage = [_Finalized() for _ in range(50)]
            del garbage
            try:
                python_source.parse(text)
            except SystemError as failure:
                failures.append(failure)

    threads = [threading.Thread(target=parse_often) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_what_is_read():
    assert len(python_source.parse("a = 1\nb = 2\n").body) == 2
    assert python_source.literal(" {'a': [1, -2]}") == {"a": [1, -2]}
    with pytest.raises(SyntaxError):
        python_source.parse_expression("a = 1")
