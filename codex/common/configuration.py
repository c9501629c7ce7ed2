"""Reads the settings from where they stand, and remembers where: flag, environment, files."""

from __future__ import annotations

import difflib
import io
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import ValidationError

from codex.common.config import Settings
from codex.common.config_words import absolute, allowed_values, found_value, shown
from codex.common.errors import ConfigError

PREFIX = "CODEX_"
PROJECT_FILE = "codex.toml"
# Switches that are read where they act, since no file may turn them off.
SWITCHES = frozenset({"CODEX_FORBID_REAL_MODELS"})
# Names that other programs share, taken where codex's own name is not set.
SHARED_NAMES = {"DATABASE_URL": "database_url", "OPENAI_API_KEY": "api_key"}

Kind = Literal["flag", "environment", ".env", "codex.toml", "user file", "default"]


@dataclass(frozen=True)
class Origin:
    """Where a value stands."""

    kind: Kind
    place: str = ""
    """The flag, the variable or the file."""
    key: str = ""
    """What the value is called there."""

    def __str__(self) -> str:
        if self.kind in {"flag", "environment"}:
            return f"{self.kind} {self.place}"
        return self.place or self.kind

    @property
    def todo(self) -> str:
        """What the user does about a wrong value there."""
        if self.kind == "flag":
            return "Repeat the command with a value that is allowed."
        if self.kind == "environment":
            return f"Set it to a value that is allowed, or remove it: unset {self.place}"
        return f"Edit {self.place}."


@dataclass(frozen=True)
class Layer:
    """What one source says: raw values by setting, and where each stands."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])
    folder: Path = Path()
    """What relative paths in it are relative to."""


@dataclass(frozen=True)
class Configuration:
    """The settings with the origin of each."""

    settings: Settings
    origins: Mapping[str, Origin]

    def rows(self) -> list[dict[str, Any]]:
        """Every setting: name, value (secrets masked), source, meaning, and what is allowed."""
        return [
            {
                "name": name,
                "value": shown(getattr(self.settings, name)),
                "source": str(self.origins[name]),
                "meaning": about.description or "",
                "allowed": allowed_values(about),
            }
            for name, about in Settings.model_fields.items()
        ]


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings; `flags` are what a command line gave, by the settings' names."""
    return read(flags).settings


def read(flags: Mapping[str, Any] | None = None) -> Configuration:
    """The settings with their origins; a `ConfigError` names what is wrong, and where."""
    here = working_folder()
    layers = [
        flag_layer(flags or {}, here),
        variables_layer(os.environ, here),
        dotenv_layer(here / ".env"),
        toml_layer(here / PROJECT_FILE, "codex.toml"),
        toml_layer(user_file(), "user file"),
    ]
    model = next((layer.values["model"] for layer in layers if "model" in layer.values), "")
    values: dict[str, Any] = {}
    origins = dict.fromkeys(Settings.model_fields, Origin("default"))
    for layer in reversed(layers):
        for name, value in layer.values.items():
            origin = layer.origins[name]
            if origin.key == "OPENAI_API_KEY" and not str(model).startswith("openai:"):
                continue  # the key of one provider is never shown to another
            values[name] = absolute(name, value, layer.folder)
            origins[name] = origin
    try:
        return Configuration(Settings(**values), origins)
    except ValidationError as error:
        raise explain(error, values, origins) from None
    except RuntimeError as error:  # pathlib's way to say that there is no home folder
        raise ConfigError(
            f"There is no folder for codex's data: {error}", "Set HOME or CODEX_DATA_DIR."
        ) from None


def working_folder() -> Path:
    """The folder that the user stands in."""
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError(
            f"The working folder cannot be read: {error.strerror}.", "Change to one that exists."
        ) from None


