"""Functions that call themselves."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def flatten_list(items: list[JsonValue]) -> list[JsonValue]:
    """The values of lists within lists, however deep, in order."""
    flat: list[JsonValue] = []
    for item in items:
        if isinstance(item, list):
            flat.extend(flatten_list(item))
        else:
            flat.append(item)
    return flat
''',
        examples=(
            example([1, 2, "ab", 4], items=[1, [2, ["ab"], []], 4]),
            example([], items=[[], [[]]]),
            example([None, {"a": [1]}], items=[None, {"a": [1]}]),
        ),
        mutants=wrong(
            ("wrong method", "flat.extend(flatten_list(item))", "flat.append(flatten_list(item))"),
            ("dropped call", "flatten_list(item))", "item)"),
            ("wrong method", "flat.append(item)", "flat.insert(0, item)"),
        ),
    ),
    Specimen(
        code='''
def permutations_of(text: str) -> list[str]:
    """Every different order of the letters, sorted."""
    if len(text) < 2:
        return [text]
    found = {
        letter + rest
        for place, letter in enumerate(text)
        for rest in permutations_of(text[:place] + text[place + 1 :])
    }
    return sorted(found)
''',
        examples=(
            example(["aab", "aba", "baa"], text="aba"),
            example([""], text=""),
            example(["abc", "acb", "bac", "bca", "cab", "cba"], text="cab"),
        ),
        mutants=wrong(
            ("off by one", "text[place + 1 :]", "text[place:]"),
            ("dropped call", "sorted(found)", "list(found)[::-1]"),
            ("wrong value", "return [text]", "return []"),
        ),
    ),
    Specimen(
        code='''
def hanoi(discs: int, source: str = "a", target: str = "c", spare: str = "b") -> list[str]:
    """The moves that take a tower from source to target, each as `a>c`."""
    if discs < 1:
        return []
    before = hanoi(discs - 1, source, spare, target)
    after = hanoi(discs - 1, spare, target, source)
    return [*before, f"{source}>{target}", *after]
''',
        examples=(
            example(["a>b", "a>c", "b>c"], discs=2),
            example(["x>y"], discs=1, source="x", target="y", spare="z"),
            example([], discs=0),
        ),
        mutants=wrong(
            (
                "swapped arguments",
                "hanoi(discs - 1, source, spare, target)",
                "hanoi(discs - 1, source, target, spare)",
            ),
            (
                "wrong order",
                '[*before, f"{source}>{target}", *after]',
                '[*after, f"{source}>{target}", *before]',
            ),
            ("off by one", "discs < 1", "discs < 2"),
            ("wrong default", 'spare: str = "b"', 'spare: str = "d"'),
        ),
    ),
)
