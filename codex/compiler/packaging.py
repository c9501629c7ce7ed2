"""What surrounds the code: project file, container, environment, documentation, tests' plumbing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from codex.common.documents.architecture import Architecture, Setting
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.implementation import normal_package
from codex.compiler.access_rules import Access, access_of
from codex.compiler.fixed import ACCOUNTS, DATABASE, FILES, JOBS, PORTS, select, source
from codex.compiler.plan import Plan
from codex.compiler.source import UNSEEN, text_literal

# Why each is there stands beside it in the project file.
_BASE = (
    ("fastapi>=0.163", "routes, validation, OpenAPI"),
    ("pydantic-settings>=2.16", "settings from the environment"),
    ("uvicorn>=0.54", "the server"),
)
_DATABASE = (
    ("alembic>=1.20", "migrations"),
    ("psycopg[binary]>=3.3", "Postgres"),
    ("sqlmodel>=0.0.50", "tables and queries"),
)
_ACCOUNTS = (
    ("argon2-cffi>=25.1", "password hashes"),
    ("pyjwt>=2.15", "signed tokens"),
)
_FILES = (("python-multipart>=0.0.34", "uploads"),)
_DEVELOPMENT = ("httpx2>=2", "pyright[nodejs]>=1.1.414", "pytest>=9.2", "ruff>=0.17,<0.18")


@lru_cache(maxsize=16)
def _template(name: str) -> str:
    return (files("codex.compiler") / "app" / "package" / name).read_text(encoding="utf-8")


def _dependencies(plan: Plan, present: frozenset[str]) -> list[tuple[str, str]]:
    wanted = list(_BASE)
    if DATABASE in present:
        wanted += _DATABASE
    if ACCOUNTS in present:
        wanted += _ACCOUNTS
    if FILES in present:
        wanted += _FILES
    known = {normal_package(text.partition(">")[0].partition("[")[0]) for text, _ in wanted}
    for name, function in sorted(plan.functions.items()):
        for package in function.packages if function.verified else ():
            if normal_package(package.name) not in known:
                known.add(normal_package(package.name))
                pinned = f"=={package.version}" if package.version else package.specifier
                wanted.append((f"{package.name}{pinned}", f"used by {name}"))
    return sorted(wanted)


def requirements(plan: Plan, present: frozenset[str]) -> tuple[str, ...]:
    """What the service needs installed, as requirement specifiers."""
    return tuple(text for text, _ in _dependencies(plan, present))


def project_file(plan: Plan, present: frozenset[str]) -> str:
    """`pyproject.toml`."""
    architecture = plan.architecture
    summary = " ".join(architecture.specification.summary.split())
    lines = [
        "[build-system]",
        'requires = ["hatchling"]',
        'build-backend = "hatchling.build"',
        "",
        "[project]",
        f"name = {text_literal(architecture.name.replace('_', '-'))}",
        'version = "1.0.0"',
        f"description = {_toml(summary)}",
        'readme = "README.md"',
        'requires-python = ">=3.11"',
        "# requirements.lock pins them all, with hashes.",
        "dependencies = [",
        *(f"    {text_literal(text)}, # {why}" for text, why in _dependencies(plan, present)),
        "]",
        "",
        "[project.optional-dependencies]",
        "dev = [",
        *(f"    {text_literal(text)}," for text in _DEVELOPMENT),
        "]",
        "",
        "[project.scripts]",
        'app = "app.__main__:main"',
        "",
        "[tool.hatch.build.targets.wheel]",
        'packages = ["app"]',
        "",
        _template("tools.toml"),
    ]
    return "\n".join(lines)


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{UNSEEN.sub(" ", escaped)}"'


def test_files(present: frozenset[str], architecture: Architecture) -> dict[str, str]:
    """The plumbing of the service's tests."""
    texts = {
        f"tests/{name}": select(source(f"tests/{name}"), present)
        for name in ("conftest.py", "play.py", "test_service.py")
    }
    required = "".join(
        f"        {item.name}={_stand_in(item)},\n"
        for item in architecture.settings
        if item.default is None
    )
    place = "        # required settings\n"
    texts["tests/conftest.py"] = texts["tests/conftest.py"].replace(place, required)
    return {"tests/__init__.py": "", **texts}


def _stand_in(setting: Setting) -> str:
    match setting.type:
        case "int":
            return "1"
        case "float":
            return "1.0"
        case "bool":
            return "False"
        case "Decimal":
            return '"1"'
        case _:
            return '"test"'


def other_files(architecture: Architecture, present: frozenset[str], lock: str) -> dict[str, str]:
    """Everything that is not Python."""
    found = {
        ".dockerignore": _template("dockerignore"),
        ".env.example": environment_example(architecture, present),
        ".github/workflows/checks.yml": _template("ci.yml"),
        ".gitignore": _template("gitignore"),
        "Dockerfile": select(_template("Dockerfile"), present),
        "README.md": readme(architecture, present),
        "compose.yaml": compose(architecture, present),
    }
    if DATABASE in present:
        mako = "app/migrations/script.py.mako"
        found[mako] = source("migrations/script.py.mako")
    if lock:
        found["requirements.lock"] = lock
    return found


