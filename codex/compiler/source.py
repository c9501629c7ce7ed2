"""Source text in the making: imports that never clash, blocks that know where they come from."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from codex.common import python_source
from codex.common.documents.application import SourceSpan
from codex.common.documents.base import is_reserved

FIXED = "fixed"
"""The element of lines that every service has."""

FIRST_PARTY = "app"

# Characters that nobody sees in source, or that reorder it: controls, odd spaces, directions,
# surrogates, private ones. Told by number, since each Python has a Unicode table of its own.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]"
)

# Where the service's own elements live, whose names no import may change.
ELEMENTS = ("app.models", "app.types", "app.errors", "app.functions")


@dataclass(frozen=True)
class Block:
    """Top-level statements that come from one element of a document."""

    element: str
    text: str
    statements: int


@dataclass(frozen=True)
class Rendered:
    """A module as text, with what each of its statements comes from, in order."""

    path: str
    text: str
    elements: tuple[str, ...] = ()
    """None of them where the whole file is the same in every service."""

    def spans(self, text: str) -> tuple[SourceSpan, ...]:
        """Where the elements stand in `text`, which is this module after formatting.

        A formatter moves lines, never statements, so statements are counted.
        """
        lines = text.count("\n") or 1
        if not self.elements:
            return (SourceSpan(file=self.path, first=1, last=lines, element=FIXED),)
        spans: list[SourceSpan] = []
        body = python_source.parse(text).body
        if len(body) != len(self.elements):
            raise AssertionError(f"{self.path}: a formatter added or removed a statement")
        starts = [_first_line(node) for node in body]
        for number, element in enumerate(self.elements):
            last = body[number].end_lineno or starts[number]
            if number == len(body) - 1:
                last = max(last, lines)
            if spans and spans[-1].element == element:
                spans[-1] = spans[-1].model_copy(update={"last": last})
            else:
                spans.append(
                    SourceSpan(file=self.path, first=starts[number], last=last, element=element)
                )
        return tuple(spans)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


class Imports:
    """The imports of one module; names that are taken get another one here."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._from: dict[str, dict[str, str]] = {}
        self._plain: set[str] = set()
        self._aliased: dict[str, str] = {}

    def use(self, module: str, name: str, avoid: Collection[str] = ()) -> str:
        """Import `name` from `module`; the name by which it is known here.

        It differs from `name` only where the module's own elements, or the names in `avoid` (the
        members of a class that mentions it), would hide it.
        """
        if module == "builtins" and name not in avoid and name not in self._taken:
            return name
        alias = name
        if not module.startswith(ELEMENTS):
            alias = self._free(name, {*self._taken, *avoid})
        elif alias in avoid:
            alias = self._free(name, avoid)
        names = self._from.setdefault(module, {})
        names.setdefault(alias, name)
        return alias

    def own(self, module: str, name: str) -> None:
        """Import an element of the service itself, by its own name."""
        self._from.setdefault(module, {}).setdefault(name, name)

    def alias(self, module: str, name: str, alias: str) -> None:
        """`from module import name as alias`."""
        self._from.setdefault(module, {})[alias] = name

    def plain(self, module: str) -> str:
        """`import module`; how it is mentioned."""
        self._plain.add(module)
        return module

    def plain_as(self, module: str, name: str) -> str:
        """`import module as name`; how it is mentioned."""
        self._aliased[module] = name
        return name

    def merge(self, other: Imports) -> None:
        """Take over everything that `other` imports."""
        self._plain |= other._plain
        self._aliased |= other._aliased
        for module, names in other._from.items():
            self._from.setdefault(module, {}).update(names)

    @staticmethod
    def _free(name: str, avoid: Collection[str]) -> str:
        if name not in avoid:
            return name
        alias = f"Base{name}" if name[0].isupper() else f"{name}_type"
        while alias in avoid:
            alias += "_"
        return alias

    @property
    def names(self) -> frozenset[str]:
        """Every name that the imports bind."""
        found = {alias for names in self._from.values() for alias in names}
        found |= set(self._aliased.values())
        return frozenset(found | {module.partition(".")[0] for module in self._plain})

    def render(self, without: Collection[str] = ()) -> str:
        """The import statements in the order that ruff's isort rules ask for."""
        sections: dict[int, list[str]] = {}
        for module in sorted({*self._plain, *self._aliased}, key=lambda item: (item.lower(), item)):
            name = self._aliased.get(module)
            line = f"import {module} as {name}" if name else f"import {module}"
            sections.setdefault(_section(module), []).append(line)
        for module in sorted(self._from, key=lambda item: (item.lower(), item)):
            names = {a: n for a, n in self._from[module].items() if a not in without}
            if not names:
                continue
            ordered = sorted(names.items(), key=lambda item: (_order(item[1]), item[0]))
            wanted = [name if alias == name else f"{name} as {alias}" for alias, name in ordered]
            # As ruff's `combine-as-imports` has it.
            line = f"from {module} import {', '.join(wanted)}"
            sections.setdefault(_section(module), []).append(line)
        return "\n\n".join("\n".join(sections[number]) for number in sorted(sections))


