#!/bin/sh
# Finds a Python 3.11 or later and hands over to setup.py; says plainly when there is none.
set -eu
cd "$(dirname "$0")/.."

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    is_recent "$PYTHON" && exec "$PYTHON" tools/setup.py --chosen
    echo "set-up: PYTHON=$PYTHON is not a Python 3.11 or later." >&2
    echo "        Name one that is, or leave PYTHON out." >&2
    exit 2
fi
for candidate in python3 python3.13 python3.12 python3.11 python; do
    if is_recent "$candidate"; then exec "$candidate" tools/setup.py; fi
done
echo "set-up: no Python 3.11 or later is on PATH." >&2
echo "        Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: PYTHON=/path/to/python3 make ..." >&2
exit 2
