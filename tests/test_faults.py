"""What the verification of the whole service finds goes back to be mended, or is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.builtin import BuiltinModel
from codex.chains.develop.repair import RepairInputs
from codex.common.config import Settings
from codex.common.documents.run import RunStatus
from codex.common.model.base import OnToken, Question, Reply
from codex.common.model.scripted import as_code_text
from codex.pipeline import stages
from codex.runtime import open_runtime

REQUEST = (
    "A to-do list with tasks that have a title. Tasks can be marked done. Tasks can be archived."
)
SLIP = '''\
def set_task_{field}(task: Task, *, session: Session) -> Task:
    """Set `{field}` to true on the task, and return it."""
    tasks = session.exec(select(Task)).all()
    places = {{tasks[place].id: place for place in range(min(len(tasks), 3))}}
    task.{field} = places[task.id] >= 0
    session.add(task)
    session.flush()
    return task
'''
"""Right for the first three tasks, and no example, case or scenario has more."""
MENDED = '''\
def set_task_done(task: Task, *, session: Session) -> Task:
    """Set `done` to true on the task, and return it."""
    task.done = True
    session.add(task)
    session.flush()
    return task
'''


class Careless(BuiltinModel):
    """Writes two functions with the same slip, and can mend one of them."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, ...]] = []
        """The problems of each repair that it was asked for."""

    async def ask(self, question: Question, on_token: OnToken | None = None) -> Reply:
        """The slip, its repair, or what the rules say."""
        field = "done" if question.place.startswith("set_task_done") else "archived"
        if question.place.startswith("set_task_"):
            if question.chain == "develop/write_function":
                return _code(SLIP.format(field=field))
            if isinstance(question.inputs, RepairInputs):
                self.shown.append(question.inputs.problems)
                if field == "done":
                    return _code(MENDED)
        return await super().ask(question, on_token)


def _code(code: str) -> Reply:
    return Reply(as_code_text({"code": code}))


@pytest.mark.slow
async def test_a_fault_that_only_the_running_service_shows_is_mended_or_told(
    database_url: str, shared_data_dir: Path
) -> None:
    model = Careless()
    settings = Settings(database_url=database_url, data_dir=shared_data_dir)
    async with open_runtime(settings, model=model) as runtime, runtime.run(REQUEST) as services:
        application = await stages(REQUEST, services=services)
        status = RunStatus.DONE if application.complete else RunStatus.INCOMPLETE
        await runtime.finish(services, status, application.missing)
        documents = [kind for kind, _ in await runtime.store.run_documents(services.run_id)]

    # The slip passed every check of the functions themselves, and then showed.
    asked = "\n".join(problem for problems in model.shown for problem in problems)
    for route in ("complete", "archive"):
        assert f"The service shows: POST /tasks/{{task_id}}/{route}" in asked
    assert "KeyError" in asked
    assert documents.count("implementation") == 2

    # One is mended, and what stands on it passes.
    mended = application.implementation.function("set_task_done")
    assert mended is not None
    assert mended.code.endswith(MENDED)
    files = {item.path: item.content for item in application.files}
    outcomes = {
        item["route"]: item["outcome"] for item in json.loads(files["report.json"])["routes"]
    }
    assert outcomes["POST /tasks/{task_id}/complete"] == "passed"

    # The other is still handed over, and what is wrong with it is told.
    assert outcomes["POST /tasks/{task_id}/archive"] == "failed"
    assert not application.complete
    assert any("failed" in sentence for sentence in application.missing)
    assert {fault.function for fault in application.verification.faults} == {"set_task_archived"}
