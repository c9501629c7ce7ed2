"""Text, parsing and validation, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def run_lengths(text: str) -> list[tuple[str, int]]:
    """Each letter with how often it is repeated there: aab is (a, 2), (b, 1)."""
    return [(letter, len(list(group))) for letter, group in groupby(text)]
''',
        examples=(
            example([["a", 2], ["b", 1], ["a", 1]], text="aaba"),
            example([], text=""),
        ),
        mutants=wrong(
            ("wrong order", "groupby(text)", "groupby(sorted(text))"),
            ("off by one", "len(list(group))", "len(list(group)) - 1"),
            ("swapped arguments", "(letter, len(list(group)))", "(len(list(group)), letter)"),
        ),
    ),
    Specimen(
        code='''
def title_case(text: str, small: list[str]) -> str:
    """Every word with a capital first letter; small words (in lower case) only at the start."""
    words = text.lower().split()
    return " ".join(
        word if place > 0 and word in small else word.capitalize()
        for place, word in enumerate(words)
    )
''',
        examples=(
            example("The Lord of the Rings", text="THE lord OF the rings", small=["of", "the"]),
            example("", text=" ", small=[]),
        ),
        mutants=wrong(
            ("dropped condition", "place > 0 and ", ""),
            ("off by one", "place > 0", "place > 1"),
            ("negated condition", "word in small", "word not in small"),
            ("dropped call", ".lower()", ""),
            ("wrong constant", '" ".join', '"".join'),
        ),
    ),
    Specimen(
        code='''
def fill_template(template: str, values: dict[str, str]) -> str:
    """The text with each {name} replaced by its value. Raises Missing for a name without one."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise Missing(f"There is no value for {name}.")
        return values[name]

    return re.sub(r"\\{(\\w+)\\}", value, template)
''',
        raises=("Missing",),
        examples=(
            example("Dear Ann, Ann!", template="Dear {name}, {name}!", values={"name": "Ann"}),
            example("{a b}", template="{a b}", values={}),
            example(raises="Missing", template="{x}", values={"y": "1"}),
            example("{b}", template="{a}", values={"a": "{b}"}),
        ),
        mutants=wrong(
            ("swallowed error", 'raise Missing(f"There is no value for {name}.")', "return name"),
            ("wrong index", "match[1]", "match[0]"),
            ("dropped argument", "value, template)", "value, template, count=1)"),
            ("negated condition", "name not in values", "name in values"),
        ),
    ),
    Specimen(
        code='''
def luhn_valid(number: str) -> bool:
    """Whether a card number of digits and spaces, at least two digits, has a right check digit."""
    digits = number.replace(" ", "")
    if len(digits) < 2 or not digits.isdecimal():
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2 == 1:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return total % 10 == 0
''',
        examples=(
            example(True, number="4539 3195 0343 6467"),
            example(False, number="8273 1232 7352 0569"),
            example(False, number="0"),
            example(True, number="059"),
            example(False, number="059a"),
        ),
        mutants=wrong(
            ("off by one", "place % 2 == 1", "place % 2 == 0"),
            ("dropped call", "reversed(digits)", "digits"),
            ("off by one", "len(digits) < 2", "len(digits) < 1"),
            ("off by one", "value > 9", "value > 10"),
            ("dropped condition", " or not digits.isdecimal()", ""),
            ("wrong operator", "value *= 2", "value += 2"),
        ),
    ),
    Specimen(
        code='''
def parse_money(text: str) -> tuple[Decimal, str]:
    """`12.50 EUR` as amount and currency: three capital letters, amount with up to two decimals.

    Raises BadInput for anything else.
    """
    match = re.fullmatch(r"(\\d+(?:\\.\\d{1,2})?) ([A-Z]{3})", text)
    if match is None:
        raise BadInput("Write it as 12.50 EUR.", field="text")
    return Decimal(match[1]), match[2]
''',
        raises=("BadInput",),
        examples=(
            example(["12.50", "EUR"], text="12.50 EUR"),
            example(["7", "USD"], text="7 USD"),
            example(raises="BadInput", text="12.505 EUR"),
            example(raises="BadInput", text="12.50 eur"),
        ),
        mutants=wrong(
            ("swapped arguments", "Decimal(match[1]), match[2]", "match[2], Decimal(match[1])"),
            ("wrong pattern", "{1,2}", "+"),
            ("wrong pattern", "[A-Z]{3}", "[A-Za-z]{3}"),
            ("float", "Decimal(match[1])", "float(match[1])"),
            ("wrong error", "raise BadInput(", "raise ValueError("),
        ),
    ),
    Specimen(
        code='''
