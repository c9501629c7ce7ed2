"""The documents of a run: saved as soon as they exist, and read again when it is taken up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from codex.common.documents.application import Application, Fault
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Implementation
from codex.common.documents.specification import Specification
from codex.common.events import DocumentSaved, Notice
from codex.common.services import Services

D = TypeVar("D", Specification, Architecture, Implementation, Application)
_FAULTS = TypeAdapter(tuple[Fault, ...])


@dataclass(frozen=True)
class Saved:
    """What the run of `services` has made; a run that begins has made nothing."""

    services: Services
    resumed: bool = False

    async def newest(self, kind: type[D]) -> D | None:
        """The document of that kind that an earlier part of the run saved."""
        if not self.resumed:
            return None
        found = await self.services.store.run_document(self.services.run_id, kind)
        if found is not None:
            text = f"The {kind.kind} is there already."
            await self.services.events.append(Notice(text=text))
        return found

    async def keep(self, document: D) -> D:
        """`document`, after it was saved."""
        services = self.services
        number = await services.store.save(
            document, owner=services.settings.owner, run_id=services.run_id
        )
        await services.events.append(DocumentSaved(kind=document.kind, id=number))
        await services.store.update_run(services.run_id, stage=document.kind)
        return document

    async def count(self, kind: type[D]) -> int:
        """How many documents of that kind the run has saved."""
        made = await self.services.store.run_documents(self.services.run_id)
        return sum(1 for name, _ in made if name == kind.kind)

    async def faults(self, application: Application, number: int) -> Sequence[Fault]:
        """The faults that a Function is behind: they enter prompts, so they are journaled."""

        async def produce() -> str:
            blamed = [fault for fault in application.verification.faults if fault.function]
            return _FAULTS.dump_json(tuple(blamed)).decode()

        subject = application.implementation.to_json()
        told = await self.services.journal.evidence(f"service:{number}", "faults", subject, produce)
        return _FAULTS.validate_json(told)
