"""One scenario for each criterion whose case is typed."""

from __future__ import annotations

from collections.abc import Callable

from codex.blueprint.naming import words
from codex.blueprint.planned import Planned
from codex.blueprint.play import ScenarioPlan
from codex.builtin.plays.cast import CannotPlay
from codex.builtin.plays.refusals import Refusals
from codex.builtin.plays.works import Works
from codex.common.documents.base import JsonValue
from codex.common.documents.scenario import Expect, Step, StepMethod
from codex.common.documents.specification import Criterion, CriterionCase

# What is asked is the same as elsewhere; what is given makes the difference.
_DEPENDING = frozenset({"refused", "anonymous", "forbidden", "foreign"})


class Cases(Works, Refusals):
    """Writes the scenarios of one requirement."""

    def play(self, criterion: Criterion) -> ScenarioPlan:
        """The scenario that shows a criterion; `CannotPlay` where none does."""
        case = criterion.case
        if case is None:
            raise CannotPlay("its case is not known in typed form")
        if case.kind == "account":
            steps = self._account()
        elif case.kind == "service":
            steps = [Step(path="/health", expect=Expect(status=200))]
        else:
            planned = self.route_of(case)
            kinds: dict[str, Callable[[Planned, CriterionCase], list[Step]]] = {
                "done": self.done,
                "missing": self.missing,
                "invalid": self.invalid,
                "duplicate": self.duplicate,
                "refused": self.refused,
                "anonymous": self.anonymous,
                "forbidden": self.forbidden,
                "foreign": self.foreign,
                "narrowed": self.narrowed,
            }
            play = kinds[case.kind]
            lacking = f" without {words(case.field or '')}"
            if case.kind == "invalid" and criterion.when.endswith(lacking):
                play = self.absent
            steps = play(planned, case)
        return ScenarioPlan(name=_name(criterion), criteria=(criterion.id,), steps=tuple(steps))

    def _account(self) -> list[Step]:
        """Signing up, logging in, and being known."""
        if not self.cast.accounts:
            raise CannotPlay("nobody signs in")
        table = self.cast.table(self.cast.database.account or "")
        body = self.cast.body(table, None)
        login = {"email": "new@example.com", "password": "a long enough secret 1"}
        return [
            _auth("POST", "/auth/signup", 201, {**body, **login}),
            _auth("POST", "/auth/login", 200, dict(login), {"token_type": "bearer"}),
            _auth("POST", "/auth/login", 401, {**login, "password": "another secret 2"}),
            _auth("GET", "/auth/me", 401),
            Step(actor="user", path="/auth/me", expect=Expect(status=200, body={"email": "*"})),
        ]


def _auth(
    method: StepMethod, path: str, status: int, body: JsonValue = None, expect: JsonValue = None
) -> Step:
    return Step(method=method, path=path, body=body, expect=Expect(status=status, body=expect))


def _name(criterion: Criterion) -> str:
    when = criterion.when.rstrip(".")
    if criterion.case is not None and criterion.case.kind in _DEPENDING:
        when = f"{when} while {criterion.given.rstrip('.')}"
    text = f"{when}: {criterion.then.rstrip('.')}"
    return text if len(text) <= 120 else f"{text[:119]}…"
