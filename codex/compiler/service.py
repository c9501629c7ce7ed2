"""Compiles an Architecture, with the Functions at hand, to the files of a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codex.common.documents.application import CompiledRoute, ServiceFile, SourceSpan
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.implementation import Function
from codex.compiler import (
    accounts,
    cases,
    declarations,
    migrations,
    packaging,
    reading,
    scenarios,
    tables,
    types,
)
from codex.compiler.features import features
from codex.compiler.fixed import fixed_files
from codex.compiler.format import format_sources
from codex.compiler.modules import check_modules, route_files
from codex.compiler.names import check_names
from codex.compiler.plan import Plan
from codex.compiler.ports import port_module
from codex.compiler.source import FIXED, Rendered


@dataclass(frozen=True)
class CompiledService:
    """The files of a service, and where each line of them comes from."""

    files: tuple[ServiceFile, ...]
    routes: tuple[CompiledRoute, ...]
    source_map: tuple[SourceSpan, ...]
    requirements: tuple[str, ...]
    """What the service needs installed, as requirement specifiers."""

    def file(self, path: str) -> ServiceFile | None:
        """The file at `path`."""
        return next((item for item in self.files if item.path == path), None)


def compile_service(
    architecture: Architecture, functions: Mapping[str, Function] | None = None, *, lock: str = ""
) -> CompiledService:
    """The service that `architecture` describes; a function that is missing answers a typed 501.

    `lock` is the text of `requirements.lock`, where it has been resolved.
    """
    plan = Plan(architecture, dict(functions or {}))
    check_names(architecture)
    check_modules(architecture)
    present = features(architecture)
    fixed = {
        **fixed_files(present),
        "app/settings.py": declarations.settings_file(architecture, present),
        **packaging.test_files(present, architecture),
        **cases.case_files(plan, present),
    }
    rendered = [*_service_modules(plan), *scenarios.scenario_files(plan), *cases.case_modules(plan)]
    requirements = packaging.requirements(plan, present)
    project = packaging.project_file(plan, present)
    formatted = format_sources({**fixed, **{item.path: item.text for item in rendered}}, project)
    others = packaging.other_files(architecture, present, lock) | {"pyproject.toml": project}
    spans = _source_map(rendered, formatted, fixed)
    files = [ServiceFile.of(path, text) for path, text in sorted({**formatted, **others}.items())]
    routes = tuple(_compiled_route(plan, route, spans, formatted) for route in architecture.routes)
    return CompiledService(tuple(files), routes, spans, requirements)


def _service_modules(plan: Plan) -> Iterable[Rendered]:
    yield declarations.package_file(plan.architecture)
    yield declarations.error_file(plan)
    yield from data_files(plan)
    yield from route_files(plan)
    yield from plan.assembly.rendered()
    for module in (port_module(plan), declarations.job_file(plan)):
        if module is not None:
            yield module


def data_files(plan: Plan) -> Iterable[Rendered]:
    """Tables, types, access and migrations."""
    architecture = plan.architecture
    yield from tables.model_files(architecture)
    yield from types.type_files(architecture)
    yield from reading.reading_files(plan)
    yield from accounts.account_files(architecture)
    first = migrations.first_migration(architecture)
    if first is not None:
        yield first


def _source_map(
    rendered: Sequence[Rendered], formatted: Mapping[str, str], fixed: Mapping[str, str]
) -> tuple[SourceSpan, ...]:
    spans = [span for item in rendered for span in item.spans(formatted[item.path])]
    for path in fixed:
        lines = formatted[path].count("\n") or 1
        spans.append(SourceSpan(file=path, first=1, last=lines, element=FIXED))
    return tuple(sorted(spans, key=lambda span: (span.file, span.first)))


def _compiled_route(
    plan: Plan, route: CodeGraph, spans: Iterable[SourceSpan], formatted: Mapping[str, str]
) -> CompiledRoute:
    element = f"route {route.api_route}"
    code = "\n\n\n".join(
        "\n".join(formatted[span.file].split("\n")[span.first - 1 : span.last])
        for span in spans
        if span.element == element
    )
    behind = set(plan.below(route.main.name)) if route.main else set[str]()
    return CompiledRoute(
        function_name=route.function_name,
        description=route.description or route.summary,
        code=code,
        functions=tuple(name for name in plan.assembly.order if name in behind),
        verified=not (route.main and plan.missing_below(route.main.name)),
    )
