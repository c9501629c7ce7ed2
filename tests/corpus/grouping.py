"""Sorting, grouping and dictionaries."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def sort_by_length(words: list[str]) -> list[str]:
    """The words from short to long; equally long ones by the alphabet."""
    return sorted(words, key=lambda word: (len(word), word))
''',
        examples=(
            example(["b", "an", "be", "the"], words=["the", "be", "b", "an"]),
            example([], words=[]),
        ),
        mutants=wrong(
            ("dropped condition", "(len(word), word)", "len(word)"),
            ("wrong order", "(len(word), word)", "(-len(word), word)"),
            ("swapped arguments", "(len(word), word)", "(word, len(word))"),
        ),
    ),
    Specimen(
        code='''
def rank_scores(scores: dict[str, int]) -> list[tuple[int, str]]:
    """Place and name, best score first; equal scores share a place and go by name.

    The place after two firsts is the third.
    """
    ranked: list[tuple[int, str]] = []
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    place = 0
    for number, (name, score) in enumerate(ordered, 1):
        if number == 1 or score != ordered[number - 2][1]:
            place = number
        ranked.append((place, name))
    return ranked
''',
        examples=(
            example([[1, "ann"], [1, "bob"], [3, "cy"]], scores={"cy": 5, "bob": 9, "ann": 9}),
            example([], scores={}),
        ),
        mutants=wrong(
            ("wrong order", "(-item[1], item[0])", "(item[1], item[0])"),
            ("dropped condition", "(-item[1], item[0])", "-item[1]"),
            ("off by one", "place = number", "place += 1"),
            ("off by one", "enumerate(ordered, 1)", "enumerate(ordered)"),
            ("swapped arguments", "(place, name)", "(name, place)"),
            ("off by one", "ordered[number - 2]", "ordered[number - 1]"),
        ),
    ),
    Specimen(
        code='''
def group_by_initial(names: list[str]) -> dict[str, list[str]]:
    """The names by their upper-case first letter, each group sorted; empty names are left out."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        if name:
            groups[name[0].upper()].append(name)
    return dict(groups)
''',
        examples=(
            example({"A": ["Ada", "adam"], "B": ["Bo"]}, names=["adam", "Bo", "Ada", ""]),
            example({}, names=[]),
        ),
        mutants=wrong(
            ("dropped call", "sorted(names)", "names"),
            ("dropped call", ".upper()", ""),
            ("dropped condition", "        if name:\n            groups", "        groups"),
            ("wrong index", "name[0]", "name[:2]"),
            ("wrong method", ".append(name)", ".extend(name)"),
        ),
    ),
    Specimen(
        code='''
