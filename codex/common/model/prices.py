"""What models cost: a data file that ships, and the user's own over it. Unknown stays unknown."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from codex.common.documents.run import Usage
from codex.common.errors import ConfigError

SHIPPED = Path(__file__).parent / "prices.toml"
_MILLION = Decimal(1_000_000)
_KEYS = ("input", "cached", "output")


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    """For input tokens that the provider had cached; None where it charges them in full."""

    def of(self, usage: Usage) -> Decimal:
        """What `usage` costs."""
        cached = self.input if self.cached is None else self.cached
        fresh = usage.input_tokens - usage.cached_tokens
        total = (
            fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output
        )
        return total / _MILLION


FREE = Price(Decimal(0), Decimal(0))


def read_prices(path: Path) -> dict[str, Price]:
    """The prices in `path` by model: `["openai:gpt-5"]` with input, output and cached."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.", "Mend the file.") from None
    return {model: _price(path, model, entry) for model, entry in raw.items()}


def _price(path: Path, model: str, entry: Any) -> Price:
    form = 'Write ["provider:model"] with input, output and optionally cached, in $ per million.'
    if not isinstance(entry, dict) or not {"input", "output"} <= entry.keys() <= {*_KEYS}:  # pyright: ignore[reportUnknownMemberType] any TOML
        raise ConfigError(f"{path}: {model!r} is not a price.", form)
    try:
        values = {key: Decimal(str(entry[key])) for key in _KEYS if key in entry}  # pyright: ignore[reportUnknownArgumentType] any TOML
    except InvalidOperation:
        raise ConfigError(f"{path}: {model!r} has a price that is no number.", form) from None
    if any(not value.is_finite() or value < 0 for value in values.values()):
        raise ConfigError(f"{path}: {model!r} has a price below zero.", form)
    return Price(**values)


def price_of(model: str, prices_file: Path | None = None, *, shipped: bool = True) -> Price | None:
    """The price of `model`; a name in the file may hold `*`. None where nobody knows it."""
    tables = [read_prices(prices_file)] if prices_file else []
    if shipped:
        tables.append(read_prices(SHIPPED))
    for table in tables:
        if model in table:
            return table[model]
    for table in tables:
        patterns = sorted((name for name in table if "*" in name), key=len, reverse=True)
        for name in patterns:
            if fnmatchcase(model, name):
                return table[name]
    return None