def diff_words(before: str, after: str) -> tuple[list[str], list[str]]:
    """The different words that are only before, and those that are only after, each sorted."""
    old, new = set(before.split()), set(after.split())
    return sorted(old - new), sorted(new - old)
''',
        examples=(
            example([["a", "c"], ["d", "e"]], before="c b a a", after="b e d"),
            example([[], []], before="", after=""),
        ),
        mutants=wrong(
            (
                "swapped arguments",
                "sorted(old - new), sorted(new - old)",
                "sorted(new - old), sorted(old - new)",
            ),
            ("wrong operator", "new - old", "new ^ old"),
            ("dropped call", "sorted(old - new)", "list(before.split())"),
        ),
    ),
    Specimen(
        code='''
def find_all(text: str, part: str) -> list[int]:
    """Where the part begins in the text, also where its places overlap. Nothing for no part."""
    places: list[int] = []
    if not part:
        return places
    at = text.find(part)
    while at != -1:
        places.append(at)
        at = text.find(part, at + 1)
    return places
''',
        examples=(
            example([0, 1, 4], text="aaabaa", part="aa"),
            example([], text="abc", part="x"),
            example([], text="abc", part=""),
        ),
        mutants=wrong(
            ("off by one", "at + 1)", "at + len(part))"),
            ("wrong function", "at = text.find(part)\n", "at = text.rfind(part)\n"),
            ("dropped condition", "    if not part:\n        return places\n", ""),
            ("wrong constant", "while at != -1", "while at > 0"),
        ),
    ),
    Specimen(
        code='''
def normalize_phone(number: str, country: str = "49") -> str:
    """Digits with + and country code: `0171 / 23` is `+4917123`, `0049…` and `+49…` stay abroad.

    Raises BadInput when there are fewer than 5 digits or other signs than + ( ) / - and spaces.
    """
    if not re.fullmatch(r"\\+?[\\d ()/\\-]+", number):
        raise BadInput
    digits = re.sub(r"\\D", "", number)
    if number.startswith("+"):
        plain = digits
    elif digits.startswith("00"):
        plain = digits[2:]
    else:
        plain = country + digits.removeprefix("0")
    if len(digits) < 5:
        raise BadInput
    return "+" + plain
''',
        raises=("BadInput",),
        examples=(
            example("+4917123", number="0171 / 23"),
            example("+4417123", number="0044 171-23"),
            example("+4417123", number="+44 (171) 23"),
            example("+33123456", number="0123456", country="33"),
            example(raises="BadInput", number="0171"),
            example(raises="BadInput", number="0171 23x"),
        ),
        mutants=wrong(
            ("wrong default", 'country: str = "49"', 'country: str = "43"'),
            ("off by one", "digits[2:]", "digits[1:]"),
            ("off by one", "len(digits) < 5", "len(digits) < 4"),
            ("dropped call", '.removeprefix("0")', ""),
            (
                "dropped condition",
                '    if number.startswith("+"):\n        plain = digits\n    elif',
                "    if",
            ),
            ("wrong function", "re.fullmatch", "re.match"),
        ),
    ),
    Specimen(
        code='''
def check_settings(values: dict[str, JsonValue]) -> list[str]:
    """Problems: `host: missing`, then `port: missing`, or `port: no port` outside of 1 to 65535.

    A host is any text that is not empty.
    """
    problems: list[str] = []
    if not values.get("host"):
        problems.append("host: missing")
    port = values.get("port")
    if port is None:
        problems.append("port: missing")
    elif not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65535:
        problems.append("port: no port")
    return problems
''',
        examples=(
            example([], values={"host": "x", "port": 65535}),
            example(["host: missing", "port: missing"], values={}),
            example(["host: missing", "port: no port"], values={"host": "", "port": 0}),
            example(["port: no port"], values={"host": "x", "port": 65536}),
            example(["port: no port"], values={"host": "x", "port": True}),
        ),
        mutants=wrong(
            ("off by one", "1 <= port", "0 <= port"),
            ("off by one", "<= 65535", "<= 65536"),
            ("dropped condition", " or isinstance(port, bool)", ""),
            ("wrong condition", 'not values.get("host")', 'values.get("host") is None'),
            ("wrong operator", "elif not", "if not"),
        ),
    ),
)
