"""Polls: anybody may read, the signed-in vote once; figures, groups and lists that are computed."""

from __future__ import annotations

from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    ObjectType,
    TypeField,
)
from codex.common.documents.codegraph import Lock, QueryParameter, Success, SuccessKind
from codex.common.documents.rules import Grant
from codex.common.documents.schema import (
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    Index,
)
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    column,
    crud,
    everything,
    function,
    integer,
    own,
    reference,
    service,
    text,
    tied,
    written,
)

USERS, ROLES = accounts("voter", "admin")
POLLS = DatabaseTable(
    name="polls",
    model="Poll",
    description="A question with answers to choose from.",
    columns=(
        text("question", 300, min_length=3),
        column("closes_at", "datetime", nullable=True),
        reference("user", exposure="read"),
        column("open_to_all", "boolean", default=True),
    ),
    relations=(
        belongs("user", "users", "polls", on_delete="cascade"),
        tied("voters", "users", "votes", "poll", "user", inverse="voted_polls"),
    ),
    owner="user_id",
)
OPTIONS = DatabaseTable(
    name="options",
    model="Option",
    columns=(text("words", 200, min_length=1), reference("poll"), integer("place", default=0)),
    relations=(belongs("poll", "polls", "options", on_delete="cascade"),),
    owner="poll.user_id",
)
VOTES = DatabaseTable(
    name="votes",
    model="Vote",
    description="What somebody chose.",
    columns=(reference("poll"), reference("option"), reference("user")),
    relations=(
        belongs("poll", "polls", "votes", on_delete="cascade"),
        belongs("option", "options", "votes", on_delete="cascade"),
        belongs("user", "users", "votes", on_delete="cascade"),
    ),
    constraints=(
        Constraint(
            name="once", kind="unique", columns=("poll_id", "user_id"), error="VotedAlready"
        ),
    ),
    indexes=(Index(columns=("option_id",)),),
    owner="user_id",
)


def architecture() -> Architecture:
    """The Architecture."""
    tables = (USERS, POLLS, OPTIONS, VOTES)
    database = DatabaseSchema(tables=tables, enums=(ROLES,) if ROLES else (), account="users")
    anybody = (Grant(role="public"),)
    vote = function(
        {
            "function_name": "cast_vote",
            "module": "polls",
            "method": "POST",
            "path": "/options/{option_id}/vote",
            "success": Success(status=204, kind=SuccessKind.EMPTY),
            "raises": ("PollClosed", "VotedAlready"),
            "locks": (Lock(table="users", by="user.id"),),
        },
        database,
        "Votes for an option, once in each poll, while the poll is open.",
        "{signature}\n    ...\n",
        context=("session", "user", "now"),
        raises=("PollClosed",),
        reads=("options", "polls"),
        writes=("votes",),
    )
    results = function(
        {
            "function_name": "count_votes",
            "module": "polls",
            "method": "GET",
            "path": "/polls/{poll_id}/results",
            "access": anybody,
            "response": "Groups[str, int]",
        },
        database,
        "How many votes each option has.",
        "{signature}\n    ...\n",
        reads=("options", "votes"),
    )
    turnout = function(
        {
            "function_name": "average_votes",
            "module": "polls",
            "method": "GET",
            "path": "/polls/average-votes",
            "access": anybody,
            "response": "Value[float | None]",
        },
        database,
        "How many votes a poll has on average; none without polls.",
        "{signature}\n    ...\n",
        reads=("polls", "votes"),
    )
    ranking = function(
        {
            "function_name": "rank_polls",
            "module": "polls",
            "method": "GET",
            "path": "/polls/ranking",
            "access": (*anybody, everything("admin")),
            "response": "Page[Rank]",
            "parameters": (QueryParameter(name="least", type="int"),),
        },
        database,
        "Polls by the number of their votes.",
        "{signature}\n    ...\n",
        context=("session", "user"),
        reads=("polls", "votes"),
    )
    mine = (own("voter"), everything("admin"))
    return service(
        "polls",
        "Polls",
        tables,
        (
            turnout,
            ranking,
            *crud(
                POLLS,
                "list",
                "get",
                access=anybody,
                search=("question",),
                ranges=("closes_at",),
                sorts=("created_at", "closes_at"),
            ),
            *crud(POLLS, "create", "update", "delete", access=mine),
            *crud(
                OPTIONS,
                "list",
                access=anybody,
                parent=("poll", "/polls/{poll_id}"),
                module="polls",
                default_sort="place",
            ),
            *crud(OPTIONS, "create", "update", "delete", access=mine),
            vote,
            results,
        ),
        roles=("voter", "admin"),
        enums=(ROLES,),
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(name="PollClosed", base="Conflict", code="poll_closed", title="It is over."),
            ErrorType(
                name="VotedAlready", base="Conflict", code="voted_already", title="You have voted."
            ),
        ),
        types=(
            ObjectType(
                name="Rank",
                fields=(
                    TypeField(name="place", type="int"),
                    TypeField(name="poll", type="PollRead"),
                    TypeField(name="votes", type="int"),
                ),
            ),
        ),
    )


FUNCTIONS = written(
    cast_vote="""
        def cast_vote(option_id: int, *, session: Session, user: User, now: datetime) -> None:
            option = get_or_404(session, Option, option_id)
            closes_at = option.poll.closes_at
            if closes_at is not None and closes_at <= now:
                raise PollClosed()
            session.add(Vote(poll_id=option.poll_id, option_id=option.id, user_id=user.id))
    """,
    count_votes="""
        def count_votes(poll_id: int, *, session: Session) -> list[tuple[str, int]]:
            poll = get_or_404(session, Poll, poll_id)
            votes = func.count(col(Vote.id))
            rows = session.exec(
                select(Option.words, votes)
                .join(Vote, col(Vote.option_id) == Option.id, isouter=True)
                .where(Option.poll_id == poll.id)
                .group_by(col(Option.id), col(Option.words))
                .order_by(votes.desc(), col(Option.id))
            )
            return [(words, count) for words, count in rows]
    """,
    average_votes="""
        def average_votes(*, session: Session) -> float | None:
            polls = session.exec(select(func.count()).select_from(Poll)).one()
            votes = session.exec(select(func.count()).select_from(Vote)).one()
            return votes / polls if polls else None
    """,
    rank_polls="""
        def rank_polls(
            least: int, paging: Paging, *, session: Session, user: User | None
        ) -> Page[Rank]:
            votes = func.count(col(Vote.id))
            rows = session.exec(
                select(Poll, votes)
                .join(Vote, col(Vote.poll_id) == Poll.id, isouter=True)
                .group_by(col(Poll.id))
                .having(votes >= least)
                .order_by(votes.desc(), col(Poll.id))
            ).all()
            ranks = [
                Rank(place=place, poll=PollRead.model_validate(poll), votes=count)
                for place, (poll, count) in enumerate(rows, 1)
            ]
            end = paging.offset + paging.limit
            return Page(
                items=ranks[paging.offset : end],
                total=len(ranks),
                limit=paging.limit,
                offset=paging.offset,
            )
    """,
)
