"""Short links: a redirect that writes, text, no accounts, a job and a port."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType, Job, Port, Setting
from codex.common.documents.codegraph import (
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
    QueryParameter,
    Success,
    SuccessKind,
)
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from tests.architectures.build import column, crud, function, integer, service, text, written

LINKS = DatabaseTable(
    name="links",
    model="Link",
    description="A short word for a long address.",
    columns=(
        text("slug", 40, min_length=2, unique=True, error="SlugTaken", changeable=False),
        text("target", 2000, format="url", description="Where it leads."),
        integer("clicks", default=0, exposure="read", description="How often it was followed."),
        text("came_from", 200, nullable=True, exposure="read", description="The last referrer."),
        column("expires_at", "datetime", nullable=True, minimum="now"),
    ),
)
NOT_THERE = ErrorType(
    name="LinkExpired", base="Gone", code="link_expired", title="This link has expired."
)
PURGE = FunctionDefinition(
    name="purge_links",
    description="Deletes links that expired more than purge_after days ago; how many.",
    kind=FunctionKind.SHARED,
    parameters=(
        FunctionParameter(name="session", type="Session", keyword_only=True),
        FunctionParameter(name="now", type="datetime", keyword_only=True),
        FunctionParameter(name="settings", type="Settings", keyword_only=True),
    ),
    return_type="int",
    reads=("links",),
    writes=("links",),
    calls=("send_report",),
    settings=("purge_after",),
)


def architecture() -> Architecture:
    """The Architecture."""
    database = DatabaseSchema(tables=(LINKS,))
    follow = function(
        {
            "function_name": "follow_link",
            "module": "links",
            "method": "GET",
            "path": "/go/{slug}",
            "path_types": {"slug": "str"},
            "parameters": (
                QueryParameter(
                    name="referrer", type="str | None", default="None", header="Referer"
                ),
            ),
            "success": Success(status=307, kind=SuccessKind.REDIRECT),
            "raises": ("LinkExpired",),
        },
        database,
        "Counts a click and leads to the target.",
        "{signature}\n    ...\n",
        context=("session", "now"),
        raises=("LinkExpired",),
        reads=("links",),
        writes=("links",),
    )
    listing = function(
        {
            "function_name": "list_slugs",
            "module": "links",
            "method": "GET",
            "path": "/slugs.txt".replace(".txt", ""),
            "success": Success(kind=SuccessKind.TEXT, media_type="text/plain"),
        },
        database,
        "Every slug on a line of its own.",
        "{signature}\n    ...\n",
        reads=("links",),
    )
    return service(
        "links",
        "Short links",
        (LINKS,),
        (*crud(LINKS, search=("slug", "target"), sorts=("clicks", "slug")), follow, listing),
        errors=(
            NOT_THERE,
            ErrorType(name="SlugTaken", base="Conflict", code="slug_taken", title="It is taken."),
        ),
        settings=(Setting(name="purge_after", default=30, description="Days."),),
        shared=(PURGE,),
        jobs=(
            Job(
                name="purge",
                description="Forget old links.",
                function="purge_links",
                schedule="every night",
            ),
        ),
        ports=(
            Port(
                name="mail",
                description="Sends e-mail.",
                functions=(
                    FunctionDefinition(
                        name="send_report",
                        description="Tells the owner of the service what was done.",
                        parameters=(FunctionParameter(name="words", type="str"),),
                    ),
                ),
            ),
        ),
    )


FUNCTIONS = written(
    follow_link="""
        def follow_link(
            slug: str, referrer: str | None = None, *, session: Session, now: datetime
        ) -> str:
            link = session.exec(select(Link).where(Link.slug == slug).with_for_update()).first()
            if link is None:
                raise NotFound()
            if link.expires_at is not None and link.expires_at <= now:
                raise LinkExpired()
            link.clicks += 1
            link.came_from = referrer[:200] if referrer else None
            session.add(link)
            return link.target
    """,
    list_slugs="""
        def list_slugs(*, session: Session) -> str:
            slugs = session.exec(select(Link.slug).order_by(col(Link.slug))).all()
            return "\\n".join(slugs) + "\\n"
    """,
    purge_links="""
        def purge_links(*, session: Session, now: datetime, settings: Settings) -> int:
            limit = now - timedelta(days=settings.purge_after)
            old = session.exec(select(Link).where(col(Link.expires_at) < limit)).all()
            for link in old:
                session.delete(link)
            send_report(f"{len(old)} links deleted")
            return len(old)
    """,
)
