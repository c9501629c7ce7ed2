"""The Solutions Architect: from an agreed Specification to modules, a database and CodeGraphs."""

from codex.architect.stage import architect

__all__ = ["architect"]
