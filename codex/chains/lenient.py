"""Reads JSON as models write it: one pass, each mend noted, and where every value stands.

Mended are comments, trailing and missing commas, single and typographic quotes, bare keys and
words, Python's literals, raw line breaks, unescaped quotes, unknown escapes and missing closing
brackets. A text that breaks off inside a value is read as far as it goes and called cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

DEPTH = 100
# The same characters are passed before a word and taken from its end, so that none is empty.
_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\ufeff"
_SPACE = re.compile(f"[{re.escape(_BLANK)}]*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRICT_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_AFTER_NUMBER = frozenset(",]}/#" + _BLANK)
_KEY = re.compile(r"[A-Za-z_$][\w$-]*")
_WORD = re.compile(r"[^,:\[\]{}\"'\n]+")
_PLAIN = re.compile(r'[^"\\\n\r\t\x00-\x1f]+')
_PLAIN_SINGLE = re.compile(r"[^'\\\n\r\t\x00-\x1f]+")
_CLOSING = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“"}
_ESCAPES = {
    '"': '"', "'": "'", "\\": "\\", "/": "/",
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_WORDS: dict[str, Any] = {
    "true": True, "True": True, "false": False, "False": False,
    "null": None, "None": None, "undefined": None,
}  # fmt: skip
_STRICT_WORDS = {"true", "false", "null"}


class Unreadable(ValueError):
    """The text is no JSON even when read leniently."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.at = at


@dataclass
class Node:
    """A value and where it stands in the text."""

    value: Any
    start: int
    end: int = 0
    children: dict[str | int, Node] = field(default_factory=dict[str | int, "Node"])

    def at(self, path: tuple[str | int, ...]) -> tuple[Node, bool]:
        """The node at `path` and True, or the nearest one above it and False."""
        node = self
        for step in path:
            child = node.children.get(step)
            if child is None:
                return node, False
            node = child
        return node, True


@dataclass
class Loaded:
    """What was read."""

    root: Node
    mends: list[str]
    cut: bool
    """Whether the text breaks off inside a value."""

    @property
    def value(self) -> Any:
        """The value itself."""
        return self.root.value


def load(text: str, start: int = 0) -> Loaded:
    """The JSON value that begins at or after `start`; `Unreadable` where there is none."""
    reader = _Reader(text, start)
    root = reader.value(0)
    if reader.rest():
        reader.mend("text after the JSON was left out")
    return Loaded(root, list(reader.mends), reader.cut)


