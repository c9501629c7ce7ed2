"""A service's compose.yaml as codex carries it out: the keys that it writes itself, and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from codex.common.errors import InputError

APPLICATION, DATABASE = "service", "database"
_KNOWN = {
    "build", "depends_on", "environment", "healthcheck", "image", "ports", "restart", "volumes",
}  # fmt: skip
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\}")
_SECONDS = re.compile(r"(\d+)s")


@dataclass(frozen=True)
class Part:
    """A container of the deployment."""

    name: str
    image: str = ""
    """Empty for the one that is built from the folder."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    ports: Mapping[int, int] = field(default_factory=dict[int, int])
    """A port of the container to that of the machine; 0 for any."""
    volumes: Mapping[str, str] = field(default_factory=dict[str, str])
    """A volume to where it is mounted."""
    healthcheck: Mapping[str, Any] = field(default_factory=dict[str, Any])
    restart: str = "no"


class MissingVariable(InputError):
    """A variable that compose.yaml asks for has no value."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} is not set: {why}.", f"Set {name} in the environment.")
        self.name = name


def read_compose(text: str, variables: Mapping[str, str]) -> dict[str, Part]:
    """The parts that a compose.yaml describes, with its variables filled in."""
    try:
        document: Any = yaml.safe_load(text)
        services = cast("dict[str, dict[str, Any]]", document["services"])
        parts = {name: _part(name, body, variables) for name, body in services.items()}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"compose.yaml cannot be read: {' '.join(str(error).split())[:200]}.",
            "Mend it, or deploy it with compose itself.",
        ) from None
    if APPLICATION not in parts or set(parts) - {APPLICATION, DATABASE}:
        raise InputError(
            f"compose.yaml describes {', '.join(parts)}; codex starts a service and a database.",
            "Deploy it with compose itself.",
        )
    return parts


def required(text: str) -> list[str]:
    """The variables that have no default."""
    return [found["name"] for found in _VARIABLE.finditer(text) if found["kind"] == ":?"]


def _part(name: str, body: Mapping[str, Any], variables: Mapping[str, str]) -> Part:
    if unknown := sorted(set(body) - _KNOWN):
        raise ValueError(f"{name} has {unknown[0]}, which codex does not carry out")

    def filled(value: object) -> str:
        return _filled(str(value), variables)

    ports: dict[int, int] = {}
    for item in body.get("ports", []):
        outside, inside = filled(item).split(":")
        ports[int(inside)] = int(outside)
    return Part(
        name=name,
        image=filled(body.get("image", "")),
        environment={key: filled(value) for key, value in body.get("environment", {}).items()},
        ports=ports,
        volumes=dict(filled(item).split(":") for item in body.get("volumes", [])),
        healthcheck=_healthcheck(body.get("healthcheck", {})),
        restart=filled(body.get("restart", "no")),
    )


def _filled(text: str, variables: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if not found["name"]:
            return "$"
        given = variables.get(found["name"], "")
        if given:
            return given
        if found["kind"] == ":?":
            raise MissingVariable(found["name"], found["rest"] or "it has no default")
        return found["rest"] or ""

    return _VARIABLE.sub(value, text)


def _healthcheck(body: Mapping[str, Any]) -> dict[str, Any]:
    """As the engine takes it: in nanoseconds."""
    if not body:
        return {}
    times = {
        key: int(found[1]) * 1_000_000_000
        for key in ("interval", "timeout", "start_period")
        if (found := _SECONDS.fullmatch(str(body.get(key, ""))))
    }
    return {"test": body["test"], "retries": int(body.get("retries", 3)), **times}
