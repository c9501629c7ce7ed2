"""Documents in the database: each is saved whole or not at all, and once for equal content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from codex.common.database import store_architecture as architectures
from codex.common.database import store_implementation as implementations
from codex.common.database import store_specification as specifications
from codex.common.database.rows import digest_of
from codex.common.database.store_base import StoreBase
from codex.common.documents.application import Application
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import FORMAT_VERSION, Document
from codex.common.documents.implementation import Implementation
from codex.common.documents.run import LOCAL_OWNER
from codex.common.documents.specification import Specification
from codex.common.errors import DocumentError, EngineLost, NotFound, StoreError

if TYPE_CHECKING:
    from codex.common.database.bridge import Unit

Stored = TypeVar("Stored", Specification, Architecture, Implementation, Application)

# An equal part may be stored by somebody else between the look and the commit.
_TRIES = 3
_NEW_NUMBERS = """
SELECT nextval(pg_get_serial_sequence(quote_ident(wanted), 'id'))::text AS "number"
FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS asked (wanted, many, place),
    generate_series(1, asked.many) ORDER BY place
"""


class DocumentStore(StoreBase):
    """Specifications, Architectures, Implementations and Applications."""

    async def save(
        self, document: Document, *, owner: str = LOCAL_OWNER, run_id: str | None = None
    ) -> int:
        """Store `document` with those that it holds; its number. Equal ones are stored once."""
        number = await self._save(document, owner)
        if run_id is not None:
            link: Any = {"runId": run_id, "kind": document.kind, "documentId": number}
            await self._repeatable(lambda: self._db.rundocument.create(link))
        return number

    async def load(self, kind: type[Stored], number: int) -> Stored:
        """The document of that kind and number."""
        raw = await self._raw(kind, number)
        version = raw["format_version"]
        if version != FORMAT_VERSION:
            raise DocumentError(
                f"The stored {kind.kind} {number} has format version {version!r}; this codex reads "
                f"{FORMAT_VERSION}.",
                "Use the codex that wrote it, or build it again.",
            )
        return kind.parse(raw, f"The stored {kind.kind} {number}")

    async def run_document(self, run_id: str, kind: type[Stored]) -> Stored | None:
        """The newest document of that kind that the run saved."""
        row = await self._db.rundocument.find_first(
            where={"runId": run_id, "kind": kind.kind}, order={"id": "desc"}
        )
        return await self.load(kind, row.documentId) if row else None

    async def _save(self, document: Document, owner: str) -> int:
        digest = digest_of(owner, document.model_dump(mode="json", by_alias=True))
        identity = {"owner": owner, "digest": digest}
        for _ in range(_TRIES):
            if found := await self._stored(document.kind, identity):
                return found
            match document:
                case Specification():
                    new, unit = await self._specification_unit(document, identity)
                case Architecture():
                    new, unit = await self._architecture_unit(document, identity)
                case Implementation():
                    new, unit = await self._implementation_unit(document, identity)
                case Application():
                    new, unit = await self._application_unit(document, identity)
                case _:
                    raise StoreError(f"A {document.kind} is not a document that is stored.")
            if await self._committed(unit):
                return new
        raise StoreError(f"The {document.kind} could not be saved in {_TRIES} tries.")

    async def _committed(self, unit: Unit) -> bool:
        """Commit; False when it must be looked at again.

        Somebody else may have stored an equal part at the same moment, or the engine was lost and
        nobody knows whether it was done.
        """
        from codex.common.database.client.errors import UniqueViolationError

        try:
            await unit.commit()
        except (UniqueViolationError, EngineLost):
            return False
        return True

    async def _stored(self, kind: str, identity: dict[str, str]) -> int | None:
        """The number of the document with that digest, if it is stored."""
        where: Any = {"owner_digest": identity}
        match kind:
            case "specification":
                row = await self._db.specification.find_unique(where)
            case "architecture":
                row = await self._db.architecture.find_unique(where)
            case "implementation":
                row = await self._db.implementation.find_unique(where)
            case _:
                row = await self._db.application.find_unique(where)
        return row.id if row else None

    async def _new_numbers(self, *wanted: tuple[str, int]) -> list[int]:
        """Fresh numbers for rows of these tables: so many of each, in this order."""
        tables, many = [table for table, _ in wanted], [number for _, number in wanted]
        rows = await self._db.query_raw(_NEW_NUMBERS, tables, many)
        return [int(row["number"]) for row in rows]

    async def _specification_unit(
        self, document: Specification, identity: dict[str, str]
    ) -> tuple[int, Unit]:
        (new,) = await self._new_numbers(("Specification", 1))
        unit = self._db.batch_()
        specifications.add_specification(unit, new, document, **identity)
        return new, unit

    async def _architecture_unit(
        self, document: Architecture, identity: dict[str, str]
    ) -> tuple[int, Unit]:
        owner = identity["owner"]
        specification = await self._save(document.specification, owner)
        digest = architectures.schema_digest(owner, document.database)
        stored = await self._db.databaseschema.find_unique(
            {"owner_digest": {"owner": owner, "digest": digest}}
        )
        new, schema, *graphs = await self._new_numbers(
            ("Architecture", 1), ("DatabaseSchema", 1), ("CodeGraph", len(document.routes))
        )
        unit = self._db.batch_()
        if stored is None:
            architectures.add_schema(unit, schema, document.database, owner)
        architectures.add_architecture(
            unit,
            document,
            new=new,
            graphs=graphs,
            specification=specification,
            schema=stored.id if stored else schema,
            **identity,
        )
        return new, unit

    async def _implementation_unit(
        self, document: Implementation, identity: dict[str, str]
    ) -> tuple[int, Unit]:
        architecture = await self._save(document.architecture, identity["owner"])
        (new,) = await self._new_numbers(("Implementation", 1))
        unit = self._db.batch_()
        implementations.add_implementation(
            unit, document, new=new, architecture=architecture, **identity
        )
        return new, unit

    async def _application_unit(
        self, document: Application, identity: dict[str, str]
    ) -> tuple[int, Unit]:
        owner = identity["owner"]
        implementation = await self._save(document.implementation, owner)
        architecture = await self._save(document.implementation.architecture, owner)
        graphs = await self._db.codegraph.find_many(where={"architectureId": architecture})
        (new,) = await self._new_numbers(("Application", 1))
        unit = self._db.batch_()
        implementations.add_application(
            unit,
            document,
            new=new,
            implementation=implementation,
            graphs={graph.function_name: graph.id for graph in graphs},
            **identity,
        )
        return new, unit

    async def _raw(self, kind: type[Document], number: int) -> dict[str, Any]:
        """What the document was made from, the ones that it holds included."""
        if kind is Specification:
            raw = await specifications.read_specification(self._db, number)
            if raw is None:
                raise _missing(kind, number)
            return raw
        read, inner = {
            "architecture": (architectures.read_architecture, Specification),
            "implementation": (implementations.read_implementation, Architecture),
            "application": (implementations.read_application, Implementation),
        }[kind.kind]
        found = await read(self._db, number)
        if found is None:
            raise _missing(kind, number)
        raw, below = found
        return {**raw, inner.kind: await self._raw(inner, below)}


def _missing(kind: type[Document], number: int) -> NotFound:
    return NotFound(f"There is no {kind.kind} {number}.", "See `codex runs show`.")
