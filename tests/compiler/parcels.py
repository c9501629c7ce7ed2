"""A parcel office: one route of every kind that has functions, with the functions."""

from __future__ import annotations

from typing import Any

from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    Job,
    ObjectType,
    Port,
    Setting,
    TypeField,
)
from codex.common.documents.codegraph import (
    CodeGraph,
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
    Lock,
    QueryParameter,
    Success,
    SuccessKind,
)
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.schema import Column, ColumnType, DatabaseTable, EnumType, Exposure
from codex.common.documents.specification import Criterion, Feature, Requirement
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    choice,
    column,
    crud,
    everything,
    function,
    integer,
    money,
    own,
    reference,
    service,
    specification,
    text,
    written,
)

USERS, ROLES = accounts("sender", "clerk", columns=(text("name", 100),))
PARCELS = DatabaseTable(
    name="parcels",
    model="Parcel",
    description="Something that is sent.",
    columns=(
        text("code", 30, unique=True, error="CodeTaken"),
        money("weight", minimum="0.01", maximum="1000"),
        choice("state", "ParcelState", default="waiting", exposure=Exposure.READ),
        integer("hits", default=0, exposure=Exposure.READ),
        Column(
            name="label",
            type=ColumnType.FILE,
            nullable=True,
            media_types=("image/png", "text/plain"),
            exposure=Exposure.READ,
        ),
        column("handed_in_at", "datetime", default="now", exposure=Exposure.READ),
        reference("user", exposure=Exposure.READ),
    ),
    relations=(belongs("user", "users", "parcels", on_delete="cascade"),),
    owner="user_id",
)
DEPOTS = DatabaseTable(
    name="depots",
    model="Depot",
    columns=(text("name", 100), integer("capacity", minimum=0)),
)
STAYS = DatabaseTable(
    name="stays",
    model="Stay",
    description="That a parcel is in a depot.",
    columns=(reference("parcel"), reference("depot")),
    relations=(
        belongs("parcel", "parcels", "stays", on_delete="cascade"),
        belongs("depot", "depots", "stays"),
    ),
)
TABLES = (USERS, PARCELS, DEPOTS, STAYS)
ENUMS = (ROLES, EnumType(name="ParcelState", values=("waiting", "delivered", "lost")))
CLERK = (everything("clerk"),)
BOTH = (own("sender"), everything("clerk"))


def _route(name: str, method: str, path: str, description: str, **more: Any) -> CodeGraph:
    route = {
        "function_name": name,
        "method": method,
        "path": path,
        "module": "parcels",
        "summary": description,
        "access": CLERK,
    }
    rest = {key: more.pop(key) for key in tuple(more) if key in _OF_MAIN}
    from codex.common.documents.schema import DatabaseSchema

    database = DatabaseSchema(
        tables=TABLES, enums=tuple(item for item in ENUMS if item), account="users"
    )
    start = "async " if rest.get("is_async") else ""
    template = start + '{signature}\n    """' + description + '"""\n    ...\n'
    return function({**route, **more}, database, description, template, **rest)


_OF_MAIN = {"context", "reads", "writes", "calls", "raises_itself", "settings", "is_async"}


