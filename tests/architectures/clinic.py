"""A clinic: a column of every type, bounds that move with time, object types both ways."""

from __future__ import annotations

from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    ObjectType,
    TypeField,
)
from codex.common.documents.codegraph import QueryParameter
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures.build import (
    belongs,
    choice,
    column,
    crud,
    function,
    integer,
    money,
    reference,
    service,
    text,
    written,
)

PATIENTS = DatabaseTable(
    name="patients",
    model="Patient",
    description="Somebody who comes to the clinic.",
    columns=(
        text("name", 100, min_length=2),
        column("born_on", "date", maximum="today"),
        column("height", "float", minimum=0.2, maximum=2.8, nullable=True),
        column("allergies", "json", default=[]),
        column("card", "uuid", unique=True, error="CardTaken"),
        text("web", format="url", nullable=True),
        column("notes", "text", nullable=True, exposure="write"),
        column("insured", "boolean"),
    ),
)
VISITS = DatabaseTable(
    name="visits",
    model="Visit",
    description="When a patient comes.",
    columns=(
        reference("patient"),
        column("starts_at", "datetime", minimum="now", description="When it begins."),
        column("ends_at", "datetime"),
        column("reminder_at", "time", nullable=True, default="08:00:00"),
        choice("kind", "VisitKind", default="check-up"),
        money("fee", precision=8, scale=3, default="0", minimum="0", maximum="9999.999"),
        integer("room", nullable=True, minimum=1, maximum=40),
        column("confirmed", "boolean", default=False, exposure="read"),
    ),
    relations=(belongs("patient", "patients", "visits", on_delete="cascade"),),
    constraints=(
        Constraint(
            name="order",
            kind="check",
            check=(
                CheckTerm(column="ends_at", op=Comparison.GT, other=CheckSide(column="starts_at")),
            ),
            error="EndsTooEarly",
        ),
        Constraint(
            name="room",
            kind="unique",
            columns=("room", "starts_at"),
            where=(CheckTerm(column="confirmed", op=Comparison.EQ, other=CheckSide(value=True)),),
            error="RoomTaken",
        ),
    ),
    indexes=(Index(columns=("starts_at",)), Index(columns=("kind",))),
)
SAMPLES = {"visits": {"ends_at": "2099-01-01T10:00:00Z"}}


def architecture() -> Architecture:
    """The Architecture."""
    tables = (PATIENTS, VISITS)
    database = DatabaseSchema(tables=tables)
    book = function(
        {
            "function_name": "plan_visits",
            "module": "visits",
            "method": "POST",
            "path": "/patients/{patient_id}/plan",
            "request": "Plan",
            "response": "Planned",
        },
        database,
        "Adds visits of an hour each, one a week.",
        "{signature}\n    ...\n",
        reads=("patients",),
        writes=("visits",),
    )
    free = function(
        {
            "function_name": "find_free_rooms",
            "module": "visits",
            "method": "GET",
            "path": "/rooms/free",
            "response": "Items[int]",
            "parameters": (
                QueryParameter(name="at", type="datetime"),
                QueryParameter(name="most", type="int | None", default="None"),
            ),
        },
        database,
        "Rooms from 1 to 40 that no visit has at a moment.",
        "{signature}\n    ...\n",
        reads=("visits",),
    )
    return service(
        "clinic",
        "A clinic",
        tables,
        (
            *crud(
                PATIENTS,
                search=("name",),
                sorts=("name", "born_on"),
                ranges=("born_on",),
                filters=("insured", "card"),
            ),
            *crud(
                VISITS,
                filters=("kind", "patient_id"),
                ranges=("starts_at", "fee"),
                sorts=("starts_at", "fee"),
            ),
            book,
            free,
        ),
        enums=(EnumType(name="VisitKind", values=("check-up", "surgery", "Gespräch", "2nd look")),),
        errors=tuple(
            ErrorType(name=name, base="Conflict", code=code, title=title)
            for name, code, title in (
                ("CardTaken", "card_taken", "The card is somebody else's."),
                ("EndsTooEarly", "ends_too_early", "It must end after it begins."),
                ("RoomTaken", "room_taken", "The room is taken."),
            )
        ),
        types=(
            ObjectType(
                name="Plan",
                description="Which visits are wanted.",
                fields=(
                    TypeField(name="first", type="datetime"),
                    TypeField(name="times", type="int", minimum=1, maximum=10),
                    TypeField(name="kind", type="VisitKind", optional=True, default="surgery"),
                    TypeField(name="fee", type="Decimal", optional=True, default="10.500"),
                    TypeField(name="notes", type="list[Note]", optional=True, default=[]),
                ),
            ),
            ObjectType(name="Note", fields=(TypeField(name="text", type="str", max_length=50),)),
            ObjectType(
                name="Planned",
                fields=(
                    TypeField(name="visits", type="list[VisitRead]"),
                    TypeField(name="total", type="Decimal"),
                    TypeField(name="by_kind", type="dict[str, int]"),
                ),
            ),
        ),
    )


FUNCTIONS = written(
    plan_visits="""
        def plan_visits(patient_id: int, body: Plan, *, session: Session) -> Planned:
            patient = get_or_404(session, Patient, patient_id)
            visits: list[Visit] = []
            for week in range(body.times):
                start = body.first + timedelta(weeks=week)
                visit = Visit(
                    patient_id=patient.id,
                    starts_at=start,
                    ends_at=start + timedelta(hours=1),
                    kind=body.kind,
                    fee=body.fee,
                )
                session.add(visit)
                visits.append(visit)
            session.flush()
            return Planned(
                visits=[VisitRead.model_validate(visit) for visit in visits],
                total=sum((visit.fee for visit in visits), Decimal(0)),
                by_kind={body.kind.value: len(visits)},
            )
    """,
    find_free_rooms="""
        def find_free_rooms(
            at: datetime, most: int | None = None, *, session: Session
        ) -> list[int]:
            taken = set(
                session.exec(
                    select(Visit.room).where(
                        col(Visit.room).is_not(None),
                        col(Visit.starts_at) <= at,
                        col(Visit.ends_at) > at,
                    )
                )
            )
            free = [room for room in range(1, 41) if room not in taken]
            return free if most is None else free[:most]
    """,
)
