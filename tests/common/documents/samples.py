"""One small library service as documents, with something of everything that they can say."""

from __future__ import annotations

from codex.common.documents.application import (
    Application,
    CompiledRoute,
    LockedPackage,
    Outcome,
    ServiceFile,
    SourceSpan,
    Verification,
    VerificationStep,
)
from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    Job,
    Mend,
    Module,
    ObjectType,
    Port,
    Setting,
    TypeField,
)
from codex.common.documents.codegraph import (
    CodeGraph,
    Derived,
    DerivedOperation,
    Example,
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
    Lock,
    QueryParameter,
    Success,
    SuccessKind,
)
from codex.common.documents.implementation import (
    Check,
    Clarification,
    Function,
    FunctionStatus,
    FunctionTest,
    Implementation,
    Package,
)
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Caller,
    Change,
    Comparison,
    Condition,
    Filter,
    Formula,
    Grant,
    Guard,
    Named,
    Now,
    Order,
    Scope,
)
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.schema import (
    Cardinality,
    CheckSide,
    CheckTerm,
    Column,
    ColumnType,
    ComputedField,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Exposure,
    Index,
    Relation,
)
from codex.common.documents.specification import (
    Assumption,
    Criterion,
    Entity,
    EntityField,
    EntityRelation,
    Feature,
    FieldType,
    InterviewQuestion,
    NotUnderstoodClause,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Specification,
    Verb,
)

REQUEST = (
    "A library with books that have a title and a status. Members can borrow at most 5 books. "
    "A loan is overdue after 14 days. Make it sparkle. Show a dashboard screen."
)

OPEN = Condition(field="returned_at", op=Comparison.IS_NULL)


