"""Schemathesis against a compiled service, with a fixed budget of examples."""

from __future__ import annotations

from typing import Any