def merge_counts(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    """The sums of both counts by key; keys whose sum is 0 are left out."""
    keys = first.keys() | second.keys()
    sums = {key: first.get(key, 0) + second.get(key, 0) for key in keys}
    return {key: value for key, value in sums.items() if value != 0}
''',
        examples=(
            example(
                {"a": 3, "c": -1, "d": 4},
                first={"a": 1, "b": 2, "d": 4},
                second={"b": -2, "a": 2, "c": -1},
            ),
            example({}, first={}, second={"x": 0}),
        ),
        mutants=wrong(
            ("wrong operator", "first.keys() | second", "first.keys() & second"),
            ("wrong default", "second.get(key, 0)", "second.get(key, 1)"),
            ("dropped condition", " if value != 0", ""),
            ("wrong operator", "value != 0", "value > 0"),
            ("wrong operator", "+ second.get", "- second.get"),
        ),
    ),
    Specimen(
        code='''
def invert(mapping: dict[str, str]) -> dict[str, list[str]]:
    """Each value with the sorted keys that have it."""
    inverted: dict[str, list[str]] = {}
    for key, value in sorted(mapping.items()):
        inverted.setdefault(value, []).append(key)
    return inverted
''',
        examples=(
            example({"x": ["a", "b"], "y": ["c"]}, mapping={"b": "x", "c": "y", "a": "x"}),
            example({}, mapping={}),
        ),
        mutants=wrong(
            ("dropped call", "sorted(mapping.items())", "mapping.items()"),
            ("swapped arguments", "for key, value in", "for value, key in"),
            (
                "dropped condition",
                "inverted.setdefault(value, []).append(key)",
                "inverted[value] = [key]",
            ),
        ),
    ),
    Specimen(
        code='''
def top_words(counts: dict[str, int], limit: int = 3) -> list[str]:
    """The words with the highest counts, highest first; the alphabet decides between equals."""
    best = heapq.nsmallest(limit, counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, _ in best]
''',
        examples=(
            example(["c", "a", "b"], counts={"d": 1, "b": 2, "a": 2, "c": 5}),
            example(["b"], counts={"a": 1, "b": 2}, limit=1),
            example([], counts={}),
        ),
        mutants=wrong(
            ("wrong function", "heapq.nsmallest", "heapq.nlargest"),
            ("dropped condition", "(-item[1], item[0])", "-item[1]"),
            ("wrong default", "limit: int = 3", "limit: int = 5"),
            ("wrong index", "[word for word, _ in best]", "[word for _, word in best]"),
            ("off by one", "nsmallest(limit,", "nsmallest(limit - 1,"),
        ),
    ),
    Specimen(
        code='''
def chunks(items: list[int], size: int) -> list[list[int]]:
    """The items in lists of this size, the last with what remains. Raises BadInput below 1."""
    if size < 1:
        raise BadInput("A size is at least 1.")
    return [items[start : start + size] for start in range(0, len(items), size)]
''',
        raises=("BadInput",),
        examples=(
            example([[1, 2], [3, 4], [5]], items=[1, 2, 3, 4, 5], size=2),
            example([], items=[], size=3),
            example(raises="BadInput", items=[1], size=0),
        ),
        mutants=wrong(
            ("off by one", "start + size]", "start + size - 1]"),
            ("off by one", "size < 1", "size < 0"),
            ("off by one", "range(0, len(items), size)", "range(0, len(items) - 1, size)"),
            ("dropped condition", ", len(items), size)", ", len(items))"),
        ),
    ),
    Specimen(
        code='''
def without_duplicates(items: list[str]) -> list[str]:
    """The items in order, each only where it is there for the first time; case is ignored."""
    seen: set[str] = set()
    kept: list[str] = []
    for item in items:
        key = item.casefold()
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept
''',
        examples=(
            example(["B", "a", "c"], items=["B", "a", "b", "A", "c"]),
            example([], items=[]),
        ),
        mutants=wrong(
            ("dropped call", "item.casefold()", "item"),
            ("negated condition", "key not in seen", "key in seen"),
            ("dropped statement", "            seen.add(key)\n", ""),
            ("wrong value", "kept.append(item)", "kept.append(key)"),
            ("wrong value", "seen.add(key)", "seen.add(item)"),
        ),
    ),
    Specimen(
        code='''
def flatten(nested: dict[str, JsonValue], separator: str = ".") -> dict[str, JsonValue]:
    """Objects inside objects as one object with joined keys: {"a": {"b": 1}} is {"a.b": 1}.

    Lists and empty objects stay values.
    """
    flat: dict[str, JsonValue] = {}
    for key, value in nested.items():
        if isinstance(value, dict) and value:
            for inner, leaf in flatten(value, separator).items():
                flat[f"{key}{separator}{inner}"] = leaf
        else:
            flat[key] = value
    return flat
''',
        examples=(
            example(
                {"a.b": 1, "a.c.d": [2], "e": {}}, nested={"a": {"b": 1, "c": {"d": [2]}}, "e": {}}
            ),
            example({"a/b/c": None}, nested={"a": {"b": {"c": None}}}, separator="/"),
        ),
        mutants=wrong(
            ("dropped condition", " and value:", ":"),
            ("dropped argument", "flatten(value, separator)", "flatten(value)"),
            ("wrong default", 'separator: str = "."', 'separator: str = "_"'),
            ("swapped arguments", "{key}{separator}{inner}", "{inner}{separator}{key}"),
        ),
    ),
    Specimen(
        code='''
def transpose(rows: list[list[int]]) -> list[list[int]]:
    """Rows as columns. Raises BadInput when the rows are of different lengths."""
    if len({len(row) for row in rows}) > 1:
        raise BadInput("The rows differ in length.")
    return [list(column) for column in zip(*rows, strict=True)]
''',
        raises=("BadInput",),
        examples=(
            example([[1, 3, 5], [2, 4, 6]], rows=[[1, 2], [3, 4], [5, 6]]),
            example([], rows=[]),
            example(raises="BadInput", rows=[[1], [2, 3]]),
        ),
        mutants=(
            *wrong(
                ("off by one", "> 1:", "> 2:"),
                (
                    "swallowed error",
                    '        raise BadInput("The rows differ in length.")',
                    "        return []",
                ),
                ("dropped call", "zip(*rows, strict=True)", "rows"),
                ("wrong order", "zip(*rows", "zip(*rows[::-1]"),
            ),
            Mutant(
                "dropped condition",
                "zip(*rows, strict=True)",
                "zip(*rows, strict=False)",
                equivalent="Different lengths were refused before.",
            ),
        ),
    ),
    Specimen(
        code='''
def cheapest_by_category(offers: list[tuple[str, str, Decimal]]) -> dict[str, str]:
    """Category to the name of its cheapest offer (category, name, price); the first of equals."""
    best: dict[str, tuple[Decimal, str]] = {}
    for category, name, price in offers:
        if category not in best or price < best[category][0]:
            best[category] = (price, name)
    return {category: name for category, (_, name) in best.items()}
''',
        examples=(
            example(
                {"pen": "b", "ink": "c"},
                offers=[
                    ["pen", "a", "2.50"],
                    ["pen", "b", "1.75"],
                    ["ink", "c", "3"],
                    ["ink", "d", "3.00"],
                ],
            ),
            example({}, offers=[]),
        ),
        mutants=wrong(
            ("off by one", "price < best", "price <= best"),
            ("wrong operator", "price < best", "price > best"),
            ("dropped condition", "category not in best or ", ""),
            ("wrong operator", "not in best or price", "not in best and price"),
        ),
    ),
)