def routes() -> tuple[CodeGraph, ...]:
    """Every route."""
    return (
        *crud(PARCELS, access=BOTH, filters=("state",), module="parcels"),
        *crud(DEPOTS, access=CLERK, module="depots"),
        *crud(STAYS, "list", access=CLERK, module="depots"),
        _route(
            "store_parcel",
            "POST",
            "/depots/{depot_id}/store",
            "Put a parcel into a depot.",
            module="depots",
            request="StoreRequest",
            response="StayRead",
            success=Success(status=201, headers={"Location": "/stays/{id}"}),
            locks=(Lock(table="depots", by="depot_id"),),
            raises=("DepotFull",),
            writes=("stays",),
            reads=("depots", "parcels"),
        ),
        _route(
            "track_parcel",
            "GET",
            "/track/{code}",
            "Go to the page that follows a parcel.",
            access=({"role": "public"},),
            path_types={"code": "str"},
            success=Success(status=302, kind=SuccessKind.REDIRECT),
            context=("session", "settings"),
            writes=("parcels",),
            settings=("tracking_url",),
        ),
        _route(
            "attach_label",
            "PUT",
            "/parcels/{parcel_id}/label",
            "Attach the label.",
            access=BOTH,
            request="Upload",
            response="ParcelRead",
            context=("session", "files"),
            writes=("parcels",),
        ),
        _route(
            "show_label",
            "GET",
            "/parcels/{parcel_id}/label",
            "The label.",
            access=BOTH,
            success=Success(kind=SuccessKind.FILE, headers={"Cache-Control": "private"}),
            context=("session", "files"),
            reads=("parcels",),
        ),
        _route(
            "print_slip",
            "GET",
            "/parcels/{parcel_id}/slip",
            "A slip in plain text.",
            access=BOTH,
            success=Success(kind=SuccessKind.TEXT, headers={"X-Of": "{parcel_id}"}),
            context=("session", "now"),
            calls=("days_waiting",),
            reads=("parcels",),
        ),
        _route(
            "deliver_parcel",
            "POST",
            "/parcels/{parcel_id}/deliver",
            "Hand a parcel over.",
            success=Success(status=204, kind=SuccessKind.EMPTY),
            raises=("NotWaiting",),
            writes=("parcels",),
        ),
        _route(
            "list_heavy_parcels",
            "GET",
            "/parcels/heavy",
            "Parcels of a weight, heaviest first.",
            access=BOTH,
            response="Page[ParcelRead]",
            context=("user",),
            reads=("parcels",),
            parameters=(
                QueryParameter(name="sort", type="Decimal", description="The least weight."),
            ),
        ),
        _route(
            "list_late_parcels",
            "GET",
            "/parcels/late",
            "Parcels that wait for too long.",
            response="Items[ParcelRead]",
            context=("session", "now", "settings"),
            calls=("days_waiting",),
            settings=("late_days",),
            reads=("parcels",),
        ),
        _route(
            "count_parcels",
            "GET",
            "/parcels/count",
            "How many parcels are there.",
            access=({"role": "public"}, {"role": "sender", "scope": "own"}),
            response="Value[int]",
            success=Success(headers={"Cache-Control": "no-store"}),
            context=("session", "user"),
            reads=("parcels",),
        ),
        _route(
            "count_by_state",
            "GET",
            "/parcels/by-state",
            "How many parcels in each state.",
            response="Groups[ParcelState, int]",
            reads=("parcels",),
        ),
        _route(
            "quote_price",
            "POST",
            "/quotes",
            "What sending something costs.",
            access=({"role": "public"},),
            request="Quote",
            response="Price",
            context=(),
        ),
        _route(
            "notify_sender",
            "POST",
            "/parcels/{parcel_id}/notify",
            "Write to the sender.",
            access=BOTH,
            response="Value[bool]",
            context=("session", "user"),
            calls=("send_mail",),
            is_async=True,
            reads=("parcels", "users"),
        ),
        _route(
            "insure_parcel",
            "POST",
            "/parcels/{parcel_id}/insure",
            "Insure a parcel.",
            access=BOTH,
            request="StoreRequest",
            response="ParcelRead",
            writes=("parcels",),
            locks=(Lock(table="parcels", by="parcel_id"),),
        ),
    )


