"""codex turns one sentence into a verified, packaged web service, traceable line by line."""

# As `typing.TYPE_CHECKING`; importing `typing` is a tenth of what `codex --help` costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from codex.pipeline import build, build_sync

# The stages stay packages, `from codex.design import design`: functions would hide them here.
__all__ = ["build", "build_sync"]


def __getattr__(name: str) -> object:
    """Give the pipeline, imported when it is first used."""
    if name in __all__:
        from codex import pipeline

        found: object = getattr(pipeline, name)
        return found
    raise AttributeError(f"module 'codex' has no attribute {name!r}")
