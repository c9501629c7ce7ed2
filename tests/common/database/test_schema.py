"""schema.prisma: what it must hold, that it explains itself, and that the migrations lead to it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from codex.common.database import diff, generate
from codex.common.database.generate import SCHEMA
from codex.common.database.migrate import migrate
from codex.common.database.node import ENGINE_FOLDER
from tests.fixtures_database import TestServer

# What is only in the migrations, written by hand, since the schema language cannot say it.
BY_HAND = {"Functions_embedding", "Functions_text"}


@dataclass(frozen=True)
class Field:
    type: str
    line: str
    commented: bool


def models() -> dict[str, dict[str, Field]]:
    """The models of schema.prisma, field by field."""
    found: dict[str, dict[str, Field]] = {}
    text = SCHEMA.read_text(encoding="utf-8")
    for name, body in re.findall(r"^model (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        fields: dict[str, Field] = {}
        before = ""
        for line in body.splitlines():
            stripped = line.strip()
            if stripped and not stripped.startswith(("///", "@@")):
                field, type_ = stripped.split()[:2]
                fields[field] = Field(type_, stripped, before.startswith("///"))
            before = stripped
        found[name] = fields
    return found


DIAGRAM = {
    "Application": {
        "id": "Int",
        "createdAt": "DateTime",
        "name": "String",
        "description": "String",
        "compiledRoutes": "CompiledRoute[]",
    },
    "CompiledRoute": {
        "id": "Int",
        "createdAt": "DateTime",
        "embedding": 'Unsupported("vector(384)")?',
        "description": "String",
        "code": "String",
        "codeGraphId": "Int",
        "codeGraph": "CodeGraph",
        "functions": "Functions[]",
        "applications": "Application[]",
    },
    "CodeGraph": {
        "id": "Int",
        "createdAt": "DateTime",
        "function_name": "String",
        "api_route": "String",
        "graph": "String",
        "databaseSchemaId": "Int",
        "databaseSchema": "DatabaseSchema",
        "functionDefs": "FunctionDefinition[]",
        "compiledRoute": "CompiledRoute[]",
    },
    "FunctionDefinition": {
        "id": "Int",
        "createdAt": "DateTime",
        "name": "String",
        "description": "String",
        "input_type": "String",
        "return_type": "String",
        # A function that several routes share belongs to none of them.
        "codeGraphId": "Int?",
        "codeGraph": "CodeGraph?",
        # Definitions come first.
        "functionId": "String?",
        "function": "Functions?",
    },
    "Functions": {
        "id": "String",
        "createdAt": "DateTime",
        "embedding": 'Unsupported("vector(384)")?',
        "name": "String",
        "description": "String",
        "input_type": "String",
        "return_type": "String",
        "code": "String",
        "functionDefs": "FunctionDefinition[]",
        "packages": "Package[]",
        "compiledRoutes": "CompiledRoute[]",
    },
    "Package": {
        "id": "String",
        "createdAt": "DateTime",
        "packageName": "String",
        "version": "String",
        "specifier": "String",
        "functions": "Functions[]",
    },
    "DatabaseSchema": {
        "id": "Int",
        "createdAt": "DateTime",
        "embedding": 'Unsupported("vector(384)")?',
        "description": "String",
        "tables": "DatabaseTable[]",
        "codeGraphs": "CodeGraph[]",
    },
    "DatabaseTable": {
        "id": "Int",
        "createdAt": "DateTime",
        "embedding": 'Unsupported("vector(384)")?',
        "description": "String",
        "definition": "String",
        "schemas": "DatabaseSchema[]",
        "relatedFromTables": "DatabaseTable[]",
        "relatedToTables": "DatabaseTable[]",
    },
}


def test_the_models_of_the_diagram_are_there() -> None:
    found = models()
    for model, fields in DIAGRAM.items():
        for name, type_ in fields.items():
            assert found[model][name].type == type_, f"{model}.{name}"
    for model in DIAGRAM:
        numbered = found[model]["id"].type == "Int"
        assert numbered == ("autoincrement()" in found[model]["id"].line)


def test_every_model_and_field_is_commented() -> None:
    text = SCHEMA.read_text(encoding="utf-8")
    assert len(re.findall(r"^/// .+\nmodel ", text, re.MULTILINE)) == len(models())
    bare = [
        f"{m}.{f}" for m, fields in models().items() for f, it in fields.items() if not it.commented
    ]
    assert bare == []


def test_every_root_has_an_owner() -> None:
    rooted = {name for name, fields in models().items() if "createdAt" in fields}
    inside_a_run = {"RunEvent", "RunCall", "Evidence", "RunDocument"}
    belongs_to_nobody = {"Package"}
    assert {name for name in rooted if "owner" not in models()[name]} == (
        inside_a_run | belongs_to_nobody
    )


def test_schema_and_migrations_agree() -> None:
    reached = diff.REACHED.read_text(encoding="utf-8")
    assert diff.differences(reached, SCHEMA.read_text(encoding="utf-8")) == ("", "")


def test_a_change_of_the_schema_without_a_migration_is_told() -> None:
    schema = SCHEMA.read_text(encoding="utf-8")
    column = schema.replace("model Package {", "model Package {\n  more String?\n")
    core, vectors = diff.differences(schema, column)
    assert 'ADD COLUMN     "more" TEXT' in core
    assert vectors == ""
    vector = schema.replace(
        "model Package {", 'model Package {\n  meaning Unsupported("vector(3)")?\n'
    )
    core, vectors = diff.differences(schema, vector)
    assert core == ""
    assert '"meaning" vector(3)' in vectors
    core, vectors = diff.differences(vector, schema)
    assert core == ""
    assert 'DROP COLUMN "meaning"' in vectors


CATALOG = """
SELECT 'column', table_name, column_name, concat_ws(' ', udt_name, is_nullable, column_default,
    character_maximum_length, numeric_precision, numeric_scale, datetime_precision)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'index', tablename, indexname, regexp_replace(indexdef, 'test_[0-9a-f]+', '')
FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""


def catalog(url: str) -> set[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        everything = {tuple(map(str, row)) for row in connection.execute(CATALOG)}
    return {row for row in everything if "_codex_migrations" not in row[1]}


def test_the_migrations_build_what_the_schema_says(
    empty_database_url: str, database_server: TestServer
) -> None:
    migrate(empty_database_url)
    whole = database_server.create("whole_schema")
    try:
        with psycopg.connect(whole, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
            sql = diff.sql_between("", SCHEMA.read_text(encoding="utf-8"))
            connection.execute(sql)  # pyright: ignore[reportArgumentType, reportCallIssue] generated
        built, said = catalog(empty_database_url), catalog(whole)
    finally:
        database_server.drop("whole_schema")
    assert said - built == set()
    assert {row[2] for row in built - said} == BY_HAND


def test_the_client_there_is_the_one_of_this_schema() -> None:
    assert generate.is_current()


@pytest.mark.slow
def test_generating_again_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = (generate.CLIENT / "client.py").stat().st_mtime_ns
    assert generate.main() == 0
    assert capsys.readouterr().out == ""
    assert (generate.CLIENT / "client.py").stat().st_mtime_ns == before


@pytest.mark.slow
def test_the_client_is_generated_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "client"
    schema = tmp_path / "schema.prisma"
    text = SCHEMA.read_text(encoding="utf-8")
    schema.write_text(text.replace("codex/common/database/client", str(target)))
    monkeypatch.setattr(generate, "SCHEMA", schema)
    monkeypatch.setattr(generate, "CLIENT", target)
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:1")
    assert not generate.is_current()
    generate.generate()
    assert generate.is_current()
    committed = (Path(diff.__file__).parent / "client" / "actions.py").read_text()
    assert (target / "actions.py").read_text() == committed


def test_the_lock_of_the_engine_names_no_host() -> None:
    lock = ENGINE_FOLDER / "package-lock.json"
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    wanted = json.loads((ENGINE_FOLDER / "package.json").read_text(encoding="utf-8"))
    root = json.loads(text)["packages"][""]
    assert root["dependencies"] == wanted["dependencies"]
    assert root["devDependencies"] == wanted["devDependencies"]


def test_the_check_fails_when_a_migration_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "schema.prisma"
    text = SCHEMA.read_text(encoding="utf-8")
    changed.write_text(text.replace("model Package {", "model Package {\n  more String?\n"))
    monkeypatch.setattr(diff, "SCHEMA", changed)
    monkeypatch.setattr("sys.argv", ["diff", "--check"])
    assert diff.main() == 1
    assert "disagree" in capsys.readouterr().err


def test_node_files_are_small_and_say_what_they_are_for() -> None:
    scripts = list(ENGINE_FOLDER.glob("*.mjs"))
    assert len(scripts) == 4
    for script in scripts:
        lines = script.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// ")
        assert len(lines) < 100
