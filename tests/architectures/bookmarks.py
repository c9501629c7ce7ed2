"""Many to many in bodies: tags of everybody, labels of one's own, and bookmarks of each other."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.codegraph import (
    CodeGraph,
    Derived,
    DerivedOperation,
    Success,
    SuccessKind,
)
from codex.common.documents.schema import Constraint, DatabaseTable, Index
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    crud,
    own,
    reference,
    service,
    text,
    tied,
)

USERS, _ = accounts()
TAGS = DatabaseTable(
    name="tags", model="Tag", columns=(text("name", 50, unique=True, error="TagTaken"),)
)
LABELS = DatabaseTable(
    name="labels",
    model="Label",
    description="A word of one's own.",
    columns=(reference("user", exposure="read"), text("name", 50)),
    relations=(belongs("user", "users", "labels", on_delete="cascade"),),
    owner="user_id",
)
BOOKMARKS = DatabaseTable(
    name="bookmarks",
    model="Bookmark",
    description="An address that somebody wants to find again.",
    columns=(
        reference("user", exposure="read"),
        text("url", 2000, format="url"),
        text("title", 200),
    ),
    relations=(
        belongs("user", "users", "bookmarks", on_delete="cascade"),
        tied(
            "tags", "tags", "bookmark_tags", "bookmark", "tag", inverse="bookmarks", ids="tag_ids"
        ),
        tied("labels", "labels", "bookmark_labels", "bookmark", "label", ids="label_ids"),
        tied("related", "bookmarks", "related_bookmarks", "from", "other", ids="other_ids"),
    ),
    owner="user_id",
)


def _link(name: str, model: str, near: str, far: str, target: str) -> DatabaseTable:
    return DatabaseTable(
        name=name,
        model=model,
        columns=(reference(near), reference(far)),
        timestamps=False,
        relations=(
            belongs(near, "bookmarks", on_delete="cascade"),
            belongs(far, target, on_delete="cascade"),
        ),
        constraints=(
            Constraint(
                name="once", kind="unique", columns=(f"{near}_id", f"{far}_id"), error="TiedAlready"
            ),
        ),
        indexes=(Index(columns=(f"{far}_id",)),),
        owner=f"{near}.user_id",
    )


LINKS = (
    _link("bookmark_tags", "BookmarkTag", "bookmark", "tag", "tags"),
    _link("bookmark_labels", "BookmarkLabel", "bookmark", "label", "labels"),
    _link("related_bookmarks", "RelatedBookmark", "from", "other", "bookmarks"),
)


def _ties(link: DatabaseTable, near: str, far: str, word: str, read: str) -> tuple[CodeGraph, ...]:
    """The routes over one kind of ties, below the bookmark that they begin at."""
    path, mine = f"/bookmarks/{{bookmark_id}}/{word}", (own("user"),)

    def derived(operation: DerivedOperation, *, over: bool, **more: tuple[str, ...]) -> Derived:
        return Derived(operation=operation, table=link.name, parent=near, tied=over, **more)  # pyright: ignore[reportArgumentType] names of columns

    return (
        CodeGraph(
            function_name=f"add_{word}",
            module="bookmarks",
            method="POST",
            path=path,
            access=mine,
            request=f"{link.model}Create",
            response=f"{link.model}Read",
            success=Success(status=201),
            derived=derived(DerivedOperation.CREATE, over=False),
        ),
        CodeGraph(
            function_name=f"list_{word}_of_bookmark",
            module="bookmarks",
            method="GET",
            path=path,
            access=mine,
            response=f"Page[{read}]",
            derived=derived(DerivedOperation.LIST, over=True, sorts=("created_at",)),
        ),
        CodeGraph(
            function_name=f"remove_{word}",
            module="bookmarks",
            method="DELETE",
            path=f"{path}/{{{far}_id}}",
            access=mine,
            success=Success(status=204, kind=SuccessKind.EMPTY),
            derived=derived(DerivedOperation.DELETE, over=True),
        ),
    )


def architecture() -> Architecture:
    """The Architecture."""
    mine = (own("user"),)
    of_tag = CodeGraph(
        function_name="list_bookmarks_of_tag",
        module="bookmarks",
        method="GET",
        path="/tags/{tag_id}/bookmarks",
        access=mine,
        response="Page[BookmarkRead]",
        derived=Derived(
            operation=DerivedOperation.LIST,
            table="bookmark_tags",
            parent="tag",
            tied=True,
            filters=("title",),
            sorts=("title",),
        ),
    )
    return service(
        "bookmarks",
        "Bookmarks",
        (USERS, TAGS, LABELS, BOOKMARKS, *LINKS),
        (
            *crud(BOOKMARKS, access=mine, filters=("tags", "labels", "related"), search=("title",)),
            *_ties(LINKS[0], "bookmark", "tag", "tags", "TagRead"),
            *_ties(LINKS[1], "bookmark", "label", "labels", "LabelRead"),
            *_ties(LINKS[2], "from", "other", "related", "BookmarkRead"),
            of_tag,
            *crud(TAGS, "create", "list", "get"),
            *crud(LABELS, access=mine),
        ),
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(name="TagTaken", base="Conflict", code="tag_taken", title="It is there."),
            ErrorType(
                name="TiedAlready", base="Conflict", code="tied_already", title="Tied already."
            ),
        ),
    )
