"""What every test shares: no test reaches a real model, and none sees the developer's settings."""

from __future__ import annotations

import os

# One switch; whoever builds a model from the settings obeys it.
os.environ["CODEX_FORBID_REAL_MODELS"] = "1"
