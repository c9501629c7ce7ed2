"""Parsing and validation."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def parse_key_values(text: str) -> dict[str, str]:
    """Lines `key = value` as a dictionary; later ones win; empty lines and # comments are skipped.

    Raises BadInput for a line without =.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, sign, value = line.partition("=")
        if not sign:
            raise BadInput(f"There is no = in {line!r}.")
        found[key.strip()] = value.strip()
    return found
''',
        raises=("BadInput",),
        examples=(
            example({"a": "2", "b": "x=y"}, text="a=1\n# note, no sign\n\n a = 2 \nb = x=y"),
            example({}, text=""),
            example(raises="BadInput", text="a=1\noops"),
        ),
        mutants=wrong(
            ("dropped condition", 'not line or line.startswith("#")', "not line"),
            ("dropped condition", "not line or line", "line"),
            ("wrong method", 'line.partition("=")', 'line.rpartition("=")'),
            ("dropped call", "value.strip()", "value"),
            ("swallowed error", 'raise BadInput(f"There is no = in {line!r}.")', "continue"),
            ("wrong operator", "            continue", "            break"),
        ),
    ),
    Specimen(
        code='''
def parse_version(text: str) -> tuple[int, int, int]:
    """`v1.20.3` or `1.20` as numbers, missing ones 0. Raises BadInput for anything else."""
    match = re.fullmatch(r"v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?", text.strip())
    if match is None:
        raise BadInput("This is no version.")
    return int(match[1]), int(match[2] or 0), int(match[3] or 0)
''',
        raises=("BadInput",),
        examples=(
            example([1, 20, 3], text="v1.20.3"),
            example([1, 20, 0], text=" 1.20 "),
            example([2, 0, 0], text="2"),
            example(raises="BadInput", text="1-2"),
            example(raises="BadInput", text="1.2.3.4"),
        ),
        mutants=wrong(
            ("wrong function", "re.fullmatch", "re.match"),
            ("dropped call", "text.strip()", "text"),
            ("wrong index", "int(match[3] or 0)", "int(match[2] or 0)"),
            ("dropped default", "match[2] or 0", "match[2]"),
            ("dropped case", 'r"v?', 'r"'),
            ("dropped escape", "(?:\\.(\\d+))?(?:", "(?:.(\\d+))?(?:"),
        ),
    ),
    Specimen(
        code='''
def read_csv_totals(text: str) -> dict[str, Decimal]:
    """The sums of `amount` by `name` in CSV text with a header line.

    Raises BadInput when a column is missing or an amount is no number.
    """
    totals: dict[str, Decimal] = {}
    for row in csv.DictReader(io.StringIO(text)):
        try:
            name, amount = row["name"], Decimal(row["amount"])
        except (KeyError, TypeError, ArithmeticError):
            raise BadInput("Each line has a name and an amount.") from None
        totals[name] = totals.get(name, Decimal(0)) + amount
    return totals
''',
        raises=("BadInput",),
        examples=(
            example(
                {"ann, b": "3.75", "cy": "2"},
                text='name,amount\n"ann, b",1.25\ncy,2\n"ann, b",2.50\n',
            ),
            example({}, text=""),
            example(raises="BadInput", text="name,amount\nann,much\n"),
            example(raises="BadInput", text="name\nann\n"),
        ),
        mutants=wrong(
            ("wrong operator", "Decimal(0)) + amount", "Decimal(0)) - amount"),
            (
                "dropped condition",
                "(KeyError, TypeError, ArithmeticError)",
                "(TypeError, ArithmeticError)",
            ),
            (
                "dropped condition",
                "(KeyError, TypeError, ArithmeticError)",
                "(KeyError, TypeError)",
            ),
            ("dropped condition", "totals.get(name, Decimal(0)) + amount", "amount"),
            ("float", 'Decimal(row["amount"])', 'float(row["amount"])'),
            (
                "swallowed error",
                'raise BadInput("Each line has a name and an amount.") from None',
                "continue",
            ),
        ),
    ),
    Specimen(
        code='''
def evaluate(expression: str) -> int:
    """The value of whole numbers, + - * and brackets, with the usual precedence.

    Raises BadInput for anything else.
    """
    tokens = re.findall(r"\\d+|\\S", expression)

    def factor(place: int) -> tuple[int, int]:
        if place < len(tokens) and tokens[place].isdecimal():
            return int(tokens[place]), place + 1
        if place < len(tokens) and tokens[place] == "(":
            value, place = total(place + 1)
            if place < len(tokens) and tokens[place] == ")":
                return value, place + 1
        raise BadInput("A number is expected.")

    def term(place: int) -> tuple[int, int]:
        value, place = factor(place)
        while place < len(tokens) and tokens[place] == "*":
            other, place = factor(place + 1)
            value *= other
        return value, place

    def total(place: int) -> tuple[int, int]:
        value, place = term(place)
        while place < len(tokens) and tokens[place] in "+-":
            sign = 1 if tokens[place] == "+" else -1
            other, place = term(place + 1)
            value += sign * other
        return value, place

    result, end = total(0)
    if end != len(tokens):
        raise BadInput("There is something after the end.")
    return result
