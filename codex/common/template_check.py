"""Reads a template before it is used: what it includes, what it needs, what it must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from codex.common.errors import PromptError

_LIMIT = 1_000_000  # characters of one template; more is a mistake, not a prompt


@dataclass(frozen=True)
class Source:
    """One template file, read and understood."""

    name: str
    path: Path
    text: str
    includes: tuple[tuple[str, int], ...]
    """The names that it includes or imports, each with the line."""
    undeclared: Mapping[str, int]
    """The variables that must be given from outside, each with the line where it first stands."""


def read_source(environment: Environment, name: str, path: Path) -> Source:
    """The template in `path`, or a `PromptError` with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(
            f"cannot be read: {error}.", "Save it as UTF-8 text.", file=str(path)
        ) from None
    if len(text) > _LIMIT:
        raise PromptError(f"is longer than {_LIMIT:,} characters.", "Split it.", file=str(path))
    try:
        tree = environment.parse(text, name, str(path))
        environment.compile(text, name, str(path))
    except TemplateSyntaxError as error:
        what = f"{(error.message or 'syntax error').rstrip('.')}."
        raise PromptError(what, "Mend the template.", file=str(path), line=error.lineno) from None
    except RecursionError:
        raise PromptError("is nested too deeply.", "Simplify it.", file=str(path)) from None
    _forbid_internals(tree, path)
    undeclared = meta.find_undeclared_variables(tree) - environment.globals.keys()
    for node in tree.find_all(nodes.NSRef):
        if node.name in undeclared:
            raise PromptError(
                f"changes {node.name!r}.",
                "A template reads its inputs; it cannot change them.",
                file=str(path),
                line=node.lineno,
            )
    return Source(
        name=name,
        path=path,
        text=text,
        includes=tuple(_includes(tree, path)),
        undeclared={variable: _line_of(tree, variable) for variable in sorted(undeclared)},
    )


def _includes(tree: nodes.Template, path: Path) -> Iterator[tuple[str, int]]:
    kinds = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in tree.find_all(kinds):
        name = node.template
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            raise PromptError(
                "includes a template whose name is computed.",
                "Name it in quotes, so that the fingerprint can cover it.",
                file=str(path),
                line=node.lineno,
            )
        if getattr(node, "ignore_missing", False):
            raise PromptError(
                "includes a template with `ignore missing`.",
                "Include what exists.",
                file=str(path),
                line=node.lineno,
            )
        yield name.value, node.lineno


def _forbid_internals(tree: nodes.Template, path: Path) -> None:
    """Refuse names with a leading underscore, however they are written down."""
    found = [(node.lineno, node.attr) for node in tree.find_all(nodes.Getattr)]
    found += [
        (node.lineno, node.arg.value)
        for node in tree.find_all(nodes.Getitem)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
    ]
    # Filters such as `map` take a name as a text.
    found += [
        (node.lineno, value.value)
        for node in tree.find_all(nodes.Filter)
        for value in [*node.args, *(pair.value for pair in node.kwargs)]
        if isinstance(value, nodes.Const) and isinstance(value.value, str) and "__" in value.value
    ]
    for lineno, name in sorted(found):
        if "__" in name or name.startswith("_"):
            raise PromptError(
                f"reaches for {name!r}, which is internal to Python.",
                "A template sees the chain's inputs only.",
                file=str(path),
                line=lineno,
            )


def _line_of(tree: nodes.Template, variable: str) -> int:
    lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == variable]
    return min(lines, default=1)


def check_loops(sources: Mapping[str, Source], roots: Sequence[str]) -> None:
    """Refuse templates that include each other in a circle."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in done:
            return
        for included, line in sources[name].includes:
            if included in (*above, name):
                circle = (
                    " → ".join((*above[above.index(included) :], name, included))
                    if (included in above)
                    else f"{name} → {included}"
                )
                raise PromptError(
                    f"includes itself: {circle}.",
                    "Break the circle.",
                    file=str(sources[name].path),
                    line=line,
                )
            visit(included, (*above, name))
        done.add(name)

    for root in roots:
        visit(root, ())


def check_variables(
    sources: Mapping[str, Source], names: Sequence[str], allowed: frozenset[str]
) -> frozenset[str]:
    """The variables that templates use, with all that they include; unknown ones raise."""
    used: set[str] = set()
    waiting, seen = list(names), set[str]()
    while waiting:
        source = sources[waiting.pop()]
        if source.name in seen:
            continue
        seen.add(source.name)
        for variable, line in source.undeclared.items():
            if variable not in allowed and not _set_elsewhere(sources, variable):
                known = ", ".join(sorted(allowed)) or "none"
                raise PromptError(
                    f"uses the unknown variable {variable!r}.",
                    f"Known here are: {known}.",
                    file=str(source.path),
                    line=line,
                )
            used.add(variable)
        waiting += [included for included, _ in source.includes]
    return frozenset(used)


_ASSIGNED = r"{%-?\s*(?:set|for|macro|with)\b[^%]*?\b{name}\b"


def _set_elsewhere(sources: Mapping[str, Source], variable: str) -> bool:
    """Whether another template assigns `variable` and an include may see it."""
    pattern = re.compile(_ASSIGNED.replace("{name}", re.escape(variable)))
    return any(pattern.search(source.text) for source in sources.values())
