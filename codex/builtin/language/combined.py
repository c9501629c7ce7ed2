"""A request with sentences added to it, and what of the result stands in the client's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.specification_checks import squeeze


@dataclass(frozen=True)
class Combined:
    """The request and what answers or corrections add to it."""

    request: str
    added: Sequence[str] = ()

    @property
    def whole(self) -> str:
        """One text, each addition a paragraph of its own."""
        return "\n\n".join([self.request, *self.added])


def only_said(draft: SpecificationDraft, said: Sequence[str]) -> SpecificationDraft:
    """`draft` with those quotes alone that the client wrote; ours explain nothing to anybody."""
    sources = [squeeze(text) for text in said]

    def there(quote: str) -> bool:
        return any(squeeze(quote) in source for source in sources)

    requirements = tuple(
        item.model_copy(update={"quotes": tuple(quote for quote in item.quotes if there(quote))})
        for item in draft.requirements
    )
    parameters = tuple(
        item if there(item.quote) else item.model_copy(update={"quote": ""})
        for item in draft.parameters
    )
    return draft.model_copy(
        update={
            "requirements": requirements,
            "parameters": parameters,
            "out_of_scope": tuple(item for item in draft.out_of_scope if there(item.quote)),
            "not_understood": tuple(item for item in draft.not_understood if there(item.quote)),
        }
    )
