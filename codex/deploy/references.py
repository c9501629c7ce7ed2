"""Names of images and platforms: taken as an engine would take them, or refused with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex.common.errors import InputError

_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_REGISTRY = re.compile(
    rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])(?::(?P<port>[0-9]+))?", re.ASCII
)
_PATH = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_PLATFORM = re.compile(r"(?P<os>[a-z0-9]+)/(?P<machine>[a-z0-9]+)(?:/(?P<variant>v[0-9]+))?")
LONGEST = 255
MACHINES = ("amd64", "arm64", "arm", "386", "ppc64le", "riscv64", "s390x")


@dataclass(frozen=True)
class Reference:
    """Where an image lies and what it is called."""

    repository: str
    """With its registry, where one is named: `registry.example:5000/team/library`."""
    tag: str

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"


def image_reference(text: str) -> Reference:
    """`NAME`, `NAME:TAG` or `REGISTRY[:PORT]/NAME[:TAG]`; without a tag it is `latest`."""
    if "@" in text:
        raise _refused(text, "it names a digest, which only what is built already has")
    head, slash, last = text.rpartition("/")
    name, colon, tag = last.partition(":")
    repository = f"{head}{slash}{name}"
    if colon and not _TAG.fullmatch(tag):
        raise _refused(
            text, "a tag is up to 128 letters, digits, `_`, `.` and `-`, and begins with no `.`"
        )
    registry, path = _registry_and_path(repository)
    if registry is not None:
        found = _REGISTRY.fullmatch(registry)
        if found is None or not 0 < int(found["port"] or 1) < 65536:
            raise _refused(text, f"{_short(registry)} is no host or host:port")
    if not _PATH.fullmatch(path):
        raise _refused(
            text,
            "a name is made of lower-case letters and digits, with single `.`, `_`, `-` or `/`"
            " between them",
        )
    if len(repository) > LONGEST:
        raise _refused(text, f"its name has more than {LONGEST} characters")
    if re.fullmatch(r"[0-9a-f]{64}", repository):
        raise _refused(text, "it looks like the number of an image")
    return Reference(repository, tag or "latest")


def platform(text: str) -> str:
    """`linux/amd64` and the like; empty for the engine's own."""
    if not text:
        return ""
    found = _PLATFORM.fullmatch(text)
    if found is None or found["os"] != "linux" or found["machine"] not in MACHINES:
        raise InputError(
            f"{_short(text)} is no platform that a service can run on.",
            f"Name linux/ and one of {', '.join(MACHINES)}, as linux/amd64.",
        )
    return text


def _registry_and_path(repository: str) -> tuple[str | None, str]:
    """What stands before the first slash is a registry if it could not be a name."""
    first, slash, rest = repository.partition("/")
    looks_like_a_host = any(mark in first for mark in ".:[") or first == "localhost"
    if slash and looks_like_a_host:
        return first, rest
    return None, repository


def _refused(text: str, why: str) -> InputError:
    return InputError(f"{_short(text)} is no name of an image: {why}.", "Write it as NAME:TAG.")


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
