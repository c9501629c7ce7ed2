"""Writes the migration that schema.prisma needs: python -m codex.common.database.diff NAME.

With `--check` it writes nothing and fails when schema.prisma and the migrations disagree.
`migrations/schema.prisma` is the schema that the migrations lead to.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from codex.common.database.generate import SCHEMA
from codex.common.database.migrations_folder import (
    CHECKSUMS,
    FOLDER,
    NEEDS_VECTOR,
    checksum_lines,
    read_migrations,
)
from codex.common.database.node import engine_script, node_binary
from codex.common.errors import CodexError, MigrationError

REACHED = FOLDER / "schema.prisma"
_MODEL = re.compile(r"^model (\w+) \{\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
_VECTOR = re.compile(r'^.*Unsupported\("vector\(.*\n', re.MULTILINE)
_NOTHING = "This is an empty migration"


def vector_lines(schema: str) -> dict[str, str]:
    """The vector columns of each model: they are migrated apart, where the server has pgvector."""
    return {name: "".join(_VECTOR.findall(body)) for name, body in _MODEL.findall(schema)}


def with_vectors(schema: str, vectors: dict[str, str]) -> str:
    """`schema` with these vector columns and no others."""

    def rewritten(model: re.Match[str]) -> str:
        name, body = model.groups()
        return f"model {name} {{\n{vectors.get(name, '')}{_VECTOR.sub('', body)}}}\n"

    return _MODEL.sub(rewritten, schema)


def sql_between(old: str, new: str) -> str:
    """The SQL that leads from one schema text to another; empty when they agree."""
    script = engine_script("diff.mjs", package="@prisma/schema-engine-wasm")
    with tempfile.TemporaryDirectory() as folder:
        paths = ["-"] if not old else [str(Path(folder, "old.prisma"))]
        paths.append(str(Path(folder, "new.prisma")))
        for path, text in zip(paths, (old, new), strict=True):
            if path != "-":
                Path(path).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [node_binary(), script, *paths], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise MigrationError(
            f"The schemas cannot be compared: {done.stderr.strip()}", "Mend schema.prisma."
        )
    return "" if _NOTHING in done.stdout else done.stdout.strip() + "\n"


def differences(old: str, new: str) -> tuple[str, str]:
    """The SQL between two schemas: of all but the vector columns, and of those."""
    plain = with_vectors(new, {})
    before, after = vector_lines(old), vector_lines(new)
    core = sql_between(with_vectors(old, {}), plain)
    vectors = sql_between(with_vectors(new, before), with_vectors(new, after))
    return core, vectors


def write(name: str, core: str, vectors: str) -> list[Path]:
    """Write the migration files, the schema that they lead to, and their checksums."""
    number = len(read_migrations()) + 1
    written: list[Path] = []
    if core:
        written.append(FOLDER / f"{number:04}_{name}.sql")
        written[-1].write_text(core, encoding="utf-8")
    if vectors:
        written.append(FOLDER / f"{number + len(written):04}_{name}_vectors.sql")
        text = f"{NEEDS_VECTOR}\nCREATE EXTENSION IF NOT EXISTS vector;\n\n{vectors}"
        written[-1].write_text(text, encoding="utf-8")
    REACHED.write_text(SCHEMA.read_text(encoding="utf-8"), encoding="utf-8")
    (FOLDER / CHECKSUMS).write_text(checksum_lines(), encoding="utf-8")
    return written


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", help="what the migration does, as a snake_case name")
    what.add_argument("--check", action="store_true", help="only tell whether one is missing")
    what.add_argument("--seal", action="store_true", help="renew the checksums after an edit")
    chosen = parser.parse_args()
    if chosen.name and not re.fullmatch(r"[a-z][a-z0-9_]*", chosen.name):
        parser.error("the name must be snake_case")
    try:
        return _run(chosen)
    except CodexError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _run(chosen: argparse.Namespace) -> int:
    if chosen.seal:
        (FOLDER / CHECKSUMS).write_text(checksum_lines(), encoding="utf-8")
        return 0
    read_migrations()
    old = REACHED.read_text(encoding="utf-8") if REACHED.exists() else ""
    core, vectors = differences(old, SCHEMA.read_text(encoding="utf-8"))
    if chosen.check:
        if core or vectors:
            print("schema.prisma and the migrations disagree; what is missing:", file=sys.stderr)
            print(core + vectors, file=sys.stderr)
            return 1
        return 0
    for path in write(chosen.name, core, vectors):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
