"""Junior Developer: writes the Function of every FunctionDefinition and shows that it works."""

from codex.develop.stage import develop, write

__all__ = ["develop", "write"]
