"""The settings: every value that can be configured, its meaning, and what it may be."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from codex.common.documents.base import unsafe_character
from codex.common.documents.run import LOCAL_OWNER

EMBEDDED = "embedded"
# `networkx`, `networkx>=3,<4`, or with the name of the import before it: `bs4:beautifulsoup4`.
_REQUIREMENT = re.compile(
    r"([A-Za-z_]\w*:)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
    r"((<=?|>=?|==|!=|~=)[A-Za-z0-9.*+!_-]+(,(<=?|>=?|==|!=|~=)[A-Za-z0-9.*+!_-]+)*)?"
)


def default_data_dir() -> Path:
    """The folder that the platform keeps for a user's data."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # The specification of these variables says that a relative path is to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "codex"


def _none_in_words(value: Any) -> Any:
    """Let a text say `none`, since neither TOML nor the environment can; an empty one does too."""
    return None if isinstance(value, str) and value.strip().lower() in {"", "none"} else value


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is expected")  # noqa: TRY004  pydantic turns ValueError into its own
    return value


def _model_name(value: str) -> str:
    value = value.strip()
    if not value:
        return "builtin"
    if value in {"builtin", "manual", "scripted"} or re.fullmatch(r"[a-z][a-z0-9_-]*:\S+", value):
        return value
    raise ValueError("not a model")


def _embedding_name(value: str) -> str:
    value = value.strip()
    if not value or re.fullmatch(r"[a-z][a-z0-9_-]*:\S+", value):
        return value
    raise ValueError("not a model")


def _requirements(value: Any) -> Any:
    """Requirements as one text with a space between them; a file may give a list."""
    if isinstance(value, (list, tuple)):
        value = " ".join(str(item) for item in cast("list[Any]", value))
    if not isinstance(value, str):
        return value
    items = value.split()
    if not all(_REQUIREMENT.fullmatch(item) for item in items):
        raise ValueError("not requirements")
    return " ".join(items)


def _postgres_url(value: str) -> str:
    value = value.strip()
    if value in {"", EMBEDDED}:
        return ""
    parts = urlsplit(value)  # a ValueError for a malformed address
    _ = parts.port  # the same for a malformed port
    if parts.scheme not in {"postgres", "postgresql"} or not (parts.netloc or parts.query):
        raise ValueError("not the address of a Postgres database")
    return value


def _trial_database(value: str) -> str:
    return EMBEDDED if value.strip() == EMBEDDED else _postgres_url(value)


def _web_address(value: str) -> str:
    value = value.strip()
    if value:
        parts = urlsplit(value)
        _ = parts.port
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("not a web address")
    return value


def _named(value: Any) -> Any:
    if value == "":
        raise ValueError("a path is expected")  # pathlib would take it for the working folder
    return value


def _folder(value: Path) -> Path:
    return Path(os.path.abspath(value.expanduser()))  # noqa: PTH100  resolve() would follow links


def allowed(text: str) -> dict[str, Any]:
    """What a field may be, in words, where its type does not say it well enough."""
    return {"allowed": text}


Place = Annotated[Path, BeforeValidator(_named), AfterValidator(_folder)]
OptionalPlace = Annotated[Place | None, BeforeValidator(_none_in_words)]
Count = Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=1_000_000_000)]
OptionalCount = Annotated[Count | None, BeforeValidator(_none_in_words)]
Seconds = Annotated[float, BeforeValidator(_no_bool), Field(gt=0, le=31_536_000)]
Money = Annotated[Decimal, BeforeValidator(_no_bool), Field(ge=0, le=1_000_000)]
WebAddress = Annotated[
    str,
    AfterValidator(_web_address),
    # An address may hold a password or a token, so it is not part of the settings' repr().
    Field(repr=False, json_schema_extra=allowed("http://…, https://… or empty")),
]


