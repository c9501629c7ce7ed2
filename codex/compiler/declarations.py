"""Small files that follow from lists of the Architecture: errors, settings, jobs, the package."""

from __future__ import annotations

from decimal import Decimal

from codex.common.documents.architecture import Architecture, Setting
from codex.common.documents.base import is_reserved
from codex.common.errors import DocumentError
from codex.compiler.fixed import select, source
from codex.compiler.plan import Plan
from codex.compiler.source import (
    FIXED,
    Module,
    Rendered,
    docstring,
    indent,
    literal,
    sentence,
    text_literal,
)

BASE_ERRORS = (
    *("Conflict", "Forbidden", "Gone", "Invalid", "NotFound", "NotImplementedYet", "ServiceError"),
    *("TooLarge", "TooManyRequests", "Unauthorized", "Unavailable", "UnsupportedMediaType"),
)

_FIELD_TYPES = {"int": "int", "str": "str", "bool": "bool", "float": "float", "Decimal": "Decimal"}

# Settings that every service may have, and attributes that its settings class has.
_SETTINGS_TAKEN = frozenset(
    {"environment", "database_url", "migrate_on_start", "log_level", "log_format"}
    | {"max_body_bytes", "stop_seconds", "files_folder", "max_upload_bytes", "secret_key"}
    | {"access_token_minutes", "refresh_token_days", "copy", "json", "dict", "schema", "construct"}
    | {"validate", "parse_obj", "parse_raw", "parse_file", "from_orm", "schema_json"}
    | {"update_forward_refs"}
)


def package_file(architecture: Architecture) -> Rendered:
    """`app/__init__.py`: what the service is."""
    specification = architecture.specification
    module = Module("app/__init__.py", sentence(specification.title, architecture.name))
    module.add(FIXED, f"TITLE = {text_literal(' '.join(specification.title.split()))}")
    module.add(FIXED, f"SUMMARY = {text_literal(' '.join(specification.summary.split()))}")
    module.add(FIXED, 'VERSION = "1.0.0"')
    return module.render()


def error_file(plan: Plan) -> Rendered:
    """`app/errors.py`: the service's own errors, beside those that every service has."""
    errors = plan.architecture.errors
    module = Module("app/errors.py", "Every error that callers meet.", plan.class_names)
    for name in BASE_ERRORS:
        module.imports.own("app.problems", name)
    names = sorted([*BASE_ERRORS, *(error.name for error in errors)])
    module.add(FIXED, f"__all__ = [{', '.join(text_literal(name) for name in names)}]")
    for error in errors:
        lines = [
            f"class {error.name}({error.base}):",
            f"    {docstring(sentence(error.title, error.name), '    ')}",
            "",
            f"    code = {text_literal(error.code)}",
            f"    title = {text_literal(sentence(error.title, error.name))}",
        ]
        if error.field:
            lines.append(f"    default_field = {text_literal(error.field)}")
        module.add(f"error {error.name}", "\n".join(lines))
    return module.render()


def settings_file(architecture: Architecture, present: frozenset[str]) -> str:
    """`app/settings.py`: the fixed settings, with the service's own after them."""
    lines: list[str] = []
    for setting in architecture.settings:
        taken = setting.name in _SETTINGS_TAKEN or setting.name.startswith("model_")
        if taken or is_reserved(setting.name):
            raise DocumentError(
                f"setting {setting.name!r} has a name that Python or every service uses itself.",
                "Give it another name.",
            )
        lines += _setting_lines(setting)
    text = select(source("settings.py"), present)
    if any(setting.type == "Decimal" for setting in architecture.settings):
        text = text.replace(
            "from typing import", "from decimal import Decimal\nfrom typing import", 1
        )
    return text.replace(
        "    # own settings\n", "\n".join(["", *(f"    {line}" for line in lines)]) + "\n"
    )


def _setting_lines(setting: Setting) -> list[str]:
    kind = _FIELD_TYPES[setting.type]
    value = setting.default
    if value is None:
        default = " = Field(repr=False)" if setting.secret else ""
    else:
        text = f"Decimal({literal(str(value))})" if kind == "Decimal" else literal(value)
        if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            text = repr(float(value))
        options = [f"default={text}"]
        if kind in {"int", "float", "Decimal"} and Decimal(str(value)) > 0:
            options.append("ge=0")  # limits, prices and periods: none of them is negative
        options += ["repr=False"] if setting.secret else []
        default = f" = Field({', '.join(options)})" if options[1:] else f" = {text}"
    lines = [f"{setting.name}: {kind}{default}"]
    if setting.description:
        lines.append(docstring(sentence(setting.description), "    "))
    return lines


def job_file(plan: Plan) -> Rendered | None:
    """`app/jobs.py`: the work that is done on a schedule."""
    jobs = plan.architecture.jobs
    if not jobs:
        return None
    module = Module(
        "app/jobs.py", "Scheduled work; `app jobs run NAME` does it once.", plan.class_names
    )
    for origin, name in (
        ("collections.abc", "Callable"),
        ("dataclasses", "dataclass"),
        ("app.clock", "utc_now"),
        ("app.database", "Database"),
        ("app.settings", "Settings"),
    ):
        module.use(origin, name)
    session, moment = module.use("app.database", "Session"), module.use("datetime", "datetime")
    module.add(
        FIXED,
        f'''@dataclass(frozen=True)
class Job:
    """What is done, and how often it is to be."""

    description: str
    schedule: str
    run: Callable[[{session}, {moment}, Settings], object]''',
    )
    entries: list[str] = []
    for job in jobs:
        call = _job_call(plan, module, job.function)
        entries.append(
            f"{literal(job.name)}: Job({literal(sentence(job.description))},"
            f" {literal(job.schedule)}, lambda session, now, settings: {call})"
        )
    element = f"job {jobs[0].name}" if len(jobs) == 1 else "jobs"
    module.add(element, f"JOBS = {{{', '.join(entries)}}}")
    module.add(
        FIXED,
        '''def run_job(name: str, settings: Settings) -> None:
    """Do the job `name` in one transaction."""
    database = Database(settings.database_url)
    try:
        with database.transaction(write=True) as session:
            JOBS[name].run(session, utc_now(), settings)
    finally:
        database.dispose()''',
    )
    return module.render()


def _job_call(plan: Plan, module: Module, name: str) -> str:
    definition = plan.architecture.function(name)
    assert definition is not None
    arguments: list[str] = []
    for parameter in definition.parameters:
        if parameter.name in {"session", "now", "settings"}:
            arguments.append(
                f"{parameter.name}={parameter.name}" if parameter.keyword_only else parameter.name
            )
        elif parameter.default is None:
            raise DocumentError(
                f"job function {name!r} takes {parameter.name!r}, which no job can give.",
                "Let it take session, now and settings only.",
            )
    call = f"{plan.function_alias(module, name)}.{name}({', '.join(arguments)})"
    if definition.is_async:
        return f"{module.imports.plain('asyncio')}.run({call})"
    return call


__all__ = ["error_file", "indent", "job_file", "package_file", "settings_file"]
