"""The function is there once, with exactly the parameters and return type of its contract."""

from __future__ import annotations

import ast
import re

from codex.common import python_source
from codex.common.documents.codegraph import FunctionDefinition, FunctionParameter
from codex.common.documents.template import normal_default
from codex.common.documents.typetext import canonical
from codex.develop.checks.edits import Edit, apply
from codex.develop.checks.finding import Candidate, Contract, Finding
from codex.develop.checks.module import module_problems, without_main_block

Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_shape(candidate: Candidate, contract: Contract) -> Finding:
    """Compare the function with its contract; annotations that are left out are filled in."""
    finding = Finding("signature")
    definition = contract.definition
    named = [node for node in candidate.functions if node.name == definition.name]
    if not named:
        others = [node.name for node in candidate.functions]
        instead = f"; it defines {', '.join(others)}" if others else ""
        finding.problems.append(f"The code does not define {definition.name}{instead}.")
        return finding
    if len(named) > 1:
        finding.problems.append(f"The code defines {definition.name} {len(named)} times.")
        return finding
    function = named[0]
    finding.problems += [*_problems(function, definition), *module_problems(candidate)]
    if not finding.problems:
        _mend(candidate, function, definition, finding)
    return finding


def _problems(function: Function, definition: FunctionDefinition) -> list[str]:
    wanted = f"{definition.name}({definition.input_type}) -> {definition.return_type}"
    arguments = function.args
    if arguments.vararg or arguments.kwarg:
        return [f"{definition.name} must take exactly its contract's parameters: {wanted}."]
    problems: list[str] = []
    given = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    given_keywords = [argument.arg for argument in arguments.kwonlyargs]
    plain = [item.name for item in definition.parameters if not item.keyword_only]
    keywords = [item.name for item in definition.parameters if item.keyword_only]
    if arguments.posonlyargs:
        problems.append(f"{definition.name} has positional-only parameters; write {wanted}.")
    if given != plain or sorted(given_keywords) != sorted(keywords):
        problems.append(
            f"{definition.name} takes ({_signature(given, given_keywords)}), "
            f"but its contract says ({_signature(plain, keywords)}); write {wanted}."
        )
        return problems
    written = _written(function)
    for parameter in definition.parameters:
        annotation, default = written[parameter.name]
        problems += _parameter_problems(definition.name, parameter, annotation, default)
    if function.returns is not None and not _same_type(function.returns, definition.return_type):
        problems.append(
            f"{definition.name} is annotated to return {_spelled(function.returns)}, "
            f"but its contract says {definition.return_type}."
        )
    if _yields(function) and _outermost(definition.return_type) not in _YIELDED:
        problems.append(
            f"{definition.name} yields, so it returns a generator, "
            f"but its contract says {definition.return_type}; return it."
        )
    return problems + _async_problems(function, definition)


# What a function that yields may be said to return.
_YIELDED = frozenset(
    ["Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"]
)


def _outermost(kind: str) -> str:
    return kind.partition("[")[0].rpartition(".")[2]