''',
        raises=("BadInput",),
        examples=(
            example(7, expression="1 + 2*3"),
            example(9, expression="(1+2) * 3"),
            example(-4, expression="1 - 2 - 3"),
            example(raises="BadInput", expression="1 +"),
            example(raises="BadInput", expression="(1"),
            example(raises="BadInput", expression="1 2"),
        ),
        mutants=wrong(
            ("wrong operator", "value *= other", "value += other"),
            (
                "swapped arguments",
                '1 if tokens[place] == "+" else -1',
                '-1 if tokens[place] == "+" else 1',
            ),
            ("wrong call", "other, place = term(place + 1)", "other, place = total(place + 1)"),
            (
                "dropped condition",
                (
                    "    if end != len(tokens):\n"
                    '        raise BadInput("There is something after the end.")\n'
                ),
                "",
            ),
            ("off by one", "total(place + 1)", "total(place)"),
            ("forbidden call", "result, end = total(0)", "return eval(expression)"),
        ),
    ),
    Specimen(
        code='''
def password_problems(password: str) -> list[str]:
    """What is wrong with a password: "short" below 8 letters, "no digit", "no letter"."""
    rules = [
        ("short", len(password) >= 8),
        ("no digit", any(letter.isdigit() for letter in password)),
        ("no letter", any(letter.isalpha() for letter in password)),
    ]
    return [name for name, kept in rules if not kept]
''',
        examples=(
            example([], password="secret12"),
            example(["short", "no digit"], password="secrets"),
            example(["no letter"], password="12345678"),
            example(["no digit"], password="secretly"),
        ),
        mutants=wrong(
            ("off by one", ">= 8", "> 8"),
            ("wrong function", "any(letter.isdigit()", "all(letter.isdigit()"),
            ("negated condition", "if not kept", "if kept"),
            ("wrong method", "letter.isalpha()", "letter.isalnum()"),
            ("wrong constant", ">= 8", ">= 7"),
        ),
    ),
    Specimen(
        code='''
def check_isbn(isbn: str) -> bool:
    """Whether it is a valid ISBN-10: nine digits and a digit or X; hyphens are ignored."""
    letters = isbn.replace("-", "")
    if not re.fullmatch(r"[0-9]{9}[0-9X]", letters):
        return False
    values = [10 if letter == "X" else int(letter) for letter in letters]
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0
''',
        examples=(
            example(True, isbn="0-306-40615-2"),
            example(True, isbn="080442957X"),
            example(False, isbn="0-306-40615-3"),
            example(False, isbn="0-306-40615"),
            example(False, isbn="X804429570"),
        ),
        mutants=wrong(
            ("wrong constant", "% 11", "% 10"),
            ("wrong constant", "10 if letter", "11 if letter"),
            ("dropped call", '.replace("-", "")', ""),
            ("off by one", "(10 - place)", "(9 - place)"),
            ("dropped case", "[0-9X]", "[0-9]"),
        ),
    ),
    Specimen(
        code='''
def validate_quantities(quantities: dict[str, int], stock: dict[str, int]) -> list[str]:
    """The sorted names that cannot be had: not in stock, more than is there, or less than one."""
    return sorted(
        name
        for name, wanted in quantities.items()
        if wanted < 1 or wanted > stock.get(name, 0)
    )
''',
        examples=(
            example(
                ["ink", "nib", "pad"],
                quantities={"pen": 2, "pad": 3, "nib": 0, "ink": 1},
                stock={"pen": 2, "pad": 2, "nib": 5},
            ),
            example([], quantities={}, stock={"pen": 1}),
        ),
        mutants=wrong(
            ("off by one", "wanted > stock", "wanted >= stock"),
            ("off by one", "wanted < 1", "wanted < 0"),
            ("wrong default", "stock.get(name, 0)", "stock.get(name, wanted)"),
            ("dropped call", "sorted(", "list("),
            ("wrong operator", "wanted < 1 or", "wanted < 1 and"),
        ),
    ),
    Specimen(
        code='''
def parse_bool(text: str) -> bool:
    """Yes, true, on and 1 are True; no, false, off and 0 are False, in any case.

    Raises BadInput for anything else.
    """
    match text.strip().lower():
        case "yes" | "true" | "on" | "1":
            return True
        case "no" | "false" | "off" | "0":
            return False
        case _:
            raise BadInput("Say yes or no.")
''',
        raises=("BadInput",),
        examples=(
            example(True, text="Yes"),
            example(True, text=" 1"),
            example(False, text="off"),
            example(False, text="FALSE"),
            example(raises="BadInput", text="maybe"),
        ),
        mutants=wrong(
            ("dropped call", ".lower()", ""),
            ("dropped call", ".strip()", ""),
            ("dropped case", ' | "1"', ""),
            ("swallowed error", 'raise BadInput("Say yes or no.")', "return False"),
            ("wrong constant", "            return False", "            return True"),
        ),
    ),
    Specimen(
        code='''
def parse_amount(text: str) -> Decimal:
    """An amount such as `1,234.50` with two digits after the point or none, exactly.

    Raises BadInput for anything else, also for negative amounts.
    """
    if not re.fullmatch(r"\\d{1,3}(,\\d{3})*(\\.\\d{2})?|\\d+(\\.\\d{2})?", text):
        raise BadInput
    return Decimal(text.replace(",", ""))
''',
        raises=("BadInput",),
        examples=(
            example("1234.50", text="1,234.50"),
            example("1234", text="1234"),
            example(raises="BadInput", text="12,34"),
            example(raises="BadInput", text="-1.00"),
            example(raises="BadInput", text="1.5"),
        ),
        mutants=wrong(
            ("float", 'Decimal(text.replace(",", ""))', 'float(text.replace(",", ""))'),
            ("dropped call", '.replace(",", "")', ""),
            ("wrong function", "re.fullmatch", "re.search"),
            ("off by one", "(,\\d{3})*", "(,\\d{2,3})*"),
            ("swallowed error", "raise BadInput", "return Decimal(0)"),
        ),
    ),
)
