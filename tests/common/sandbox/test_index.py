"""Packages come from where uv, or else pip, was told; what protects that place is told nobody."""

from __future__ import annotations

import base64
import hashlib
import threading
import zipfile
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from codex.common.errors import EnvironmentFailed
from codex.common.sandbox import Environments
from codex.common.sandbox.index import index_variables

SECRET = "s3cret-of-the-index"
WHEEL = "codexprivate-1.0-py3-none-any.whl"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / ".config" / "pip").mkdir(parents=True)
    return folder


def test_pip_is_heard_where_uv_was_told_nothing(home: Path) -> None:
    file = home / ".config" / "pip" / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://one.example/simple\ncert = /c.pem\n"
        "[install]\nextra_index_url =\n    https://two.example/simple\n    https://three.example\n"
        "find-links = /a /b\nno-index = false\n"
    )
    environ = {"HOME": str(home), "PIP_INDEX_URL": "https://four.example/simple"}
    told = index_variables(environ)
    assert told["UV_DEFAULT_INDEX"] == "https://four.example/simple"
    assert told["UV_INDEX"] == "https://two.example/simple https://three.example"
    assert told["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert told["UV_FIND_LINKS"] == "/a,/b"
    assert told["SSL_CERT_FILE"] == "/c.pem"
    assert "UV_NO_INDEX" not in told
    assert index_variables({**environ, "UV_INDEX_URL": "https://five.example"}) == {}
    assert "UV_INDEX" not in index_variables({**environ, "PIP_CONFIG_FILE": "/dev/null"})
    uv = home / ".config" / "uv"
    uv.mkdir()
    (uv / "uv.toml").touch()
    assert index_variables(environ) == {}


def test_a_broken_file_of_pips_is_pips_concern(home: Path) -> None:
    (home / ".config" / "pip" / "pip.conf").write_text("no section = here\n")
    told = index_variables({"HOME": str(home), "PIP_NO_INDEX": "yes", "VIRTUAL_ENV": str(home)})
    assert told["UV_NO_INDEX"] == "1"


@pytest.fixture
def private_index(tmp_path: Path) -> Generator[str]:
    """The address of an index, on loopback, that asks for a password."""
    wheel = tmp_path / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("codexprivate.py", "VERSION = 1")
        place = "codexprivate-1.0.dist-info"
        about = "Metadata-Version: 2.1\nName: codexprivate\nVersion: 1.0\n"
        archive.writestr(f"{place}/METADATA", about)
        archive.writestr(f"{place}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{place}/RECORD", "")
    content = wheel.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    page = f'<a href="/files/{WHEEL}#sha256={digest}">{WHEEL}</a>'.encode()
    password = base64.b64encode(f"me:{SECRET}".encode()).decode()

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Basic {password}":
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.end_headers()
                return
            found = {"/simple/codexprivate/": page, f"/files/{WHEEL}": content}.get(self.path)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(found or b"")

        do_HEAD = do_GET  # noqa: N815 as the base class calls it

        def log_request(self, code: object = "", size: object = "") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_private_index_of_pips_serves_and_its_password_stays_there(
    private_index: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = home / ".config" / "pip" / "pip.conf"
    address = f"http://me:{SECRET}@{private_index}"
    file.write_text(f"[global]\nindex-url = {address}\n[install]\nextra-index-url = {address}\n")
    environments = Environments(tmp_path / "environments")
    lock = await environments.resolve(["codexprivate"])
    assert lock.startswith("codexprivate==1.0")
    assert "--hash=sha256:" in lock
    with pytest.raises(EnvironmentFailed) as caught:
        await environments.resolve(["codexprivate>2"])
    for text in (lock, str(caught.value), *contents(tmp_path / "environments")):
        assert SECRET not in text
        assert "127.0.0.1" not in text


def contents(folder: Path) -> list[str]:
    return [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
