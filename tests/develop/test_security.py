"""Whatever bandit takes for a grave fault, the static checks refuse, each rule with a case."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest

from codex.develop.checks import Contract, check_function, load_policy
from tests.develop.test_checks import VOCABULARY, pure

# bandit's loader of plug-ins is behind its times.
pytestmark = pytest.mark.filterwarnings("ignore:The verify_requirements:DeprecationWarning")

# Every rule of bandit that can be of high severity, and a body that it is about.
BODIES = {
    "B103": "import os\nos.chmod('data.txt', 0o777)",
    "B201": "from flask import Flask\napp = Flask('a')\napp.run(debug=True)",
    "B202": "import tarfile\ntarfile.open('a.tar').extractall()",
    "B304": "from cryptography.hazmat.primitives.ciphers.algorithms import ARC4\nARC4(b'k')",
    "B312": "import telnetlib\ntelnetlib.Telnet('a')",
    "B321": "import ftplib\nftplib.FTP('a')",
    "B324": "import hashlib\nhashlib.md5(b'a')",
    "B401": "import telnetlib\nlen(telnetlib.__doc__)",
    "B402": "import ftplib\nlen(ftplib.__doc__)",
    "B411": "import xmlrpc.client\nlen(xmlrpc.client.__doc__)",
    "B412": "import wsgiref.handlers\nwsgiref.handlers.CGIHandler()",
    "B413": "from Crypto.Cipher import AES\nlen(AES.__doc__)",
    "B415": "import pyghmi\nlen(pyghmi.__doc__)",
    "B501": "import requests\nrequests.get('https://a.example', verify=False, timeout=1)",
    "B502": "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2)",
    "B505": "from cryptography.hazmat.primitives.asymmetric import rsa\n"
    "rsa.generate_private_key(public_exponent=65537, key_size=512)",
    "B507": "import paramiko\n"
    "paramiko.SSHClient().set_missing_host_key_policy(paramiko.AutoAddPolicy())",
    "B602": "import subprocess\nsubprocess.run(f'ls {values}', shell=True)",
    "B605": "import os\nos.system(f'ls {values}')",
    "B609": "import os\nos.system('chown root *')",
    "B613": "len('\u202e')",
    "B701": "import jinja2\njinja2.Environment(autoescape=False)",
}
EFFECTS = ["files", "network", "process"]


def source(body: str) -> str:
    *imports, last = body.split("\n")
    own = [line for line in imports if line.startswith(("import", "from"))]
    rest = [line for line in imports if line not in own]
    lines = [*own, "", "", "def total(values: list[int], factor: int = 2) -> int:"]
    lines += [f"    {line}" for line in (*rest, last, "return sum(values) * factor")]
    return "\n".join(lines) + "\n"


def found_by_bandit(code: str) -> set[str]:
    from bandit.core.config import BanditConfig  # pyright: ignore[reportMissingTypeStubs]
    from bandit.core.manager import BanditManager  # pyright: ignore[reportMissingTypeStubs]

    logging.getLogger("bandit").setLevel(logging.CRITICAL)
    manager: Any = BanditManager(BanditConfig(), "file")
    manager._parse_file("total.py", io.BytesIO(code.encode()), [])
    return {item.test_id for item in manager.results if item.severity == "HIGH"}


@pytest.mark.parametrize("rule", BODIES)
def test_what_bandit_takes_for_grave_is_refused(rule: str) -> None:
    code = source(BODIES[rule])
    assert rule in found_by_bandit(code)
    # Any package and every effect: what is refused is refused for this alone.
    definition = pure(effects=EFFECTS).definition
    checked = check_function(code, Contract(definition, VOCABULARY, load_policy("any")))
    assert not checked.passed
    (failed,) = {item.name for item in checked.evidence if not item.passed} or {""}
    assert failed in {"lint", "packages", "effects", "queries"}
