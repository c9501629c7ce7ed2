"""Where packages come from when only pip was told: pip's configuration, in the words of uv.

uv reads its own variables and files and none of pip's. Whoever configured uv is taken at their
word; otherwise what pip would do is done. Values may hold passwords: they are handed to uv's
environment and go nowhere else.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

# Any of these says that uv itself was configured.
_OF_UV = (
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
    *("UV_CONFIG_FILE", "UV_NO_INDEX", "UV_OFFLINE"),
)
_LISTS = {"find-links": ("UV_FIND_LINKS", ","), "trusted-host": ("UV_INSECURE_HOST", " ")}


def index_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables for uv that say what pip's variables and files say."""
    if any(environ.get(name) for name in _OF_UV) or any(
        path.is_file() for path in _uv_files(environ)
    ):
        return {}
    told = _pip_settings(environ)
    variables: dict[str, str] = {}
    if index := told.get("index-url", "").strip():
        variables["UV_DEFAULT_INDEX"] = index
    if extra := told.get("extra-index-url", "").split():
        variables["UV_INDEX"] = " ".join(extra)
        # As pip: the best version that any of the indexes has.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    for name, (variable, between) in _LISTS.items():
        if items := told.get(name, "").split():
            variables[variable] = between.join(items)
    if told.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        variables["UV_NO_INDEX"] = "1"
    if (certificates := told.get("cert", "")) and "SSL_CERT_FILE" not in environ:
        variables["SSL_CERT_FILE"] = certificates
    return variables


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The options of pip, the later of its places over the earlier ones."""
    told: dict[str, str] = {}
    for path in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue  # pip says what is wrong with it
        for section in ("global", "install"):
            if parser.has_section(section):
                told |= {name.replace("_", "-"): value for name, value in parser.items(section)}
    for name in ("index-url", "extra-index-url", "find-links", "trusted-host", "no-index", "cert"):
        value = environ.get(f"PIP_{name.upper().replace('-', '_')}", "")
        if value:
            told[name] = value
    return told


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    chosen = environ.get("PIP_CONFIG_FILE", "")
    if chosen == os.devnull:
        return
    home = Path(environ.get("HOME", "~")).expanduser()
    for folder in reversed(environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)):
        if folder:
            yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    yield Path(environ.get("VIRTUAL_ENV") or sys.prefix) / "pip.conf"
    if chosen:
        yield Path(chosen)


def _uv_files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME", "~")).expanduser()
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "uv" / "uv.toml"
    yield Path("/etc/uv/uv.toml")