def architecture() -> Architecture:
    """The Architecture."""
    base = service(
        "parcel_office",
        "A parcel office",
        TABLES,
        routes(),
        roles=("sender", "clerk"),
        enums=ENUMS,
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(
                name="CodeTaken", base="Conflict", code="code_taken", title="This code is taken."
            ),
            ErrorType(
                name="DepotFull", base="Conflict", code="depot_full", title="The depot is full."
            ),
            ErrorType(
                name="NotWaiting", base="Conflict", code="not_waiting", title="This does not wait."
            ),
        ),
        types=(
            ObjectType(name="StoreRequest", fields=(TypeField(name="parcel_id", type="int"),)),
            ObjectType(
                name="LetterQuote",
                fields=(
                    TypeField(name="kind", type="Literal['letter']"),
                    TypeField(name="pages", type="int", minimum=1),
                ),
            ),
            ObjectType(
                name="BoxQuote",
                fields=(
                    TypeField(name="kind", type="Literal['box']"),
                    TypeField(name="weight", type="Decimal", minimum="0.1"),
                ),
            ),
            ObjectType(name="Quote", variants=("LetterQuote", "BoxQuote"), discriminator="kind"),
            ObjectType(name="Price", fields=(TypeField(name="amount", type="Decimal"),)),
        ),
        settings=(
            Setting(
                name="late_days", default=3, description="After so many days a parcel is late."
            ),
            Setting(name="tracking_url", type="str", default="https://example.com/track"),
        ),
        ports=(
            Port(
                name="mail",
                description="Sends e-mail.",
                functions=(
                    FunctionDefinition(
                        name="send_mail",
                        description="Send an e-mail.",
                        parameters=(
                            FunctionParameter(name="to", type="str"),
                            FunctionParameter(name="subject", type="str"),
                        ),
                        return_type="bool",
                    ),
                ),
            ),
        ),
        jobs=(
            Job(
                name="give_up",
                description="Parcels that wait for a year are lost.",
                function="give_up_parcels",
                schedule="every night",
            ),
        ),
        shared=(
            FunctionDefinition(
                name="days_waiting",
                description="For how many days a parcel has been waiting.",
                parameters=(
                    FunctionParameter(name="parcel", type="Parcel"),
                    FunctionParameter(name="now", type="datetime"),
                ),
                return_type="int",
                kind=FunctionKind.SHARED,
            ),
            FunctionDefinition(
                name="give_up_parcels",
                description="Mark parcels as lost that wait for a year.",
                parameters=(
                    FunctionParameter(name="session", type="Session", keyword_only=True),
                    FunctionParameter(name="now", type="datetime", keyword_only=True),
                ),
                return_type="int",
                kind=FunctionKind.SHARED,
                calls=("days_waiting",),
                writes=("parcels",),
            ),
        ),
    )
    asked = specification("A parcel office", "sender", "clerk").model_copy(
        update={
            "features": (Feature(name="depots"),),
            "requirements": (
                Requirement(
                    id="R1",
                    feature="depots",
                    text="A depot must hold no more parcels than it has room for.",
                    criteria=(Criterion(id="R1.1", given="a full depot", when="x", then="409"),),
                ),
            ),
        }
    )
    return base.model_copy(update={"specification": asked, "scenarios": scenarios()})


def scenarios() -> tuple[Scenario, ...]:
    """What shows the requirement; prerequisites are left out on purpose."""
    return (
        Scenario(
            name="A full depot takes nothing more",
            requirement="R1",
            criteria=("R1.1",),
            steps=(
                Step(
                    actor="clerk",
                    method="POST",
                    path="/depots",
                    body={"capacity": 1},
                    expect=Expect(status=201),
                    save={"depot": "."},
                ),
                Step(
                    actor="clerk",
                    method="POST",
                    path="/depots/$depot.id/store",
                    body={"parcel_id": "$parcel.id"},
                    expect=Expect(status=201, body={"id": "*"}),
                ),
                Step(
                    actor="clerk",
                    method="POST",
                    path="/depots/$depot.id/store",
                    body={"parcel_id": "$parcel_2.id"},
                    expect=Expect(status=409, body={"code": "depot_full"}),
                ),
            ),
        ),
        Scenario(
            name="A parcel is late after three days",
            requirement="R1",
            steps=(
                Step(
                    actor="sender",
                    method="POST",
                    path="/parcels",
                    body={"code": "A"},
                    expect=Expect(status=201, body={"state": "waiting", "weight": "1"}),
                    save={"parcel": "."},
                ),
                Step(
                    actor="clerk",
                    path="/parcels/late",
                    expect=Expect(status=200, body={"items": []}),
                ),
                Step(advance="4 days"),
                Step(
                    actor="clerk",
                    path="/parcels/late",
                    expect=Expect(status=200, body={"items": [{"id": "$parcel.id"}]}),
                ),
            ),
        ),
        Scenario(
            name="A parcel can be insured",
            requirement="R1",
            steps=(
                Step(
                    actor="sender",
                    method="POST",
                    path="/parcels/$parcel.id/insure",
                    body={"parcel_id": 1},
                    expect=Expect(status=200),
                ),
            ),
        ),
    )


