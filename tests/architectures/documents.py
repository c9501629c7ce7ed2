"""Documents: files that belong to somebody, accounts without roles, folders in folders."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.codegraph import Success, SuccessKind
from codex.common.documents.rules import Grant, Scope
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    column,
    crud,
    function,
    integer,
    reference,
    service,
    text,
    written,
)

USERS, _ = accounts(columns=(text("display_name", 80), column("born_on", "date", nullable=True)))
FOLDERS = DatabaseTable(
    name="folders",
    model="Folder",
    description="A place for documents.",
    columns=(
        text("name", 120, min_length=1),
        reference("user", exposure="read"),
        reference("parent", nullable=True),
    ),
    relations=(
        belongs("user", "users", "folders", on_delete="cascade"),
        belongs("parent", "folders", "folders", on_delete="cascade"),
    ),
    owner="user_id",
)
DOCUMENTS = DatabaseTable(
    name="documents",
    model="Document",
    description="Something written, with its file.",
    columns=(
        text("title", 200, min_length=1),
        column(
            "file",
            "file",
            nullable=True,
            exposure="read",
            media_types=("text/plain", "application/pdf"),
        ),
        integer("size", default=0, exposure="read"),
        column("meta", "json", default={}),
        reference("folder"),
    ),
    relations=(belongs("folder", "folders", "documents", on_delete="cascade"),),
    owner="folder.user_id",
)
SHARES = DatabaseTable(
    name="shares",
    model="Share",
    description="That somebody else may read a document.",
    columns=(reference("document"), reference("user")),
    relations=(
        belongs("document", "documents", "shares", on_delete="cascade"),
        belongs("user", "users", "shares", on_delete="cascade"),
    ),
    owner="document.folder.user_id",
)


def architecture() -> Architecture:
    """The Architecture."""
    tables = (USERS, FOLDERS, DOCUMENTS, SHARES)
    database = DatabaseSchema(tables=tables, account="users")
    mine = (Grant(role="user", scope=Scope.OWN),)
    upload = function(
        {
            "function_name": "upload_file",
            "module": "documents",
            "method": "PUT",
            "path": "/documents/{document_id}/file",
            "access": mine,
            "request": "Upload",
            "response": "DocumentRead",
            "raises": ("WrongKind",),
        },
        database,
        "Keeps the file of a document, in place of the one before.",
        "{signature}\n    ...\n",
        context=("session", "files"),
        raises=("WrongKind",),
        effects=("files",),
        reads=("documents",),
        writes=("documents",),
    )
    download = function(
        {
            "function_name": "download_file",
            "module": "documents",
            "method": "GET",
            "path": "/documents/{document_id}/file",
            "access": mine,
            "success": Success(kind=SuccessKind.FILE),
        },
        database,
        "The document's file.",
        "{signature}\n    ...\n",
        context=("session", "files"),
        effects=("files",),
        reads=("documents",),
    )
    return service(
        "documents",
        "Documents",
        tables,
        (
            *crud(FOLDERS, access=mine, filters=("parent_id",), sorts=("name",)),
            *crud(
                DOCUMENTS,
                access=mine,
                filters=("folder_id",),
                search=("title",),
                sorts=("title", "size"),
            ),
            *crud(
                DOCUMENTS,
                "list",
                "create",
                access=mine,
                parent=("folder", "/folders/{folder_id}"),
                module="folders",
            ),
            *crud(SHARES, "create", "list", "delete", access=mine),
            upload,
            download,
        ),
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(
                name="WrongKind",
                base="Invalid",
                code="wrong_kind",
                title="Files of this kind are not kept.",
                field="file",
            ),
        ),
    )


FUNCTIONS = written(
    upload_file="""
        def upload_file(
            document_id: int, body: Upload, *, session: Session, files: Files
        ) -> Document:
            document = get_or_404(session, Document, document_id)
            if body.media_type not in ("text/plain", "application/pdf"):
                raise WrongKind()
            stored = files.save(body)
            if document.file is not None:
                files.delete(document.file)
            document.file = stored.key
            document.size = stored.size
            session.add(document)
            return document
    """,
    download_file="""
        def download_file(document_id: int, *, session: Session, files: Files) -> StoredFile:
            document = get_or_404(session, Document, document_id)
            if document.file is None:
                raise NotFound("This document has no file yet.")
            return files.get(document.file)
    """,
)
