"""Ports: what the service needs from outside, with defaults that only log."""

from __future__ import annotations

from codex.common.documents.codegraph import FunctionDefinition
from codex.compiler.plan import Plan
from codex.compiler.source import FIXED, Module, Rendered, docstring, indent, sentence


def port_module(plan: Plan) -> Rendered | None:
    """`app/ports.py`: what the service needs from outside; every default only logs."""
    if not plan.architecture.ports:
        return None
    module = Module(
        "app/ports.py",
        "What the service needs from outside. Each default only logs: put the real thing here.",
        plan.class_names,
    )
    module.imports.plain("logging")
    module.add(FIXED, "logger = logging.getLogger(__name__)")
    for port in plan.architecture.ports:
        for item in port.functions:
            module.add(f"port {port.name}", _port_function(plan, module, port.name, item))
    return module.render()


def _port_function(plan: Plan, module: Module, port: str, item: FunctionDefinition) -> str:
    parameters: list[str] = []
    starred = False
    for parameter in item.parameters:
        if parameter.keyword_only and not starred:
            parameters.append("*")
            starred = True
        default = "" if parameter.default is None else f" = {parameter.default}"
        parameters.append(f"{parameter.name}: {plan.spell(module, parameter.type)}{default}")
    # Only plain values are logged; rows and sessions say nothing to a reader.
    logged = [
        parameter.name
        for parameter in item.parameters
        if parameter.type in {"int", "str", "bool", "float", "Decimal", "date", "datetime"}
    ]
    values = ", ".join(f'"{name}": {name}' for name in logged)
    line = f'logger.info("{port}: {item.name}", extra={{"arguments": {{{values}}}}})'
    body = [docstring(sentence(item.description, item.name), "    "), indent(line).strip()]
    default = _default_of(item.return_type)
    if default is not None:
        body.append(f"return {default}")
    start = "async def" if item.is_async else "def"
    returns = plan.spell(module, item.return_type)
    inner = "\n".join(f"    {line}" for line in body)
    return f"{start} {item.name}({', '.join(parameters)}) -> {returns}:\n{inner}"


def _default_of(return_type: str) -> str | None:
    if return_type == "None":
        return None
    if "None" in return_type:
        return "None"
    return {"bool": "True", "str": '""', "int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(
        return_type, f"{return_type}()"
    )