def environment_example(architecture: Architecture, present: frozenset[str]) -> str:
    """`.env.example`: every variable, with its default or what to put there."""
    lines = ["# Copy to .env; each line shows the default.", "", "# production or local"]
    lines.append("ENVIRONMENT=local")
    if ACCOUNTS in present:
        lines += [
            "",
            "# Signs the tokens; at least 32 characters. Required in production:",
            "#   python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            "SECRET_KEY=",
            "# ACCESS_TOKEN_MINUTES=15",
            "# REFRESH_TOKEN_DAYS=30",
        ]
    if DATABASE in present:
        lines += [
            "",
            "# SQLite, or postgresql://user:password@host/name",
            "# DATABASE_URL=sqlite:///service.db",
            "# MIGRATE_ON_START=true",
        ]
    if FILES in present:
        lines += ["", "# FILES_FOLDER=files", "# MAX_UPLOAD_BYTES=10000000"]
    lines += [
        "",
        "# debug, info, warning or error; json or text",
        "# LOG_LEVEL=info",
        "# LOG_FORMAT=json",
        "# MAX_BODY_BYTES=1000000",
        "# STOP_SECONDS=10",
    ]
    for setting in architecture.settings:
        about = " ".join(setting.description.split())
        lines += ["", *([f"# {about}"] if about else [])]
        value = "" if setting.default is None else str(setting.default)
        value = value.lower() if isinstance(setting.default, bool) else value
        lines.append(f"{setting.variable}={_env(value)}")
    return "\n".join(lines) + "\n"


def _env(value: str) -> str:
    return value if not value or (value.isascii() and value.isalnum()) else text_literal(value)


def compose(architecture: Architecture, present: frozenset[str]) -> str:
    """`compose.yaml`: the service, with Postgres where it keeps anything."""
    volumes = {"volumes"} if present & {DATABASE, FILES} else set[str]()
    text = select(_template("compose.yaml"), present | volumes)
    own = "".join(
        f"      {item.variable}: ${{{item.variable}:?set it in .env}}\n"
        for item in architecture.settings
        if item.default is None
    )
    return text.replace("      # required settings\n", own)


def readme(architecture: Architecture, present: frozenset[str]) -> str:
    """`README.md`: what the service does, how it is run, its routes."""
    specification = architecture.specification
    lines = [f"# {_one_line(specification.title)}", "", _one_line(specification.summary), ""]
    parts = present | {"functions"} if architecture.functions else present
    lines += select(_template("README.md"), parts).splitlines()
    lines += ["", "## Routes", "", *_routes(architecture, accounts=ACCOUNTS in present)]
    if specification.assumptions:
        lines += ["", "## Assumptions", "", "What the request left open was decided so:", ""]
        lines += [f"- {_one_line(item.text)}" for item in specification.assumptions]
    if specification.not_understood:
        lines += ["", "## Not understood", "", "These parts of the request are not built:", ""]
        lines += [f"- “{_one_line(item.quote)}”" for item in specification.not_understood]
    if architecture.settings:
        lines += ["", "## Settings", "", "| variable | default | meaning |", "|---|---|---|"]
        for item in architecture.settings:
            default = "required" if item.default is None else f"`{item.default}`"
            about = _one_line(item.description).replace("|", "\\|")
            lines.append(f"| `{item.variable}` | {default} | {about} |")
    if JOBS in present:
        lines += ["", "## Scheduled work", "", "Let a scheduler run these; each is done once.", ""]
        lines += [
            f"- `app jobs run {job.name}` {job.schedule}: {_one_line(job.description)}".replace(
                "  ", " "
            )
            for job in architecture.jobs
        ]
    if PORTS in present:
        lines += ["", "## Connections to the outside", ""]
        lines += ["`app/ports.py` only logs what it is told to do. Put the real thing there:", ""]
        lines += [f"- {port.name}: {_one_line(port.description)}" for port in architecture.ports]
    return "\n".join(lines) + "\n"


def _routes(architecture: Architecture, *, accounts: bool) -> list[str]:
    """A table of the routes; where there are accounts, with who may call each."""
    if not accounts:
        rows = [(f"`{route.api_route}`", _cell(route)) for route in architecture.routes]
        return _table(("route", "what it does"), rows)
    rows = [
        (f"`{route.api_route}`", _callers(access_of(architecture, route)), _cell(route))
        for route in architecture.routes
    ]
    return _table(("route", "who may", "what it does"), [*rows, *_ACCOUNT_ROUTES])


def _cell(route: CodeGraph) -> str:
    return _one_line(route.summary or route.description).replace("|", "\\|")


def _callers(access: Access) -> str:
    if access.caller != "user":
        return "anybody"
    who = ", ".join(access.roles) or "signed in"
    return f"{who}; own rows" if access.own_only and not access.all_for else who


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows)]


_ACCOUNT_ROUTES = (
    ("`POST /auth/signup`", "anybody", "Make an account"),
    ("`POST /auth/login`", "anybody", "Sign in: an access token and a refresh token"),
    ("`POST /auth/refresh`", "anybody", "Exchange a refresh token for new tokens"),
    ("`POST /auth/logout`", "signed in", "End the session"),
    ("`GET /auth/me`", "signed in", "Show one's own account"),
)


def _one_line(text: str) -> str:
    return " ".join(text.split())
