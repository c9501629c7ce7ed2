"""Texts as vectors: a small protocol beside the model's, through journal and budget alike."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any, Protocol

from codex.common.config import Settings
from codex.common.documents.base import Part
from codex.common.documents.run import ModelCall, Usage
from codex.common.errors import ConfigError
from codex.common.journal import Journal
from codex.common.model.base import Identity, Message, Mode, Output, Question, Reply, TransportFault
from codex.common.model.budget import Budget, estimated_tokens
from codex.common.model.build import check_allowed
from codex.common.model.faults import explained
from codex.common.model.limits import ModelLimits
from codex.common.model.prices import Price, price_of
from codex.common.model.transport import with_retries

# Models of OpenAI whose vectors are as long as they are asked to be.
_SHORTENED = "text-embedding-3"
CHAIN = "embed"
"""What calls for vectors are called in journal and events."""


class Texts(Part):
    """What is embedded in one call."""

    texts: tuple[str, ...]


class Embeddings(Protocol):
    """Who turns texts into vectors."""

    @property
    def identity(self) -> Identity:
        """What of it enters the key of a call."""
        ...

    @property
    def price(self) -> Price | None:
        """What it costs; None where nobody knows."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text; one try."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class Embedding(Protocol):
    """What embedding needs of the services."""

    @property
    def run_id(self) -> str: ...  # noqa: D102 as in Services
    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def budget(self) -> Budget: ...  # noqa: D102
    @property
    def limits(self) -> ModelLimits: ...  # noqa: D102


async def embed(
    embeddings: Embeddings, texts: Sequence[str], services: Embedding, *, place: str
) -> list[list[float]]:
    """The vectors of `texts`, from the journal where it has them."""
    question = Question(
        chain=CHAIN,
        inputs=Texts(texts=tuple(texts)),
        messages=tuple(Message("user", text) for text in texts),
        output=Output(Texts, Mode.TEXT, "vectors"),
        place=place,
        run_id=services.run_id,
    )
    asked = services.journal.asked(question, embeddings.identity, "")

    async def ask() -> ModelCall:
        started = time.perf_counter()
        ticket, estimate = services.budget.reserve(question, embeddings.price)
        try:
            reply = await _asked(embeddings, texts, services, estimate.input_tokens)
        except BaseException:
            services.budget.release(ticket)
            raise
        # What was read is what is charged, and it is known well enough.
        used = Usage(input_tokens=sum(map(estimated_tokens, texts)))
        usage, price = services.budget.settle(ticket, CHAIN, used, embeddings.price)
        latency = round((time.perf_counter() - started) * 1000)
        return asked.record(reply=reply.text, usage=usage, price=price, latency_ms=latency)

    call, _ = await services.journal.call(asked, ask)
    return json.loads(call.reply)


async def _asked(
    embeddings: Embeddings, texts: Sequence[str], services: Embedding, tokens: int
) -> Reply:
    """The vectors as a reply, under the provider's limits, tried again where that may help."""
    limits = services.limits.of(embeddings.identity)

    async def once() -> Reply:
        async with limits.slot(services.run_id, tokens):
            return Reply(json.dumps(await embeddings.embed(texts)))

    async def wait_for_all(fault: TransportFault, tries: int, wait: float) -> None:  # noqa: ARG001 the shape of OnRetry
        if fault.retry_after is not None:
            limits.pause(wait)

    return await with_retries(once, patience=limits.patience, on_retry=wait_for_all)


class LangChainEmbeddings:
    """A provider's embedding model behind the protocol."""

    def __init__(
        self,
        name: str,
        client: Any,
        *,
        base_url: str = "",
        price: Price | None = None,
        secrets: tuple[str, ...] = (),
        http: Any = None,
    ) -> None:
        """`client` is any LangChain embeddings object; `http` is closed with it."""
        provider, _, model = name.partition(":")
        self._name = name
        self._client = client
        self._identity = Identity(provider, model, base_url)
        self._price = price
        self._secrets = secrets
        self._http = http

    @property
    def identity(self) -> Identity:
        """What of it enters the key of a call."""
        return self._identity

    @property
    def price(self) -> Price | None:
        """What it costs; None where nobody knows."""
        return self._price

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text; one try."""
        try:
            return await self._client.aembed_documents(list(texts))
        except Exception as error:
            raise explained(error, self._name, self._secrets) from error

    async def close(self) -> None:
        """Give back connections."""
        if self._http is not None:
            await self._http.aclose()


def chosen_embeddings(settings: Settings, dimensions: int = 0) -> Embeddings | None:
    """The embedding model that the settings choose; None without a choice.

    `dimensions` is asked of models that can shorten their vectors.
    """
    name = settings.embedding_model
    if not name:
        return None
    check_allowed(name, settings.base_url)
    provider, _, model = name.partition(":")
    key = settings.api_key.get_secret_value() or os.environ.get("OPENAI_API_KEY", "")
    if provider == "openai" and not key and not settings.base_url:
        raise ConfigError(
            f"There is no key for {name}.",
            "Set CODEX_API_KEY or OPENAI_API_KEY, or leave `embedding_model` out.",
        )
    price = price_of(name, settings.prices_file, shipped=not settings.base_url)
    client, http = _client(settings, provider, model, key, dimensions)
    return LangChainEmbeddings(
        name, client, base_url=settings.base_url, price=price, secrets=(key,), http=http
    )


def _client(
    settings: Settings, provider: str, model: str, key: str, dimensions: int
) -> tuple[Any, Any]:
    """LangChain's embeddings object of a provider, and its HTTP client if it is ours."""
    if provider == "openai":
        import openai
        from langchain_openai import OpenAIEmbeddings

        http = openai.DefaultAsyncHttpxClient(timeout=settings.model_timeout)
        client = OpenAIEmbeddings(
            model=model,
            api_key=key or "none",  # pyright: ignore[reportArgumentType] a text is taken too
            base_url=settings.base_url or None,
            dimensions=dimensions if dimensions and model.startswith(_SHORTENED) else None,
            max_retries=0,  # retries are ours
            check_embedding_ctx_length=False,  # counting tokens would fetch tables
            http_async_client=http,
        )
        return client, http
    import langchain.embeddings as providers

    make: Any = providers.init_embeddings
    try:
        return make(model, provider=provider), None
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"The embeddings of {provider} cannot be used: {error}", "Install its package."
        ) from None