def user_file() -> Path:
    """The user's own file; it need not exist."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    # The specification of these variables says that a relative path is to be ignored.
    folder = Path(base) if base.startswith("/") else Path(os.path.expanduser("~/.config"))  # noqa: PTH111  Path.expanduser() raises where there is no home
    return folder / "codex" / "config.toml"


def flag_layer(flags: Mapping[str, Any], folder: Path) -> Layer:
    """What the command line says."""
    values = {name: value for name, value in flags.items() if value is not None}
    known_or_error(values, "The command line", str)
    origins = {name: Origin("flag", "--" + name.replace("_", "-"), name) for name in values}
    return Layer(values, origins, folder)


def variables_layer(variables: Mapping[str, str], folder: Path, file: Path | None = None) -> Layer:
    """What the environment says, or a file of variables; an empty one is as good as none."""
    mine = [name for name in variables if name.startswith(PREFIX) and name not in SWITCHES]
    known_or_error(mine, str(file or "The environment"), setting_of)
    names = {**SHARED_NAMES, **{name: setting_of(name) for name in mine}}  # its own names win
    layer = Layer(folder=folder)
    for variable, name in names.items():
        if variables.get(variable):
            layer.values[name] = variables[variable]
            layer.origins[name] = (
                Origin(".env", str(file), variable)
                if file
                else Origin("environment", variable, variable)
            )
    return layer


def setting_of(variable: str) -> str:
    """The setting that a variable of the environment sets."""
    return variable.removeprefix(PREFIX).lower()


def dotenv_layer(path: Path) -> Layer:
    """What the `.env` in the working folder says; only what belongs to codex is looked at."""
    content = text_of(path)
    if content is None:
        return Layer()
    readable: list[str] = []
    for binding in parse_stream(io.StringIO(content)):
        line = binding.original
        said = binding.key or line.string.strip().removeprefix("export ").lstrip()
        ours = said.startswith(PREFIX) and binding.value is None
        if ours or (binding.error and said.startswith(tuple(SHARED_NAMES))):
            raise ConfigError(
                f"{path} line {line.line} is not of the form NAME=value.",
                f"Edit {path}.",
            )
        if not binding.error:  # what others may read from it is no concern of ours
            readable.append(line.string)
    found = dotenv_values(stream=io.StringIO("".join(readable)))
    return variables_layer({name: value or "" for name, value in found.items()}, path.parent, path)


def toml_layer(path: Path, kind: Literal["codex.toml", "user file"]) -> Layer:
    """What a TOML file says."""
    content = text_of(path)
    if content is None:
        return Layer()
    try:
        values = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ConfigError(f"{path} is not TOML: {reason}.", f"Edit {path}.") from None
    known_or_error(values, str(path), str)
    origins = {name: Origin(kind, str(path), name) for name in values}
    return Layer(values, origins, path.parent)


def text_of(path: Path) -> str | None:
    """The text of a configuration file, or None where there is none."""
    try:
        if not (path.exists() or path.is_symlink()):
            return None
        if not path.is_file():
            raise ConfigError(f"{path} is not a file.", "Remove or rename it.")
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}.",
            "Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}.", "Make it readable, or remove it."
        ) from None
    if "\0" in content:
        line = content[: content.index("\0")].count("\n") + 1
        raise ConfigError(f"{path} line {line} holds a NUL byte.", f"Edit {path}.")
    return content


def known_or_error(given: Iterable[str], where: str, to_name: Callable[[str], str]) -> None:
    """An error for the first of `given` that is no setting, with the one that was perhaps meant."""
    for key in given:
        name = to_name(key)
        is_variable = key.startswith(PREFIX)
        if name in Settings.model_fields and (not is_variable or key == key.upper()):
            continue
        alike = name.lower().replace("-", "_")
        near = difflib.get_close_matches(alike, Settings.model_fields, 1)
        spelled = [PREFIX + found.upper() if is_variable else found for found in near]
        hint = f"; did you mean {spelled[0]!r}?" if spelled else "."
        raise ConfigError(
            f"{where}: there is no setting {key!r}{hint}",
            "`codex config show` lists every setting, once this one is corrected or removed.",
        )


def explain(
    error: ValidationError, values: Mapping[str, Any], origins: Mapping[str, Origin]
) -> ConfigError:
    """One line on the first wrong value: where it stands, what was found, what is allowed."""
    first, *more = error.errors(include_url=False, include_context=False, include_input=False)
    name = str(first["loc"][0])
    origin, about = origins[name], Settings.model_fields[name]
    key = origin.key or name
    where = f"{origin.place}: {key}" if origin.place not in {"", key} else key
    where = origin.place if origin.kind == "flag" else where
    reason = f"; {first['msg']}" if first["type"] == "unsafe_text" else ""
    others = (
        f" ({len(more)} more {'value is' if len(more) == 1 else 'values are'} wrong.)"
        if more
        else ""
    )
    return ConfigError(
        f"{where} is {found_value(about, values[name])}{reason}; "
        f"allowed: {allowed_values(about)}.{others}",
        origin.todo,
    )
