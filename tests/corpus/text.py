"""Text: words, cases, masks and searches."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def make_slug(title: str) -> str:
    """The title in lower case without accents, its words of letters and digits joined by hyphens.

    A title without any letter or digit gives "untitled".
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join(words) or "untitled"
''',
        examples=(
            example("hello-world", title="Hello, World!"),
            example("creme-brulee-2", title=" Crème  brûlée 2 "),
            example("untitled", title="!?"),
        ),
        mutants=wrong(
            ("dropped call", "plain.lower()", "plain"),
            ("wrong constant", '"-".join', '"_".join'),
            ("dropped condition", ' or "untitled"', ""),
            ("wrong form", '"NFKD"', '"NFC"'),
            ("dropped case", "[a-z0-9]+", "[a-z]+"),
        ),
    ),
    Specimen(
        code='''
def shorten(text: str, limit: int) -> str:
    """The text, cut where it is longer than the limit: then it ends with … and has limit letters.

    Spaces before the … are left out.
    """
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"
''',
        examples=(
            example("short", text="short", limit=5),
            example("abc…", text="abcdefg", limit=4),
            example("one…", text="one two three", limit=5),
        ),
        mutants=wrong(
            ("off by one", "len(text) <= limit", "len(text) < limit"),
            ("off by one", "text[: limit - 1]", "text[:limit]"),
            ("dropped call", ".rstrip()", ""),
            ("wrong operator", "limit - 1", "limit + 1"),
        ),
    ),
    Specimen(
        code='''
def count_words(text: str) -> dict[str, int]:
    """How often each word is there, in lower case; a word is a run of letters or apostrophes."""
    counts: dict[str, int] = defaultdict(int)
    for word in re.findall(r"[^\\W\\d_]+(?:'[^\\W\\d_]+)*", text.lower()):
        counts[word] += 1
    return dict(counts)
''',
        examples=(
            example({"the": 2, "cat": 1, "hat": 1}, text="The cat, the hat."),
            example({"don't": 1, "go": 2}, text="Don't go go 7"),
            example({}, text=""),
        ),
        mutants=wrong(
            ("dropped call", "text.lower()", "text"),
            ("wrong operator", "counts[word] += 1", "counts[word] = 1"),
            ("wrong type", "defaultdict(int)", "{}"),
            ("wrong pattern", "[^\\W\\d_]+(?:'[^\\W\\d_]+)*", "\\w+"),
        ),
    ),
    Specimen(
        code='''
def is_palindrome(text: str) -> bool:
    """Whether the letters and digits of the text read the same backwards, whatever their case."""
    letters = [letter for letter in text.casefold() if letter.isalnum()]
    return letters == letters[::-1]
''',
        examples=(
            example(True, text="A man, a plan, a canal: Panama"),
            example(False, text="Python"),
            example(True, text=""),
            example(False, text="12-31"),
        ),
        mutants=wrong(
            ("dropped call", ".casefold()", ""),
            ("dropped condition", " if letter.isalnum()", ""),
            ("wrong method", "isalnum()", "isalpha()"),
            ("negated condition", "letters == letters", "letters != letters"),
        ),
    ),
    Specimen(
        code='''
def mask_email(email: str) -> str:
    """The address with its local part hidden but for the first letter: `a***@example.com`.

    Raises BadInput when there is not exactly one @ with something before and after it.
    """
    name, at, domain = email.partition("@")
    if not name or not at or not domain or "@" in domain:
        raise BadInput("This is no e-mail address.")
    return f"{name[0]}***@{domain}"
''',
        raises=("BadInput",),
        examples=(
            example("g***@example.com", email="grace@example.com"),
            example(raises="BadInput", email="grace@"),
            example(raises="BadInput", email="@example.com"),
            example(raises="BadInput", email="a@b@c"),
        ),
        mutants=wrong(
            ("dropped condition", "not name or ", ""),
            ("dropped condition", ' or "@" in domain', ""),
            ("wrong index", "name[0]", "name[-1]"),
            ("wrong operator", "not at or not domain", "not at and not domain"),
            ("wrong error", "raise BadInput", "raise Missing"),
            ("swallowed error", 'raise BadInput("This is no e-mail address.")', "return email"),
        ),
    ),
    Specimen(
        code='''
