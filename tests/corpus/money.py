"""Money and other exact figures."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example

SPECIMENS = (
    Specimen(
        code='''
def round_price(price: Decimal, step: Decimal) -> Decimal:
    """The price rounded to the nearest multiple of the step, halves up."""
    return (price / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
''',
        examples=(
            example("1.05", price="1.03", step="0.05"),
            example("1.00", price="1.02", step="0.05"),
            example("0.5", price="0.25", step="0.5"),
        ),
        mutants=(
            Mutant("rounding", "ROUND_HALF_UP", "ROUND_DOWN"),
            Mutant("rounding", "ROUND_HALF_UP", "ROUND_HALF_EVEN"),
            Mutant("dropped factor", " * step", ""),
            Mutant("wrong operator", "price / step", "price * step"),
        ),
    ),
    Specimen(
        code='''
def split_bill(total: Decimal, people: int) -> list[Decimal]:
    """The total in equal shares of whole cents; the first people pay the cents that remain.

    Raises BadInput when there are no people.
    """
    if people < 1:
        raise BadInput("There must be people.")
    cents = int(total * 100)
    share, rest = divmod(cents, people)
    return [Decimal(share + (1 if number < rest else 0)) / 100 for number in range(people)]
''',
        raises=("BadInput",),
        examples=(
            example(["3.34", "3.33", "3.33"], total="10.00", people=3),
            example(["5.00"], total="5.00", people=1),
            example(["0.01", "0.01", "0"], total="0.02", people=3),
            example(raises="BadInput", total="5.00", people=0),
        ),
        mutants=(
            Mutant("off by one", "people < 1", "people < 0"),
            Mutant("off by one", "number < rest", "number <= rest"),
            Mutant("swapped arguments", "divmod(cents, people)", "divmod(people, cents)"),
            Mutant("dropped condition", "(1 if number < rest else 0)", "0"),
            Mutant("float", "Decimal(share", "float(share"),
        ),
    ),
)