FUNCTIONS = written(
    store_parcel='''
        from app.errors import DepotFull


        def _room(depot: Depot, taken: int) -> bool:
            return taken < depot.capacity


        def store_parcel(depot_id: int, body: StoreRequest, *, session: Session) -> Stay:
            """Put a parcel into a depot."""
            depot = get_or_404(session, Depot, depot_id)
            parcel = get_or_404(session, Parcel, body.parcel_id)
            count = select(func.count()).where(col(Stay.depot_id) == depot.id)
            if not _room(depot, session.exec(count).one()):
                raise DepotFull
            stay = Stay(parcel_id=parcel.id, depot_id=depot.id)
            session.add(stay)
            return stay
    ''',
    track_parcel='''
        def track_parcel(code: str, *, session: Session, settings: Settings) -> str:
            """Go to the page that follows a parcel."""
            parcel = session.exec(select(Parcel).where(Parcel.code == code)).first()
            if parcel is None:
                raise NotFound
            parcel.hits += 1
            session.add(parcel)
            return f"{settings.tracking_url}/{parcel.code}"
    ''',
    attach_label='''
        def attach_label(parcel_id: int, body: Upload, *, session: Session, files: Files) -> Parcel:
            """Attach the label."""
            parcel = get_or_404(session, Parcel, parcel_id)
            files.delete(parcel.label)
            parcel.label = files.save(body).key
            session.add(parcel)
            return parcel
    ''',
    show_label='''
        def show_label(parcel_id: int, *, session: Session, files: Files) -> StoredFile:
            """The label."""
            return files.get(get_or_404(session, Parcel, parcel_id).label)
    ''',
    print_slip='''
        import datetime as dt

        def print_slip(parcel_id: int, *, session: Session, now: dt.datetime) -> str:
            """A slip in plain text."""
            parcel = get_or_404(session, Parcel, parcel_id)
            return f"{parcel.code}: {days_waiting(parcel, now)} days"
    ''',
    deliver_parcel='''
        def deliver_parcel(parcel_id: int, *, session: Session) -> None:
            """Hand a parcel over."""
            parcel = get_or_404(session, Parcel, parcel_id)
            if parcel.state != ParcelState.WAITING:
                raise NotWaiting("It was handed over already.")
            parcel.state = ParcelState.DELIVERED
            session.add(parcel)
    ''',
    list_heavy_parcels='''
        def list_heavy_parcels(sort: Decimal, *, user: User) -> Select[Parcel]:
            """Parcels of a weight, heaviest first."""
            heavy = visible(Parcel, user).where(col(Parcel.weight) >= sort)
            return heavy.order_by(col(Parcel.weight).desc(), col(Parcel.id))
    ''',
    list_late_parcels='''
        def list_late_parcels(
            *, session: Session, now: datetime, settings: Settings
        ) -> list[Parcel]:
            """Parcels that wait for too long."""
            from operator import attrgetter

            parcels = session.exec(select(Parcel)).all()
            late = [item for item in parcels if days_waiting(item, now) > settings.late_days]
            return sorted(late, key=attrgetter("id"))
    ''',
    count_parcels='''
        def count_parcels(*, session: Session, user: User | None) -> int:
            """How many parcels are there."""
            query = select(func.count()).select_from(Parcel)
            if user is not None:
                query = query.where(Parcel.user_id == user.id)
            return session.exec(query).one()
    ''',
    count_by_state='''
        def count_by_state(*, session: Session) -> list[tuple[ParcelState, int]]:
            """How many parcels in each state."""
            query = select(Parcel.state, func.count()).group_by(col(Parcel.state))
            return [(ParcelState(state), number) for state, number in session.exec(query)]
    ''',
    quote_price='''
        import datetime

        PRICES = {datetime.date.max.year: Decimal("0.85")}


        def quote_price(body: Quote) -> Price:
            """What sending something costs."""
            per_page = next(iter(PRICES.values()))
            if isinstance(body, LetterQuote):
                return Price(amount=per_page * body.pages)
            return Price(amount=body.weight * 2)
    ''',
    notify_sender='''
        async def notify_sender(parcel_id: int, *, session: Session, user: User) -> bool:
            """Write to the sender."""
            parcel = get_or_404(session, Parcel, parcel_id)
            return send_mail(parcel.user.email, f"From {user.email}")
    ''',
    days_waiting='''
        def days_waiting(parcel: Parcel, now: datetime) -> int:
            """For how many days a parcel has been waiting."""
            return (now - parcel.handed_in_at).days
    ''',
    give_up_parcels='''
        YEAR = 365


        def give_up_parcels(*, session: Session, now: datetime) -> int:
            """Mark parcels as lost that wait for a year."""
            waiting = select(Parcel).where(Parcel.state == ParcelState.WAITING)
            given_up = [item for item in session.exec(waiting) if days_waiting(item, now) > YEAR]
            for parcel in given_up:
                parcel.state = ParcelState.LOST
                session.add(parcel)
            return len(given_up)
    ''',
)
