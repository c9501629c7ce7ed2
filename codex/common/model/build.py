"""The model and its limits as the settings choose them."""

from __future__ import annotations

import os
from decimal import Decimal
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codex.common.config import Settings
from codex.common.documents.base import JsonValue
from codex.common.errors import ConfigError
from codex.common.model.base import Identity, Mode, Model
from codex.common.model.budget import Budget, Limits
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.prices import FREE, Price, price_of
from codex.common.model.transport import Patience

if TYPE_CHECKING:
    from codex.common.model.langchain import LangChainModel

FORBIDDEN = "CODEX_FORBID_REAL_MODELS"
"""The switch that keeps tests away from real providers; servers on loopback are no providers."""
_MODES = {"json_schema": Mode.JSON_SCHEMA, "tools": Mode.TOOL, "json": Mode.JSON}
_LOCAL = {"builtin", "manual", "scripted"}
_EXTRAS = {
    "anthropic": "anthropic",
    "google_genai": "google",
    "ollama": "ollama",
    "mistralai": "mistral",
}
_CACHING = {"openai", "anthropic", "google_genai", "deepseek", "azure_openai"}
_UNLIMITED = 100_000


def provider_model(settings: Settings) -> Model:
    """The model of a provider: `openai:gpt-5` and the like."""
    provider, _, name = settings.model.partition(":")
    check_allowed(settings.model, settings.base_url)
    if provider == "openai":
        return _openai(settings, name)
    return _other(settings, provider, name)


def check_allowed(model: str, base_url: str) -> None:
    """Refuse a real provider while the switch is on."""
    if os.environ.get(FORBIDDEN, "") in {"", "0"} or _is_loopback(base_url):
        return
    raise ConfigError(
        f"{model} would reach a real provider, which {FORBIDDEN} forbids.",
        f"Unset {FORBIDDEN}, or use the scripted model.",
    )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _openai(settings: Settings, name: str) -> LangChainModel:
    """OpenAI, or a server that speaks its language."""
    from codex.common.model.langchain import LangChainModel
    from codex.common.model.openai_chat import openai_chat, takes_temperature

    key = settings.api_key.get_secret_value() or os.environ.get("OPENAI_API_KEY", "")
    if not key and not settings.base_url:
        raise ConfigError(
            "There is no key for openai.",
            "Set CODEX_API_KEY or OPENAI_API_KEY, or leave `model` out for the built-in one.",
        )
    parameters = _parameters(settings, temperature=takes_temperature(name))
    chat, http, completions = openai_chat(
        name,
        key=key,
        base_url=settings.base_url,
        timeout=settings.model_timeout,
        parameters=dict(parameters),
    )
    return LangChainModel(
        settings.model,
        chat,
        base_url=settings.base_url,
        parameters=parameters,
        mode=_MODES.get(settings.structured_output),
        openai_body=completions,
        timeout=settings.model_timeout,
        secrets=(key,),
        http=http,
    )


def _other(settings: Settings, provider: str, name: str) -> LangChainModel:
    """Any other provider that LangChain knows."""
    from codex.common.model.langchain import LangChainModel

    key = settings.api_key.get_secret_value()
    given: dict[str, Any] = {"base_url": settings.base_url or None, "api_key": key or None}
    options = {option: value for option, value in given.items() if value}
    chat = _made(settings, provider, name, options)
    profile: dict[str, Any] = getattr(chat, "profile", None) or {}
    parameters = _parameters(settings, temperature=profile.get("temperature") is not False)
    if parameters:
        chat = _made(settings, provider, name, {**options, **parameters})
    return LangChainModel(
        settings.model,
        chat,
        base_url=settings.base_url,
        parameters=parameters,
        mode=_MODES.get(settings.structured_output),
        cache_mark=provider == "anthropic",
        timeout=settings.model_timeout,
        secrets=(key,),
    )


def _made(settings: Settings, provider: str, name: str, options: dict[str, Any]) -> Any:
    """LangChain's chat model of a provider, or the user's mistake in words."""
    import langchain.chat_models as providers

    from codex.common.model.faults import explained

    try:
        make: Any = providers.init_chat_model  # pyright: ignore[reportUnknownMemberType] typed with bare dicts
        return make(name, model_provider=provider, max_retries=0, **options)
    except ImportError as error:
        extra = _EXTRAS.get(provider)
        todo = f"pip install 'codex[{extra}]'" if extra else str(error)
        raise ConfigError(f"The provider {provider} is not installed.", todo) from None
    except Exception as error:  # noqa: BLE001  each provider checks its options in its own way
        secrets = (settings.api_key.get_secret_value(),)
        raise ConfigError(
            f"{settings.model} cannot be used: {explained(error, settings.model, secrets)}",
            "Check `model`, `api_key` and `base_url`.",
        ) from None


def _parameters(settings: Settings, *, temperature: bool) -> dict[str, JsonValue]:
    """The parameters that enter every question; some models take no temperature."""
    parameters: dict[str, JsonValue] = {}
    if temperature:
        parameters["temperature"] = settings.temperature
    if settings.max_output_tokens:
        parameters["max_tokens"] = settings.max_output_tokens
    return parameters


def model_price(settings: Settings) -> Price | None:
    """The price of the chosen model; None where nobody knows it."""
    if settings.model in _LOCAL:
        return FREE
    if settings.base_url:
        # Another server's prices are not the provider's: only the user can know them.
        return price_of(settings.model, settings.prices_file, shipped=False)
    return price_of(settings.model, settings.prices_file)


def model_budget(settings: Settings) -> Budget:
    """A run's budget."""
    limits = Limits(
        usd=None if settings.budget_usd is None else Decimal(settings.budget_usd),
        tokens=settings.budget_tokens,
        calls=settings.budget_calls,
        seconds=settings.budget_seconds,
    )
    return Budget(limits, price=model_price(settings))


def model_limits(settings: Settings) -> ModelLimits:
    """The limits of every provider, for the whole process."""

    def make(identity: Identity) -> ProviderLimits:
        if identity.provider in _LOCAL:
            return ProviderLimits(_UNLIMITED)
        caches = identity.provider in _CACHING and not identity.base_url
        return ProviderLimits(
            settings.concurrency,
            requests_per_minute=settings.requests_per_minute,
            tokens_per_minute=settings.tokens_per_minute,
            patience=Patience(),
            warm_up=settings.prompt_cache_warmup and caches,
            streamed_at_once=settings.streamed_calls,
        )

    return ModelLimits(make)
