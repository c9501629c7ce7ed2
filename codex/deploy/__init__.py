"""Build Engineer: compiles, verifies, packages and deploys the finished service."""

from codex.deploy.stage import deliver

__all__ = ["deliver"]
