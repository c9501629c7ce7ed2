"""From documents to the source of a service: plain code, no model, the same bytes everywhere."""

from codex.compiler.service import CompiledService, compile_service

__all__ = ["CompiledService", "compile_service"]