def specification() -> Specification:
    """What the client wants."""
    return Specification(
        title="Library",
        summary="Lends books to members.",
        request=REQUEST,
        roles=(
            Role(name="member", description="Borrows."),
            Role(name="librarian", description="Runs it."),
        ),
        features=(
            Feature(name="Catalogue", description="Books."),
            Feature(name="Lending", description="Loans."),
        ),
        entities=(
            Entity(
                name="member",
                plural="members",
                is_account=True,
                fields=(EntityField(name="email", type=FieldType.EMAIL, unique=True),),
            ),
            Entity(
                name="book",
                plural="books",
                fields=(
                    EntityField(name="title", max_length=200),
                    EntityField(
                        name="status", type=FieldType.CHOICE, choices=("in", "out"), default="in"
                    ),
                ),
                relations=(
                    EntityRelation(
                        name="sequel_of", target="book", required=False, inverse="sequels"
                    ),
                ),
            ),
            Entity(
                name="loan",
                plural="loans",
                owner="member",
                fields=(EntityField(name="returned_at", type=FieldType.DATETIME, required=False),),
                relations=(
                    EntityRelation(name="member", target="member", inverse="loans"),
                    EntityRelation(name="book", target="book", inverse="loans"),
                ),
            ),
        ),
        parameters=(
            Parameter(name="loan_limit", value=5, unit="books", quote="at most 5 books"),
            Parameter(name="loan_days", value=14, unit="days", quote="after 14 days"),
        ),
        requirements=(
            Requirement(
                id="R1",
                feature="Catalogue",
                text="The library must keep books.",
                quotes=("A library with books that have a title and a status",),
                criteria=(
                    Criterion(id="R1.1", given="no books", when="one is added", then="it is 201"),
                ),
                operations=(Operation(verb=Verb.LIST, entity="book", filters=("status",)),),
            ),
            Requirement(
                id="R2",
                feature="Lending",
                text="A member must be able to borrow at most 5 books.",
                quotes=("Members can borrow at most 5 books", "A loan is overdue after 14 days"),
                criteria=(
                    Criterion(
                        id="R2.1", given="a free book", when="a member borrows it", then="a loan"
                    ),
                ),
                operations=(
                    Operation(
                        verb=Verb.ACTION,
                        entity="book",
                        name="borrow",
                        access=(Grant(role="member"),),
                        rule=Change(
                            table="book",
                            guards=(
                                Guard(
                                    table="member",
                                    count=Filter(table="loan", where=(OPEN,)),
                                    limit=Named(name="loan_limit"),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        questions=(
            InterviewQuestion(id="Q1", text="May a loan be renewed?", why="Rules.", default="No"),
        ),
        assumptions=(Assumption(id="A1", text="A loan is not renewed.", question="Q1"),),
        out_of_scope=(OutOfScope(quote="Show a dashboard screen", reason="A service only."),),
        not_understood=(NotUnderstoodClause(quote="Make it sparkle", reason="No known meaning."),),
    )


def database() -> DatabaseSchema:
    """Its tables."""
    member = Relation(name="member", target="members", column="member_id", inverse="loans")
    book = Relation(name="book", target="books", column="book_id", inverse="loans")
    return DatabaseSchema(
        account="members",
        enums=(
            EnumType(name="BookStatus", values=("in", "out")),
            EnumType(name="MemberRole", values=("member", "librarian")),
        ),
        tables=(
            DatabaseTable(
                name="members",
                model="Member",
                entity="member",
                owner="id",
                columns=(
                    Column(name="email", type=ColumnType.STRING, unique=True, format="email"),
                    Column(name="password_hash", type=ColumnType.STRING, exposure=Exposure.NONE),
                    Column(
                        name="role",
                        type=ColumnType.ENUM,
                        enum="MemberRole",
                        default="member",
                        exposure=Exposure.READ,
                    ),
                ),
            ),
            DatabaseTable(
                name="books",
                model="Book",
                entity="book",
                columns=(
                    Column(name="title", type=ColumnType.STRING, max_length=200),
                    Column(name="status", type=ColumnType.ENUM, enum="BookStatus", default="in"),
                    Column(name="price", type=ColumnType.DECIMAL, scale=2, minimum="0"),
                    Column(name="sequel_of_id", type=ColumnType.INTEGER, nullable=True),
                ),
                relations=(
                    Relation(
                        name="sequel_of",
                        target="books",
                        column="sequel_of_id",
                        inverse="sequels",
                        on_delete="set_null",
                    ),
                    Relation(
                        name="tags",
                        target="tags",
                        cardinality=Cardinality.MANY_TO_MANY,
                        through="book_tags",
                        through_source="book",
                        through_target="tag",
                        inverse="books",
                    ),
                ),
                indexes=(Index(columns=("status",)),),
                computed=(
                    ComputedField(
                        name="open_loans",
                        type="int",
                        rule=Aggregate(
                            function=AggregateFunction.COUNT, table="loans", where=(OPEN,)
                        ),
                    ),
                    ComputedField(name="label", type="str", function="label_book"),
                ),
            ),
            DatabaseTable(
                name="tags",
                model="Tag",
                columns=(
                    Column(name="name", type=ColumnType.STRING, unique=True, error="TagExists"),
                ),
            ),
            DatabaseTable(
                name="book_tags",
                model="BookTag",
                timestamps=False,
                columns=(
                    Column(name="book_id", type=ColumnType.INTEGER),
                    Column(name="tag_id", type=ColumnType.INTEGER),
                ),
                relations=(
                    Relation(name="book", target="books", column="book_id", on_delete="cascade"),
                    Relation(name="tag", target="tags", column="tag_id", on_delete="cascade"),
                ),
                constraints=(
                    Constraint(
                        name="once", kind="unique", columns=("book_id", "tag_id"), error="TagExists"
                    ),
                ),
            ),
            DatabaseTable(
                name="loans",
                model="Loan",
                entity="loan",
                owner="member_id",
                columns=(
                    Column(name="member_id", type=ColumnType.INTEGER, exposure=Exposure.READ),
                    Column(name="book_id", type=ColumnType.INTEGER, changeable=False),
                    Column(
                        name="returned_at",
                        type=ColumnType.DATETIME,
                        nullable=True,
                        exposure=Exposure.READ,
                    ),
                ),
                relations=(member, book),
                constraints=(
                    Constraint(
                        name="one_open_loan",
                        kind="unique",
                        columns=("book_id",),
                        where=(CheckTerm(column="returned_at", op=Comparison.IS_NULL),),
                        error="AlreadyBorrowed",
                    ),
                    Constraint(
                        name="returned_later",
                        kind="check",
                        check=(
                            CheckTerm(
                                column="returned_at",
                                op=Comparison.GE,
                                other=CheckSide(column="created_at"),
                            ),
                        ),
                        error="AlreadyBorrowed",
                    ),
                ),
                computed=(
                    ComputedField(
                        name="overdue",
                        type="bool",
                        rule=Formula(
                            table="loans",
                            operation="all",
                            conditions=(
                                OPEN,
                                Condition(
                                    field="created_at",
                                    op=Comparison.LT,
                                    operands=(Now(plus_parameter="loan_days", minus=True),),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )


TEMPLATE = '''def count_open_loans(member_id: int, *, session: Session) -> int:
    """How many books the member has not returned."""
    ...


def borrow_book(
    book_id: int, *, session: Session, user: Member, now: datetime, settings: Settings
) -> Loan:
    """Lend the book to the member, unless the limit is reached."""
    if count_open_loans(user.id, session=session) >= settings.loan_limit:
        raise LoanLimitReached
    return add_loan(user.id, book_id, session=session)
'''


def _parameter(name: str, type_: str) -> FunctionParameter:
    keyword = name in {"session", "user", "now", "settings", "files"}
    return FunctionParameter(name=name, type=type_, keyword_only=keyword)


def borrow() -> CodeGraph:
    """The route with functions."""
    count = FunctionDefinition(
        name="count_open_loans",
        description="How many books the member has not returned.",
        parameters=(_parameter("member_id", "int"), _parameter("session", "Session")),
        return_type="int",
        reads=("loans",),
        rule=Aggregate(
            function=AggregateFunction.COUNT,
            table="loans",
            where=(OPEN, Condition(field="member_id", operands=(Caller(),))),
        ),
        examples=(
            Example(
                name="one is open",
                given={"members": ({},), "loans": ({"member_id": "members:1"},)},
                args={"member_id": "members:1"},
                returns=1,
            ),
        ),
    )
    main = FunctionDefinition(
        name="borrow_book",
        description="Lend the book to the member, unless the limit is reached.",
        kind=FunctionKind.MAIN,
        parameters=(
            _parameter("book_id", "int"),
            _parameter("session", "Session"),
            _parameter("user", "Member"),
            _parameter("now", "datetime"),
            _parameter("settings", "Settings"),
        ),
        return_type="Loan",
        calls=("count_open_loans", "add_loan"),
        raises=("LoanLimitReached",),
        settings=("loan_limit",),
        examples=(
            Example(
                given={"members": ({},), "books": ({"title": "Emma"},)},
                settings={"loan_limit": 0},
                args={"book_id": "books:1", "user": "members:1", "now": "2026-01-01T00:00:00Z"},
                raises="LoanLimitReached",
            ),
        ),
    )
    return CodeGraph(
        function_name="borrow_book",
        module="loans",
        method="POST",
        path="/books/{book_id}/borrow",
        summary="Borrow a book",
        requirements=("R2",),
        access=(Grant(role="member"),),
        response="LoanRead",
        success=Success(status=201, headers={"Location": "/loans/{id}"}),
        raises=("LoanLimitReached", "AlreadyBorrowed"),
        locks=(Lock(table="members", by="user.id"),),
        template=TEMPLATE,
        functions=(count, main),
    )


def routes() -> tuple[CodeGraph, ...]:
    """Its routes."""
    return (
        CodeGraph(
            function_name="list_books",
            module="books",
            method="GET",
            path="/books",
            requirements=("R1",),
            access=(Grant(role="public"),),
            response="Page[BookRead]",
            derived=Derived(
                operation=DerivedOperation.LIST,
                table="books",
                filters=("status",),
                ranges=("price",),
                search=("title",),
                sorts=("title",),
                default_sort="-title",
            ),
        ),
        CodeGraph(
            function_name="list_member_loans",
            module="loans",
            method="GET",
            path="/members/{member_id}/loans",
            access=(Grant(role="librarian"), Grant(role="member", scope=Scope.OWN)),
            response="Page[LoanRead]",
            derived=Derived(operation=DerivedOperation.LIST, table="loans", parent="member"),
        ),
        CodeGraph(
            function_name="export_titles",
            module="books",
            method="GET",
            path="/books/titles",
            access=(Grant(role="librarian"),),
            parameters=(QueryParameter(name="prefix", type="str | None", default="None"),),
            success=Success(kind=SuccessKind.TEXT),
            template=(
                "def export_titles(prefix: str | None = None, *, session: Session) -> str:\n"
                '    """All titles, one in a line."""\n'
                "    return join_titles(prefix, session=session)\n"
                "\n\n"
                "def join_titles(prefix: str | None, *, session: Session) -> str:\n"
                '    """The titles that begin so, one in a line."""\n'
            ),
            functions=(
                FunctionDefinition(
                    name="export_titles",
                    description="All titles, one in a line.",
                    kind=FunctionKind.MAIN,
                    parameters=(
                        FunctionParameter(name="prefix", type="str | None", default="None"),
                        _parameter("session", "Session"),
                    ),
                    return_type="str",
                    calls=("join_titles",),
                ),
                FunctionDefinition(
                    name="join_titles",
                    description="The titles that begin so, one in a line.",
                    parameters=(
                        FunctionParameter(name="prefix", type="str | None"),
                        _parameter("session", "Session"),
                    ),
                    return_type="str",
                    reads=("books",),
                ),
            ),
        ),
        borrow(),
    )


def architecture() -> Architecture:
    """How it is built."""
    return Architecture(
        specification=specification(),
        name="library",
        modules=(Module(name="books"), Module(name="loans", description="Lending.")),
        database=database(),
        types=(
            ObjectType(name="Paid", fields=(TypeField(name="kind", type="Literal['paid']"),)),
            ObjectType(
                name="Waived",
                fields=(
                    TypeField(name="kind", type="Literal['waived']"),
                    TypeField(name="reason", type="str", optional=True),
                ),
            ),
            ObjectType(name="Settlement", variants=("Paid", "Waived"), discriminator="kind"),
        ),
        errors=(
            ErrorType(
                name="LoanLimitReached",
                base="Conflict",
                code="loan_limit_reached",
                title="You have as many books as you may.",
            ),
            ErrorType(
                name="AlreadyBorrowed",
                base="Conflict",
                code="already_borrowed",
                title="Somebody has this book.",
            ),
            ErrorType(
                name="TagExists", base="Conflict", code="tag_exists", title="It is there already."
            ),
        ),
        settings=(
            Setting(name="loan_limit", default=5, parameter="loan_limit"),
            Setting(name="loan_days", default=14, parameter="loan_days"),
            Setting(name="mail_key", type="str", secret=True, assumption="A1"),
        ),
        ports=(
            Port(
                name="mail",
                functions=(
                    FunctionDefinition(
                        name="send_mail",
                        description="Sends a mail.",
                        parameters=(FunctionParameter(name="to", type="str"),),
                        effects=("network",),
                    ),
                ),
            ),
        ),
        jobs=(Job(name="remind", function="remind_members", schedule="every day"),),
        shared=(
            FunctionDefinition(
                name="add_loan",
                description="Adds a loan.",
                kind=FunctionKind.SHARED,
                parameters=(
                    _parameter("member_id", "int"),
                    _parameter("book_id", "int"),
                    _parameter("session", "Session"),
                ),
                return_type="Loan",
                writes=("loans",),
            ),
            FunctionDefinition(
                name="label_book",
                description="Its title and status.",
                kind=FunctionKind.SHARED,
                parameters=(FunctionParameter(name="book", type="Book"),),
                return_type="str",
            ),
            FunctionDefinition(
                name="remind_members",
                description="Mails whoever is overdue.",
                kind=FunctionKind.SHARED,
                parameters=(_parameter("session", "Session"), _parameter("now", "datetime")),
                calls=("send_mail",),
                reads=("loans",),
                rule=Filter(table="loans", where=(OPEN,), order=(Order(field="created_at"),)),
            ),
        ),
        routes=routes(),
        scenarios=(
            Scenario(
                name="a member borrows",
                requirement="R2",
                criteria=("R2.1",),
                steps=(
                    Step(
                        actor="member",
                        method="POST",
                        path="/books/$book.id/borrow",
                        expect=Expect(status=201, body={"returned_at": None}),
                        save={"loan": "."},
                    ),
                    Step(advance="15 days"),
                ),
            ),
        ),
        uncovered=("R1.1",),
        mends=(Mend(place="route GET /books/titles", what="Optional[str] became str | None."),),
    )


def implementation() -> Implementation:
    """Its functions, one of them given up."""
    built = architecture()
    functions = [
        Function(
            name=item.name,
            code=f"def {item.name}():\n    return 1\n",
            status=FunctionStatus.VERIFIED,
            packages=(Package(name="Babel", specifier=">=2"),),
            tests=(FunctionTest(name="test_it", origin="generated", code="assert True"),),
            evidence=(Check(name="parses", passed=True, mended="a missing import"),),
            journal_keys=("k1",),
            clarifications=(Clarification(question="Which?", answer="Both."),),
        )
        for item in built.functions
    ]
    functions[-1] = Function(
        name=functions[-1].name,
        code="",
        status=FunctionStatus.UNVERIFIED,
        evidence=(Check(name="examples", passed=False, detail="expected 1, got 2"),),
    )
    return Implementation(architecture=built, functions=tuple(functions))


def application() -> Application:
    """The service, incomplete."""
    done = implementation()
    return Application(
        implementation=done,
        name="library",
        description="Lends books to members.",
        routes=tuple(
            CompiledRoute(
                function_name=route.function_name,
                code="...",
                functions=tuple(item.name for item in route.functions),
                verified=route.derived is not None,
            )
            for route in done.architecture.routes
        ),
        files=(
            ServiceFile.of("app/main.py", "app = 1\n"),
            ServiceFile.of("run.sh", "#!/bin/sh\n", executable=True),
        ),
        source_map=(SourceSpan(file="app/main.py", first=1, last=1, element="fixed"),),
        lock=(LockedPackage(name="fastapi", version="1.0", hashes=("sha256:0",)),),
        verification=Verification(
            steps=(
                VerificationStep(name="boot", outcome=Outcome.PASSED, figures={"routes": 4}),
                VerificationStep(name="postgres", outcome=Outcome.SKIPPED, detail="none here"),
            )
        ),
        missing=("borrow_book could not be verified.",),
    )