class _Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.position: int = start
        self.mends: dict[str, None] = {}
        self.cut = False

    def mend(self, what: str) -> None:
        self.mends[what] = None

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def skip(self) -> None:
        """Pass white space and comments."""
        while True:
            found = _SPACE.match(self.text, self.position)
            self.position = found.end() if found else self.position
            two = self.text[self.position : self.position + 2]
            if two == "//" or self.peek() == "#":
                self.mend("comments were left out")
                end = self.text.find("\n", self.position)
            elif two == "/*":
                self.mend("comments were left out")
                end = self.text.find("*/", self.position)
                end = end + 2 if end >= 0 else end
            else:
                return
            self.position = end if end >= 0 else len(self.text)

    def rest(self) -> bool:
        """Whether anything but white space follows."""
        return bool(self.text[self.position :].strip())

    def value(self, depth: int) -> Node:
        self.skip()
        if depth > DEPTH:
            raise Unreadable(f"it is nested more than {DEPTH} levels deep", self.position)
        node = Node(None, self.position)
        first = self.peek()
        if first == "{":
            self._object(node, depth)
        elif first == "[":
            self._array(node, depth)
        elif first in _CLOSING and first:
            node.value = self._string(first)
        elif not first:
            self.cut = True
        else:
            node.value = self._scalar()
        node.end = self.position
        return node

    def _object(self, node: Node, depth: int) -> None:
        node.value = {}
        self.position += 1
        after_comma = False
        while True:
            self.skip()
            first = self.peek()
            if first == "}":
                self.position += 1
                if after_comma:
                    self.mend("a trailing comma was removed")
                return
            if not first:
                self._missing_end("}", more=after_comma)
                return
            key = self._key(first)
            self.skip()
            if self.peek() != ":":
                if not self.peek():
                    self.cut = True
                    return
                raise Unreadable(f"a colon is missing after {key[:40]!r}", self.position)
            self.position += 1
            child = self.value(depth + 1)
            if self.cut and child.start >= len(self.text):
                return
            node.value[key] = child.value
            node.children[key] = child
            after_comma = self._comma("}")

    def _array(self, node: Node, depth: int) -> None:
        node.value = []
        self.position += 1
        after_comma = False
        while True:
            self.skip()
            first = self.peek()
            if first == "]":
                self.position += 1
                if after_comma:
                    self.mend("a trailing comma was removed")
                return
            if not first:
                self._missing_end("]", more=after_comma)
                return
            if first in "}:,":
                raise Unreadable(f"{first!r} does not belong into a list", self.position)
            child = self.value(depth + 1)
            node.children[len(node.value)] = child
            node.value.append(child.value)
            after_comma = self._comma("]")

    def _missing_end(self, bracket: str, *, more: bool) -> None:
        """The text ended inside a list or an object; after a comma more was to come."""
        if more:
            self.cut = True
        self.mend(f"a missing {bracket!r} was added at the end")

    def _comma(self, closing: str) -> bool:
        """Pass the comma between two members; whether there was one."""
        self.skip()
        first = self.peek()
        if first == ",":
            self.position += 1
            self.skip()
            while self.peek() == ",":
                self.mend("a doubled comma was removed")
                self.position += 1
                self.skip()
            return True
        if first and first != closing:
            if first in "}]:":
                raise Unreadable(f"{first!r} stands where {closing!r} is missing", self.position)
            self.mend("a missing comma was added")
        return False

    def _key(self, first: str) -> str:
        if first in _CLOSING:
            return self._string(first, name=True)
        found = _KEY.match(self.text, self.position)
        if not found:
            raise Unreadable("a name in quotes is missing", self.position)
        self.mend("quotes were put around a name")
        self.position = found.end()
        return found.group()

    def _scalar(self) -> Any:
        found = _NUMBER.match(self.text, self.position)
        if found and self._ends_number(found.end()):
            self.position = found.end()
            return self._number(found.group())
        found = _WORD.match(self.text, self.position)
        if not found:
            raise Unreadable(f"{self.peek()!r} does not begin a value", self.position)
        word = found.group().rstrip(_BLANK)
        if not word:
            raise Unreadable(f"{self.peek()!r} does not begin a value", self.position)
        self.position += len(word)
        if word in _WORDS:
            if word not in _STRICT_WORDS:
                self.mend(f"{word} was read as JSON")
            return _WORDS[word]
        if self.position >= len(self.text):
            self.cut = True
        self.mend("quotes were put around a text")
        return word

    def _ends_number(self, at: int) -> bool:
        return at >= len(self.text) or self.text[at] in _AFTER_NUMBER

    def _number(self, digits: str) -> Any:
        if not _STRICT_NUMBER.fullmatch(digits):
            self.mend("a number was written as JSON has it")
        if self.position >= len(self.text):
            self.cut = True
        try:
            if re.fullmatch(r"[+-]?[0-9]+", digits):
                return int(digits)
            return float(digits)
        except ValueError:
            raise Unreadable("a number has too many digits", self.position) from None

    def _string(self, opening: str, *, name: bool = False) -> str:
        closing = _CLOSING[opening]
        if opening != '"':
            self.mend("quotes were written as JSON has them")
        plain = _PLAIN_SINGLE if opening == "'" else _PLAIN
        pieces: list[str] = []
        self.position += 1
        while True:
            if closing in "\"'":
                found = plain.match(self.text, self.position)
                if found:
                    pieces.append(found.group())
                    self.position = found.end()
            character = self.peek()
            if not character:
                self.cut = True
                return "".join(pieces)
            self.position += 1
            if character == "\\":
                pieces.append(self._escape())
            elif character == closing and (name or closing not in "\"'" or self._ends_string()):
                return "".join(pieces)
            else:
                if character == closing:
                    self.mend("a quote inside a text was escaped")
                elif character < " ":
                    self.mend("a line break inside a text was escaped")
                pieces.append(character)

    def _ends_string(self) -> bool:
        """Whether the quote just passed ends its text: before , : ] } or a line break."""
        found = _SPACE.match(self.text, self.position)
        end = found.end() if found else self.position
        following = self.text[end : end + 1]
        if not following or following in ",:]}/#":
            return True
        return "\n" in self.text[self.position : end]

    def _escape(self) -> str:
        character = self.peek()
        if not character:
            self.cut = True
            return ""
        self.position += 1
        if character == "u":
            return self._unicode()
        if character in _ESCAPES:
            return _ESCAPES[character]
        self.mend("an unknown escape was kept as text")
        return "\\" + character

    def _unicode(self) -> str:
        code = self._hex()
        if code is None:
            self.mend("an unknown escape was kept as text")
            return "\\u"
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.position):
            before = self.position
            self.position += 2
            low = self._hex()
            if low is not None and 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
            self.position = before
        return chr(code)

    def _hex(self) -> int | None:
        digits = self.text[self.position : self.position + 4]
        if len(digits) == 4 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            self.position += 4
            return int(digits, 16)
        return None
