"""Every name is defined: by the code, by Python, or by an import that the vocabulary gives."""

from __future__ import annotations

import ast
import builtins
import difflib
import symtable
import sys

from codex.common import python_source
from codex.compiler.vocabulary import Vocabulary
from codex.develop.checks.edits import Edit, apply, insert_imports
from codex.develop.checks.finding import Candidate, Contract, Finding
from codex.develop.checks.well_known import well_known

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__"}


def check_imports(candidate: Candidate, contract: Contract) -> Finding:
    """Set right imports of known names from wrong places, and names that hide known ones."""
    finding = Finding("imports")
    edits: list[Edit] = []
    for node in _imports(candidate.tree):
        if isinstance(node, ast.Import):
            finding.problems += [
                f"Line {node.lineno} imports the module {item.name}; name what is used of it."
                for item in node.names
                if item.name.partition(".")[0] == "app"
            ]
        else:
            edit = _correct(node, contract.vocabulary, finding)
            edits += [edit] if edit else []
            if node.module != "__future__" and any(item.name == "*" for item in node.names):
                finding.problems.append(
                    f"Line {node.lineno} imports everything from {node.module}; name what is used."
                )
    code = apply(candidate.code, edits) if edits else candidate.code
    code = _rename_modules(code, contract, finding)
    if code != candidate.code:
        finding.code = code
    return finding


def _rename_modules(code: str, contract: Contract, finding: Finding) -> str:
    """`import datetime` under another name, since every service knows `datetime` as the class."""
    for node in python_source.parse(code).body:
        if not isinstance(node, ast.Import) or len(node.names) != 1:
            continue
        name = node.names[0].name
        hidden = contract.vocabulary.imports.get(name)
        if node.names[0].asname or hidden is None or _same_import(node, name, contract):
            continue
        if name not in sys.stdlib_module_names or _is_bound_inside(code, name):
            continue
        tree = python_source.parse(code)
        uses = [item for item in ast.walk(tree) if isinstance(item, ast.Name) and item.id == name]
        edits = [Edit.of(item, f"{name}_module") for item in uses]
        edits.append(Edit.of(node, f"import {name} as {name}_module"))
        code = apply(code, edits)
        finding.mends.append(f"The module {name} is called {name}_module.")
    return code


def _is_bound_inside(code: str, name: str) -> bool:
    """Whether some scope below the module gives `name` a meaning of its own."""
    waiting = [*symtable.symtable(code, "function", "exec").get_children()]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        if name in scope.get_identifiers() and scope.lookup(name).is_local():
            return True
    return False


def _imports(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def _is_ours(module: str | None, level: int) -> bool:
    return level > 0 or (module or "").partition(".")[0] in {"app", "models", "schemas", "database"}


def _correct(node: ast.ImportFrom, vocabulary: Vocabulary, finding: Finding) -> Edit | None:
    """The import rewritten, where its names belong to the service but come from elsewhere."""
    if not _is_ours(node.module, node.level):
        return None
    lines: list[str] = []
    changed = False
    for item in node.names:
        right = vocabulary.imports.get(item.name)
        if right is None or right[1] is None:
            if node.level == 0 and vocabulary.gives(node.module or "", item.name):
                right = (node.module or "", item.name)
            else:
                finding.problems.append(
                    f"Line {node.lineno} imports {item.name} from {node.module or '.'}, "
                    f"which does not exist{_hint(item.name, vocabulary)}."
                )
                return None
        alias = f" as {item.asname}" if item.asname else ""
        lines.append(f"from {right[0]} import {item.name}{alias}")
        changed = changed or right[0] != node.module or node.level > 0
    if not changed:
        return None
    finding.mends.append(f"Line {node.lineno} now imports from where the service keeps it.")
    indent = " " * node.col_offset
    return Edit.of(node, f"\n{indent}".join(lines))


def _hint(name: str, vocabulary: Vocabulary) -> str:
    close = difflib.get_close_matches(name, vocabulary.imports, 1, cutoff=0.75)
    return f" (is {close[0]} meant?)" if close else ""


def check_names(candidate: Candidate, contract: Contract) -> Finding:
    """Add the imports of known names that are used without one; report names that nobody knows."""
    finding = Finding("names")
    clashes = _clashes(candidate.tree, contract)
    finding.problems += clashes
    missing = sorted(undefined_names(candidate.code))
    statements: list[str] = []
    for name in missing:
        statement = contract.vocabulary.statement(name) or well_known(name)
        is_callable = name in contract.callable_names or not _is_function(name, contract)
        if statement is None:
            finding.problems.append(f"{name} is not defined{_hint(name, contract.vocabulary)}.")
        elif not is_callable:
            finding.problems.append(
                f"{contract.name} uses {name}, which its contract does not let it call."
            )
        else:
            statements.append(statement)
    if statements and not finding.problems:
        finding.code = insert_imports(candidate.code, candidate.tree, statements)
        finding.mends.append(f"Imports were added: {'; '.join(statements)}.")
    return finding


def _is_function(name: str, contract: Contract) -> bool:
    found = contract.vocabulary.imports.get(name)
    return found is not None and found[0].startswith(("app.functions", "app.ports"))


def undefined_names(code: str) -> set[str]:
    """Names that are read somewhere and bound nowhere that the reader could see."""
    table = symtable.symtable(code, "function", "exec")
    bound = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    # `global x` inside a function binds x at module level.
    bound |= _declared_global(table)
    used: set[str] = set()
    waiting = [table]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        for symbol in scope.get_symbols():
            is_global = scope is table or symbol.is_global()
            if is_global and symbol.is_referenced():
                used.add(symbol.get_name())
    return used - bound - _BUILTINS


def _declared_global(table: symtable.SymbolTable) -> set[str]:
    names: set[str] = set()
    waiting = [*table.get_children()]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        names |= {
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_declared_global() and symbol.is_assigned()
        }
    return names


def _clashes(tree: ast.Module, contract: Contract) -> list[str]:
    """Module-level definitions that hide a name that the service knows."""
    problems: list[str] = []
    for node in tree.body:
        for name in _binds(node):
            if name == contract.name:
                continue
            if name in contract.vocabulary.imports and not _same_import(node, name, contract):
                problems.append(
                    f"{name} means {contract.vocabulary.statement(name)!r} in this service, but "
                    f"line {node.lineno} gives it another meaning; choose another name."
                )
    return problems


def _binds(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Import(names=names):
            return [item.asname or item.name.partition(".")[0] for item in names]
        case ast.ImportFrom(names=names):
            return [item.asname or item.name for item in names]
        case _:
            return []


# The same thing under two addresses is no clash.
_ALSO = {
    "sqlmodel": {"sqlalchemy", "sqlalchemy.orm", "sqlalchemy.sql", "sqlalchemy.sql.expression"},
    "app.database": {"sqlmodel", "sqlmodel.sql.expression", "sqlalchemy", "sqlalchemy.sql"},
    "collections.abc": {"typing"},
    "typing": {"typing_extensions"},
    "app.models": {"app.types"},
    "app.types": {"app.models"},
}


def _same_import(node: ast.stmt, name: str, contract: Contract) -> bool:
    module, member = contract.vocabulary.imports[name]
    if isinstance(node, ast.Import):
        return any(
            member is None and item.name == module and (item.asname or item.name) == name
            for item in node.names
        )
    if isinstance(node, ast.ImportFrom):
        places = {module} | _ALSO.get(module, set())
        return node.module in places and any(
            item.name == member and (item.asname or item.name) == name for item in node.names
        )
    return False