def _section(module: str) -> int:
    root = module.partition(".")[0]
    if root == "__future__":
        return 0
    if root in sys.stdlib_module_names:
        return 1
    return 3 if root in {FIRST_PARTY, "tests"} else 2


def _order(name: str) -> tuple[int, str, str]:
    """Constants, classes, then the rest, as isort orders members."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower(), name


@dataclass
class Module:
    """One Python file of the service."""

    path: str
    docstring: str
    taken: frozenset[str] = frozenset()
    """Names of the service's own elements, which imports must not hide."""
    imports: Imports = field(init=False)
    blocks: list[Block] = field(init=False, default_factory=list[Block])

    def __post_init__(self) -> None:
        self.imports = Imports(self.taken)

    def use(self, module: str, name: str, avoid: Collection[str] = ()) -> str:
        """See `Imports.use`."""
        return self.imports.use(module, name, avoid)

    def add(self, element: str, text: str) -> None:
        """Append the top-level statements in `text`, which come from `element`."""
        text = text.strip("\n")
        self.blocks.append(Block(element, text, len(python_source.parse(text).body)))

    def render(self) -> Rendered:
        """The whole file."""
        parts = [docstring(self.docstring)] if self.docstring else []
        elements = [FIXED] if self.docstring else []
        imports = self.imports.render()
        if imports:
            parts.append(imports)
            elements += [FIXED] * len(python_source.parse(imports).body)
        for block in self.blocks:
            parts.append(block.text)
            elements += [block.element] * block.statements
        return Rendered(self.path, "\n\n".join(parts) + "\n", tuple(elements))


def text_literal(text: str) -> str:
    """`text` as a Python string literal in double quotes, whatever it holds."""
    out: list[str] = []
    for character in text:
        match character:
            case "\\":
                out.append("\\\\")
            case '"':
                out.append('\\"')
            case "\n":
                out.append("\\n")
            case "\t":
                out.append("\\t")
            case _ if UNSEEN.match(character):
                number = ord(character)
                out.append(f"\\x{number:02x}" if number < 256 else f"\\U{number:08x}")
            case _:
                out.append(character)
    return '"' + "".join(out) + '"'


def literal(value: object) -> str:
    """A JSON value as a Python literal."""
    match value:
        case str():
            return text_literal(value)
        case dict():
            pairs = cast("dict[str, object]", value).items()
            return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in pairs) + "}"
        case list():
            items = cast("list[object]", value)
            return "[" + ", ".join(literal(item) for item in items) + "]"
        case tuple():
            parts = [literal(item) for item in cast("tuple[object, ...]", value)]
            return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
        case _:
            return repr(value)


def docstring(text: str, indent: str = "") -> str:
    """`text` as a docstring literal, its lines wrapped at 100 characters."""
    lines = [text_literal(line.rstrip())[1:-1].replace('\\"', '"') for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    lines = [part.replace('"""', '\\"\\"\\"') for line in lines for part in _wrap(line, indent)]
    if lines and lines[-1].endswith('"'):
        lines[-1] = f'{lines[-1][:-1]}\\"'
    if len(lines) == 1 and len(indent) + len(lines[0]) + 6 <= 100:
        return f'"""{lines[0]}"""'
    rest = "".join(f"{indent}{line}\n" if line else "\n" for line in lines[1:])
    return f'"""{lines[0] if lines else ""}\n{rest}{indent}"""'


def _wrap(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(indent) + len(line) + 1 + len(word) > 97:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def indent(text: str, by: str = "    ") -> str:
    """Every line that holds something, moved right."""
    return "\n".join(f"{by}{line}" if line.strip() else line for line in text.split("\n"))


def names_loaded(text: str) -> frozenset[str]:
    """Every name that the code in `text` reads."""
    return frozenset(
        node.id
        for node in ast.walk(python_source.parse(text))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def is_builtin(name: str) -> bool:
    """Whether Python knows `name` without an import."""
    return hasattr(builtins, name) or is_reserved(name)


def sentence(text: str, fallback: str = "") -> str:
    """`text` on one line, ending with a full stop; `fallback` where there is none."""
    line = " ".join(text.split()) or fallback
    return line if not line or line[-1] in ".!?:" else f"{line}."


def spelled(type_text: str, names: Mapping[str, str]) -> str:
    """A document's type expression with its names replaced by what they are called here."""
    tree = python_source.parse_expression(type_text)
    return _spell(tree, names)


def _spell(node: ast.expr, names: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Constant(value=value):
            return literal(value)
        case ast.BinOp(left=left, right=right):
            return f"{_spell(left, names)} | {_spell(right, names)}"
        case ast.Subscript(value=ast.Name(id="Literal" as outer), slice=inner):
            return f"{names.get(outer, outer)}[{_spell(inner, {})}]"
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return f"{_spell(inner, names)} | None"
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=parts)):
            return " | ".join(_spell(part, names) for part in parts)
        case ast.Subscript(value=outer, slice=inner):
            return f"{_spell(outer, names)}[{_spell(inner, names)}]"
        case ast.Tuple(elts=parts):
            return ", ".join(_spell(part, names) for part in parts)
        case ast.List(elts=parts):
            return "[" + ", ".join(_spell(part, names) for part in parts) + "]"
        case _:
            raise ValueError(f"{type(node).__name__} is not allowed in a type")
