"""The only place where generated code, or a tool that imports it, executes.

base           what is asked and answered
choice         which kind works here
policy         what a command may see
bubblewrap     the kind for where namespaces are allowed
landlock       the kind for everywhere else, and the unsafe one
launch         what the kinds share: the warden, seen from the host
files          writes, reads back and removes what hostile code may have filled
inside/        what runs inside, the warden first
environments   installed package sets, cached by their lock's hash
"""

from codex.common.sandbox.base import (
    Command,
    Environment,
    Kind,
    KindStatus,
    Limit,
    Limits,
    Result,
    Sandbox,
)
from codex.common.sandbox.choice import available_kinds, open_sandbox
from codex.common.sandbox.environments import Environments
from codex.common.sandbox.zygote import CHECK_LIMITS, Call, CallResult, Raised, Zygote

__all__ = [
    "CHECK_LIMITS",
    "Call",
    "CallResult",
    "Command",
    "Environment",
    "Environments",
    "Kind",
    "KindStatus",
    "Limit",
    "Limits",
    "Raised",
    "Result",
    "Sandbox",
    "Zygote",
    "available_kinds",
    "open_sandbox",
]
