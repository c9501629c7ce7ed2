"""The commands as data, so that `codex --help` imports none of them.

`NAME` is the module `codex.cli.NAME`, which defines `configure(parser)` and `run(args)`.
"""

COMMANDS: dict[str, str] = {
    "config": "show every setting: its value, where it comes from, what it means",
    "db": "the database: migrate, status, url, upgrade",
    "doctor": "check every part that codex needs, and say how to mend what is missing",
    "completion": "print the completion script of bash, zsh or fish",
}