def _yields(function: Function) -> bool:
    """Whether the function itself does; one inside it may."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def _signature(plain: list[str], keywords: list[str]) -> str:
    return ", ".join([*plain, *(["*", *keywords] if keywords else [])])


def _parameter_problems(
    name: str, parameter: FunctionParameter, annotation: ast.expr | None, default: ast.expr | None
) -> list[str]:
    problems: list[str] = []
    if annotation is not None and not _same_type(annotation, parameter.type):
        problems.append(
            f"Parameter {parameter.name} of {name} is annotated {_spelled(annotation)}, "
            f"but its contract says {parameter.type}."
        )
    given = None if default is None else _default(default)
    wanted = normal_default(parameter.default)
    if given != wanted:
        problems.append(
            f"Parameter {parameter.name} of {name} has {_show(given)}, "
            f"but its contract says {_show(wanted)}."
        )
    return problems


def _show(default: str | None) -> str:
    return "no default" if default is None else f"the default {default}"


def _async_problems(function: Function, definition: FunctionDefinition) -> list[str]:
    if definition.is_async and not isinstance(function, ast.AsyncFunctionDef):
        return [f"{definition.name} must be async: its contract awaits something."]
    if not definition.is_async and isinstance(function, ast.AsyncFunctionDef) and _awaits(function):
        return [f"{definition.name} must not be async: nothing that it may call is awaited."]
    return []


def _awaits(function: Function) -> bool:
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(isinstance(node, kinds) for node in ast.walk(function))


def _written(function: Function) -> dict[str, tuple[ast.expr | None, ast.expr | None]]:
    """Parameter to its annotation and default, as they are written."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    pairs = [
        *zip(plain, [*padding, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {item.arg: (item.annotation, default) for item, default in pairs}


def _same_type(written: ast.expr, contract: str) -> bool:
    return _parts(_spelled(written)) == _parts(canonical(contract))


def _parts(text: str) -> list[str]:
    """The sides of a union, whose order says nothing."""
    try:
        parts: list[ast.expr] = [python_source.parse_expression(text)]
    except (SyntaxError, ValueError):  # an annotation in quotes that is none
        return [text]
    while isinstance(parts[0], ast.BinOp):
        parts[:1] = [parts[0].left, parts[0].right]
    return sorted(ast.unparse(part) for part in parts)


# Where a type may be said to come from, and what typing called the built-in ones.
_QUALIFIED = re.compile(r"\b(datetime|decimal|uuid|typing|collections\.abc)\.(?=[A-Za-z])")
_OLD_NAMES = re.compile(r"\b(List|Dict|Set|FrozenSet|Tuple)(?=\[)")


def _spelled(node: ast.expr) -> str:
    # Compared only: how a Python version prints an expression does no harm.
    text = (
        node.value
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        else ast.unparse(node)
    )
    text = _OLD_NAMES.sub(lambda found: found[1].lower(), _QUALIFIED.sub("", text))
    try:
        return canonical(text)
    except ValueError:
        return text


def _default(node: ast.expr) -> str:
    try:
        return repr(ast.literal_eval(node))
    except ValueError:
        return ast.unparse(node)


def _mend(
    candidate: Candidate, function: Function, definition: FunctionDefinition, finding: Finding
) -> None:
    """Put right what says the same in other words, and what is of no use in a service."""
    edits = without_main_block(candidate.tree)
    if edits:
        finding.mends.append("What only a script would run was taken away.")
    header = _header(candidate.code, function, definition)
    if header is not None:
        finding.mends.append(f"The header of {definition.name} was written as its contract says.")
        edits.append(header)
    if edits:
        finding.code = apply(candidate.code, edits)


def _header(code: str, function: Function, definition: FunctionDefinition) -> Edit | None:
    """The contract's own header where names, order and defaults agree already."""
    needless_async = isinstance(function, ast.AsyncFunctionDef) and not definition.is_async
    bare = [name for name, (annotation, _) in _written(function).items() if annotation is None]
    same_order = [item.arg for item in function.args.kwonlyargs] == [
        item.name for item in definition.parameters if item.keyword_only
    ]
    if not needless_async and not bare and function.returns is not None and same_order:
        return None
    colon = _header_end(code, function)
    if colon is None:
        return None
    keyword = "async def" if definition.is_async else "def"
    header = f"{keyword} {definition.name}({definition.input_type}) -> {definition.return_type}"
    return Edit(function.lineno, function.col_offset, *colon, header)


def _header_end(code: str, function: Function) -> tuple[int, int] | None:
    """Where the colon of the header stands: a line from 1 and a column in bytes."""
    import io
    import tokenize

    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            line, column = token.start
            if line < function.lineno or token.type != tokenize.OP:
                continue
            if token.string in "([{":
                depth += 1
            elif token.string in ")]}":
                depth -= 1
            elif token.string == ":" and depth == 0:
                return line, len(code.splitlines()[line - 1][:column].encode())
    except (tokenize.TokenError, SyntaxError):
        return None
    return None
