"""Only packages that the policy lets in, and none that reaches where functions have no business."""

from __future__ import annotations

import ast
import difflib

from codex.common.documents.implementation import Package
from codex.develop.checks.finding import Candidate, Contract, Finding
from codex.develop.checks.policy import is_standard

# Standard modules by the effect that a contract must name to have them.
EFFECT_OF_MODULE = {
    **dict.fromkeys(["subprocess", "multiprocessing", "pty", "signal", "concurrent"], "process"),
    **dict.fromkeys(["threading", "asyncio.subprocess"], "process"),
    **dict.fromkeys(
        ["socket", "ssl", "http", "urllib.request", "smtplib", "poplib", "imaplib"],
        "network",
    ),
    **dict.fromkeys(["socketserver", "webbrowser", "select"], "network"),
    **dict.fromkeys(["shutil", "tempfile", "pathlib", "glob", "fileinput", "mmap"], "files"),
}
# Never, whatever the contract says: they undo what keeps generated code readable and contained.
FORBIDDEN_MODULES = {
    **dict.fromkeys(["ctypes", "cffi", "_ctypes"], "calls into C"),
    **dict.fromkeys(["pickle", "marshal", "shelve", "dill"], "runs whatever its data says"),
    **dict.fromkeys(["importlib", "imp", "runpy", "pkgutil", "zipimport"], "imports by name"),
    **dict.fromkeys(["sys", "gc", "inspect", "builtins", "code", "codeop"], "reaches the runtime"),
    **dict.fromkeys(["sqlite3"], "goes around the service's session"),
    **dict.fromkeys(["telnetlib", "ftplib", "pyghmi"], "sends passwords as they are"),
    **dict.fromkeys(["wsgiref"], "serves requests by a way of its own"),
    **dict.fromkeys(["xmlrpc"], "reads XML that can take all memory"),
    **dict.fromkeys(["Crypto"], "holds ciphers that are broken; cryptography has others"),
}
# Distributions that do what only a declared effect allows.
NETWORK_PACKAGES = frozenset(
    [
        *("requests", "httpx", "aiohttp", "urllib3", "websockets", "websocket", "grpc", "paramiko"),
        *("boto3", "botocore", "aioboto3", "aiosmtplib", "redis", "pymongo", "psycopg", "psycopg2"),
        *("pika", "kafka", "openai", "anthropic", "stripe", "twilio"),
    ]
)


def check_packages(candidate: Candidate, contract: Contract) -> Finding:
    """Derive the packages from the imports; report those that may not be there."""
    finding = Finding("packages")
    packages: dict[str, Package] = {}
    for node in ast.walk(candidate.tree):
        for module in _modules(node):
            problem = _standard_problem(module, contract)
            if problem:
                finding.problems.append(f"Line {_line(node)} imports {module}, which {problem}.")
            top = module.partition(".")[0]
            if is_standard(module) or top in contract.policy.built_in or module == "__future__":
                continue
            if top in NETWORK_PACKAGES and "network" not in contract.definition.effects:
                finding.problems.append(
                    f"Line {_line(node)} imports {top}, but the contract of {contract.name} "
                    "reaches no network."
                )
                continue
            package = contract.policy.package(top)
            if package is None:
                finding.problems.append(
                    f"Line {_line(node)} imports {top}, which is not on the list of allowed "
                    f"packages{_hint(top, contract)}; use the standard library."
                )
            else:
                packages[package.name] = package
    finding.packages = tuple(packages[name] for name in sorted(packages))
    return finding


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [item.name for item in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        # `from urllib import request` is an import of urllib.request.
        deeper = [f"{node.module}.{item.name}" for item in node.names]
        return [node.module, *(name for name in deeper if name in EFFECT_OF_MODULE)]
    return []


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _standard_problem(module: str, contract: Contract) -> str | None:
    top = module.partition(".")[0]
    for name in (module, top):
        if name in FORBIDDEN_MODULES:
            return f"no function may: it {FORBIDDEN_MODULES[name]}"
        effect = EFFECT_OF_MODULE.get(name)
        if effect is not None and effect not in contract.definition.effects:
            return f"needs the effect {effect!r}, and the contract of {contract.name} has none"
    return None


def _hint(top: str, contract: Contract) -> str:
    close = difflib.get_close_matches(top, contract.policy.packages, 1)
    return f" (is {close[0]} meant?)" if close else ""
