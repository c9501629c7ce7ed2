"""The only place where generated code, or a tool that imports it, executes.

base           what is asked and answered
choice         which kind works here
policy         what a command may see
bubblewrap     the kind for where namespaces are allowed
landlock       the kind for everywhere else, and the unsafe one
launch         runs a command: its folders, its warden, what is handed back
scratch        the folders of one command
files          writes them, and reads back what hostile code left
warden         a running warden, seen from the host
inside/        what runs inside, the warden first
calls          what a check is asked and what is observed of it
zygote         checks in milliseconds: a warm interpreter that forks
environments   installed package sets, cached by their lock's hash
tasks          work that is not left half done when it is cancelled
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
from codex.common.sandbox.calls import CHECK_LIMITS, Call, CallResult, Raised
from codex.common.sandbox.choice import available_kinds, open_sandbox
from codex.common.sandbox.environments import Environments
from codex.common.sandbox.zygote import Zygote

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
