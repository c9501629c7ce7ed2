"""The `codex` command, and `python -m codex`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit code says how it ended."""
    try:
        from codex.cli.main import main as command_line

        return command_line(sys.argv[1:])
    except KeyboardInterrupt:  # so early that nobody else could take it
        return 130


if __name__ == "__main__":
    sys.exit(main())
