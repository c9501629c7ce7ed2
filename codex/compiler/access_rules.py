"""Who may call a route, and whose rows they reach: read from its grants, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Scope


@dataclass(frozen=True)
class Access:
    """What the grants of one route come to."""

    caller: Literal["anybody", "maybe", "user"]
    """Whether nobody is asked who they are, whoever signs in is known, or all must sign in."""
    roles: tuple[str, ...] = ()
    """The roles that may; empty for every one."""
    all_for: tuple[str, ...] | None = None
    """The roles that reach all rows where the others reach their own; None where all reach all."""

    @property
    def known(self) -> bool:
        """Whether the route has a caller to look at."""
        return self.caller != "anybody"

    @property
    def own_only(self) -> bool:
        """Whether some callers reach their own rows only."""
        return self.all_for is not None


def access_of(architecture: Architecture, route: CodeGraph) -> Access:
    """Who may call `route`."""
    if architecture.database.account is None:
        return Access("anybody")
    if not route.access:
        return Access("user")
    roles = {grant.role for grant in route.access}
    if PUBLIC in roles:
        looks = roles != {PUBLIC} or (route.derived is not None and route.derived.where_unless)
        return Access("maybe" if looks else "anybody")
    everywhere = {grant.role for grant in route.access if grant.scope is Scope.ALL}
    own = any(grant.scope is Scope.OWN for grant in route.access)
    restricted = own and SIGNED_IN not in everywhere
    return Access(
        "user",
        () if SIGNED_IN in roles else tuple(sorted(roles)),
        tuple(sorted(everywhere)) if restricted else None,
    )
