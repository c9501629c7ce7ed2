"""The commands as data, so that `codex --help` imports none of them.

The command NAME is the module `codex.cli.NAME`, imported when it is chosen. It defines

    def configure(parser: argparse.ArgumentParser) -> None     adds its arguments
    def run(args: argparse.Namespace) -> int                   works; may be async; the exit code

and its docstring is the description. Every command also gets --json, --debug and the settings.
A `metavar` of FILE, PATH or DIR makes the shells complete files or folders there.
"""

COMMANDS: dict[str, str] = {
    "build": "a request to a verified service, all four stages",
    "design": "a request to a specification: interview, corrections, agreement",
    "architect": "a specification to an architecture: modules, database, routes, pictures",
    "compile": "an architecture to the source of a service",
    "config": "show every setting: its value, where it comes from, what it means",
    "db": "the database: migrate, status, url, upgrade",
    "doctor": "check every part that codex needs, and say how to mend what is missing",
    "develop": "write and verify the functions of an architecture",
    "deploy": "hand a service over: folder, git, archive, image, or running on the engine",
    "run": "start a service that codex built, with accounts to try it",
    "verify": "verify a service that codex built, also after hand edits",
    "runs": "what runs did: list, show, logs, chains; go on or end them: resume, cancel",
    "prompts": "list, show, check, edit, try and compare the prompts",
    "completion": "print the completion script of bash, zsh or fish",
}