class Settings(BaseSettings):
    """The configuration, merged and checked; `configuration.load` reads it from its sources."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    model: Annotated[
        str,
        AfterValidator(_model_name),
        Field(
            json_schema_extra=allowed(
                "builtin, manual, scripted or provider:name, such as openai:gpt-5"
            )
        ),
    ] = "builtin"
    """Who answers: `builtin` (rules, no key), `manual` (files), `scripted`, or `provider:name`."""
    base_url: WebAddress = ""
    """The address of an OpenAI-compatible server; empty for the provider's own."""
    api_key: SecretStr = SecretStr("")
    """The provider's key; for the provider openai, OPENAI_API_KEY is taken too."""
    structured_output: Literal["auto", "json_schema", "tools", "json"] = "auto"
    """How the model is made to answer in a schema; `auto` takes the best that it supports."""
    temperature: Annotated[float, BeforeValidator(_no_bool), Field(ge=0, le=2)] = 0.0
    """How freely the model chooses its words."""
    max_output_tokens: OptionalCount = None
    """The longest reply in tokens; none leaves it to the provider."""
    model_timeout: Seconds = 120.0
    """Seconds to wait for one reply."""
    concurrency: Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=1000)] = 25
    """Model calls that may be in flight at once."""
    requests_per_minute: OptionalCount = None
    """The provider's limit on requests; none for no limit."""
    tokens_per_minute: OptionalCount = None
    """The provider's limit on tokens; none for no limit."""
    streamed_calls: Annotated[int, BeforeValidator(_no_bool), Field(ge=0, le=1000)] = 2
    """How many calls at once may show their text as it comes; more are counted only."""
    prompt_cache_warmup: bool = True
    """Send one call of a fan-out ahead, so that the provider's prompt cache serves the others."""
    embedding_model: Annotated[
        str,
        AfterValidator(_embedding_name),
        Field(json_schema_extra=allowed("provider:name, or empty")),
    ] = ""
    """The model that turns texts into vectors; empty switches the search by meaning off."""
    manual_dir: OptionalPlace = None
    """Where the model `manual` writes its questions and reads the answers."""
    prompts_dir: OptionalPlace = None
    """A folder of prompt templates that are taken before the ones of codex."""
    prices_file: OptionalPlace = None
    """A TOML file of prices per model, beside the ones that codex knows."""
    journal_mode: Literal["normal", "replay", "refresh"] = "normal"
    """`normal` reads what was answered and asks the rest, `replay` never asks, `refresh` always."""
    budget_usd: Annotated[Money | None, BeforeValidator(_none_in_words)] = None
    """The most that a run may cost in US dollars; none for no limit."""
    budget_tokens: OptionalCount = None
    """The most tokens that a run may use; none for no limit."""
    budget_calls: OptionalCount = None
    """The most model calls that a run may make; none for no limit."""
    budget_seconds: Annotated[Seconds | None, BeforeValidator(_none_in_words)] = None
    """The longest that a run may take in seconds; none for no limit."""
    data_dir: Place = Field(default_factory=default_data_dir)
    """Where codex keeps its database, environments and caches."""
    database_url: Annotated[
        str,
        AfterValidator(_postgres_url),
        Field(
            repr=False,
            json_schema_extra=allowed(f"postgresql://user:password@host:port/name, or {EMBEDDED}"),
        ),
    ] = ""
    """A Postgres 15 or later; empty or `embedded` for the one under `data_dir`."""
    trial_database: Annotated[
        str,
        AfterValidator(_trial_database),
        Field(
            repr=False,
            json_schema_extra=allowed(
                f"postgresql://user:password@host:port/name, {EMBEDDED}, or empty"
            ),
        ),
    ] = ""
    """A Postgres on which database functions are tried too; empty for SQLite alone."""
    owner: Annotated[
        str,
        Field(
            pattern=r"^\S(.{0,98}\S)?$",
            json_schema_extra=allowed("1 to 100 characters, no space at either end"),
        ),
    ] = LOCAL_OWNER
    """To whom runs and what they made belong."""
    sandbox: Literal["auto", "bubblewrap", "landlock", "none"] = "auto"
    """What confines generated code; `auto` takes the strongest kind that works here."""
    package_policy: Literal["curated", "any"] = "curated"
    """Which packages generated code may use: a reviewed list, or any."""
    extra_packages: Annotated[
        str,
        BeforeValidator(_requirements),
        Field(
            json_schema_extra=allowed(
                "requirements with spaces between them, such as `networkx>=3 bs4:beautifulsoup4`"
            )
        ),
    ] = ""
    """Packages beside the reviewed list; MODULE:NAME where the import is called otherwise."""
    package_index: WebAddress = ""
    """The index that packages of generated services come from; empty for the default one."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """The least serious kind of log line that is written to standard error."""

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if character := unsafe_character(str(value) if isinstance(value, Path) else value):
            raise PydanticCustomError(
                "unsafe_text", "it holds the character U+{code}", {"code": f"{ord(character):04X}"}
            )
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing by itself: `configuration.load` reads, since it also tells from where."""
        return (init_settings,)

    @property
    def provider(self) -> str:
        """The part of `model` before the colon."""
        return self.model.partition(":")[0]
