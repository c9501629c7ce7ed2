"""Dataclasses, enums and small state machines."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
@dataclass(frozen=True, order=True)
class _Point:
    x: int
    y: int

    def distance(self, other: "_Point") -> int:
        return abs(self.x - other.x) + abs(self.y - other.y)


def nearest_point(points: list[tuple[int, int]], x: int, y: int) -> tuple[int, int]:
    """The point with the least |dx| + |dy| to (x, y); the smaller one of equally near ones.

    Raises Missing when there are no points.
    """
    if not points:
        raise Missing
    here = _Point(x, y)
    best = min((_Point(*point) for point in points), key=lambda item: (item.distance(here), item))
    return best.x, best.y
''',
        raises=("Missing",),
        examples=(
            example([2, 2], points=[[5, 5], [2, 2], [0, 1]], x=3, y=1),
            example([0, 1], points=[[1, 0], [0, 1]], x=0, y=0),
            example(raises="Missing", points=[], x=0, y=0),
        ),
        mutants=wrong(
            ("dropped call", "abs(self.x - other.x) + abs", "self.x - other.x + abs"),
            ("wrong aggregate", "best = min(", "best = max("),
            ("dropped condition", "(item.distance(here), item)", "item.distance(here)"),
            ("swapped arguments", "return best.x, best.y", "return best.y, best.x"),
            ("wrong column", "abs(self.y - other.y)", "abs(self.y - other.x)"),
            ("dropped argument", ", order=True", ""),
        ),
    ),
    Specimen(
        code='''
class _Level(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


def highest_level(names: list[str]) -> str | None:
    """The highest of the levels low, medium and high, in lower case; None for no names.

    Raises BadInput for any other name.
    """
    try:
        levels = [_Level[name.upper()] for name in names]
    except KeyError:
        raise BadInput("A level is low, medium or high.") from None
    return max(levels).name.lower() if levels else None
''',
        raises=("BadInput",),
        examples=(
            example("high", names=["low", "High", "medium"]),
            example("medium", names=["medium", "low"]),
            example(None, names=[]),
            example(raises="BadInput", names=["low", "huge"]),
        ),
        mutants=wrong(
            ("wrong aggregate", "max(levels)", "min(levels)"),
            ("wrong index", "max(levels)", "levels[-1]"),
            ("dropped call", "name.upper()", "name"),
            (
                "swallowed error",
                'raise BadInput("A level is low, medium or high.") from None',
                "return None",
            ),
            ("wrong constant", "MEDIUM = 2", "MEDIUM = 0"),
            ("dropped condition", " if levels else None", ""),
        ),
    ),
    Specimen(
        code='''
_NEXT = {
    OrderStatus.OPEN: {OrderStatus.PAID, OrderStatus.CANCELLED},
    OrderStatus.PAID: {OrderStatus.SHIPPED, OrderStatus.CANCELLED},
}


def check_transition(before: OrderStatus, after: OrderStatus) -> None:
    """Open orders may become paid or cancelled, paid ones shipped or cancelled.

    Raises Conflict for every other change.
    """
    if after not in _NEXT.get(before, set()):
        raise Conflict(f"An order that is {before.value} cannot become {after.value}.")
''',
        raises=("Conflict",),
        examples=(
            example(None, before="open", after="paid"),
            example(None, before="paid", after="cancelled"),
            example(raises="Conflict", before="open", after="shipped"),
            example(raises="Conflict", before="shipped", after="cancelled"),
            example(raises="Conflict", before="open", after="open"),
        ),
        mutants=wrong(
            ("negated condition", "after not in", "after in"),
            ("dropped default", "_NEXT.get(before, set())", "_NEXT[before]"),
            (
                "dropped case",
                "{OrderStatus.SHIPPED, OrderStatus.CANCELLED}",
                "{OrderStatus.SHIPPED}",
            ),
            ("swapped arguments", "_NEXT.get(before, set())", "_NEXT.get(after, set())"),
            ("wrong error", "raise Conflict(", "raise Invalid("),
            (
                "wrong value",
                "{OrderStatus.PAID, OrderStatus.CANCELLED}",
                "{OrderStatus.PAID, OrderStatus.SHIPPED}",
            ),
        ),
    ),
    Specimen(
        code='''
@dataclass
class _Account:
    balance: Decimal = Decimal(0)
    history: list[Decimal] = field(default_factory=list)

    def post(self, amount: Decimal) -> None:
        if self.balance + amount < 0:
            raise Conflict("There is not enough money.")
        self.balance += amount
        self.history.append(amount)


def final_balance(amounts: list[Decimal]) -> Decimal:
    """What is left after all amounts were booked in order on an empty account.

    Raises Conflict when the balance would ever fall below zero.
    """
    account = _Account()
    for amount in amounts:
        account.post(amount)
    return account.balance
''',
        raises=("Conflict",),
        examples=(
            example("7.50", amounts=["10.00", "-2.50"]),
            example("0", amounts=["5", "-5"]),
            example(raises="Conflict", amounts=["5", "-6"]),
            example("0", amounts=[]),
        ),
        mutants=(
            *wrong(
                ("off by one", "+ amount < 0", "+ amount <= 0"),
                ("dropped condition", "self.balance + amount < 0", "self.balance < 0"),
                ("wrong operator", "self.balance += amount", "self.balance = amount"),
                (
                    "swallowed error",
                    "        account.post(amount)",
                    (
                        "        try:\n            account.post(amount)\n"
                        "        except Conflict:\n            pass"
                    ),
                ),
                ("mutable default", "field(default_factory=list)", "[]"),
            ),
            Mutant(
                "dropped statement",
                "        self.history.append(amount)\n",
                "",
                equivalent="Nobody reads the history.",
            ),
        ),
    ),
    Specimen(
        code='''
class _Move(StrEnum):
    LEFT = "L"
    RIGHT = "R"
    FORWARD = "F"


def walk_robot(moves: str) -> tuple[int, int]:
    """Where a robot stands that starts at (0, 0) facing north: L and R turn it, F is a step.

    Raises BadInput for other letters.
    """
    x, y, dx, dy = 0, 0, 0, 1
    for letter in moves:
        try:
            move = _Move(letter)
        except ValueError:
            raise BadInput from None
        match move:
            case _Move.LEFT:
                dx, dy = -dy, dx
            case _Move.RIGHT:
                dx, dy = dy, -dx
            case _Move.FORWARD:
                x, y = x + dx, y + dy
    return x, y
''',
        raises=("BadInput",),
        examples=(
            example([1, 2], moves="FFRF"),
            example([-1, 0], moves="LF"),
            example([0, -1], moves="RRF"),
            example(raises="BadInput", moves="FX"),
        ),
        mutants=wrong(
            ("wrong sign", "dx, dy = -dy, dx", "dx, dy = dy, dx"),
            ("wrong constant", "0, 0, 0, 1", "0, 0, 1, 0"),
            ("wrong operator", "y + dy", "y - dy"),
            ("swallowed error", "            raise BadInput from None", "            continue"),
            ("swapped arguments", 'LEFT = "L"\n    RIGHT = "R"', 'LEFT = "R"\n    RIGHT = "L"'),
        ),
    ),
)