def caesar(text: str, shift: int) -> str:
    """The Latin letters of the text moved on by `shift` places, round the alphabet; case is kept.

    Everything else stays as it is.
    """

    def moved(letter: str) -> str:
        for first in ("a", "A"):
            number = ord(letter) - ord(first)
            if 0 <= number < 26:
                return chr(ord(first) + (number + shift) % 26)
        return letter

    return "".join(moved(letter) for letter in text)
''',
        examples=(
            example("Bcd, Abc!", text="Abc, Zab!", shift=1),
            example("abc", text="def", shift=-3),
            example("xyz 1", text="xyz 1", shift=26),
        ),
        mutants=wrong(
            ("off by one", "0 <= number", "0 < number"),
            ("off by one", "number < 26", "number < 25"),
            ("wrong operator", "number + shift", "number - shift"),
            ("dropped condition", " % 26", ""),
            ("dropped case", '("a", "A")', '("a",)'),
        ),
    ),
    Specimen(
        code='''
def wrap_lines(words: list[str], width: int) -> list[str]:
    """The words as lines of at most `width` letters, each word on the first line it fits.

    A word that is longer than a line has a line of its own.
    """
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
''',
        examples=(
            example(["a bb", "cc"], words=["a", "bb", "cc"], width=6),
            example(["a", "bcd", "e f"], words=["a", "bcd", "e", "f"], width=3),
            example(["longest", "a"], words=["longest", "a"], width=3),
            example([], words=[], width=10),
        ),
        mutants=wrong(
            ("off by one", "<= width", "< width"),
            ("off by one", "+ 1 + len(word)", "+ len(word)"),
            ("dropped statement", '" " + word', "word"),
            ("wrong index", "len(lines[-1])", "len(lines[0])"),
            ("dropped condition", "lines and len", "len"),
        ),
    ),
    Specimen(
        code='''
def longest_common_prefix(words: list[str]) -> str:
    """The longest text that every word begins with; nothing for no words."""
    if not words:
        return ""
    shortest = min(words, key=len)
    for length in range(len(shortest), 0, -1):
        prefix = shortest[:length]
        if all(word.startswith(prefix) for word in words):
            return prefix
    return ""
''',
        examples=(
            example("flo", words=["flower", "flow", "floor"]),
            example("", words=["dog", "car"]),
            example("", words=[]),
            example("a", words=["ab", "a", "ac"]),
            example("same", words=["same", "same"]),
        ),
        mutants=wrong(
            ("dropped condition", '    if not words:\n        return ""\n', ""),
            ("wrong function", "all(word", "any(word"),
            ("wrong function", "word.startswith", "word.endswith"),
            ("off by one", "range(len(shortest), 0, -1)", "range(len(shortest) - 1, 0, -1)"),
        ),
    ),
    Specimen(
        code='''
def to_snake_case(name: str) -> str:
    """`orderItemID` and `Order Item-ID` as `order_item_id`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\\1_\\2", name)
    return re.sub(r"[\\s\\-_]+", "_", spaced.strip()).lower()
''',
        examples=(
            example("order_item_id", name="orderItemID"),
            example("order_item_id", name="Order Item-ID"),
            example("room2_b", name=" room2B"),
        ),
        mutants=wrong(
            ("dropped call", ".lower()", ""),
            ("dropped call", "spaced.strip()", "spaced"),
            ("dropped case", "[a-z0-9]", "[a-z]"),
            ("swapped arguments", 'r"\\1_\\2"', 'r"\\2_\\1"'),
        ),
    ),
    Specimen(
        code='''
def initials(names: list[str], limit: int = 2) -> str:
    """The upper-case first letters of the names, of the first `limit` ones that are not empty."""
    found = [name.strip()[0].upper() for name in names if name.strip()]
    return "".join(found[:limit])
''',
        examples=(
            example("AL", names=["ada", " ", "lovelace", "king"]),
            example("ALK", names=["ada", " lovelace", "king"], limit=3),
            example("", names=[]),
        ),
        mutants=wrong(
            ("wrong default", "limit: int = 2", "limit: int = 3"),
            ("dropped condition", " if name.strip()]", "]"),
            ("dropped call", ".upper()", ""),
            ("off by one", "found[:limit]", "found[: limit + 1]"),
            ("wrong order", "found[:limit]", "found[-limit:]"),
        ),
    ),
)
