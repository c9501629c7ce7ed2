"""Uploaded files: taken within limits, kept outside of what a web server shows, sent again."""

import json
import re
import secrets
import shutil
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Annotated, BinaryIO

from fastapi import Depends, Request, UploadFile
from fastapi.responses import FileResponse

from app.problems import NotFound, TooLarge, UnsupportedMediaType

_KEY = re.compile(r"[0-9a-f]{32}")

# How files of these kinds begin; what says otherwise is not one of them.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "application/zip": (b"PK\x03\x04", b"PK\x05\x06"),
}


@dataclass(frozen=True)
class Upload:
    """A file that a caller sends."""

    filename: str
    media_type: str
    size: int
    stream: BinaryIO

    def read(self) -> bytes:
        """All of it."""
        self.stream.seek(0)
        return self.stream.read()


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept; rows remember its `key`."""

    key: str
    filename: str
    media_type: str
    size: int
    path: Path


def received(file: UploadFile, max_bytes: int, media_types: Collection[str] = ()) -> Upload:
    """The file of a form, if it is of a kind and size that are taken."""
    stream = file.file
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > max_bytes:
        raise TooLarge(f"A file may have {max_bytes} bytes at the most.")
    media_type = (file.content_type or "application/octet-stream").partition(";")[0].strip().lower()
    if media_types and media_type not in media_types:
        raise UnsupportedMediaType(f"Only these kinds are taken: {', '.join(sorted(media_types))}.")
    beginnings = _BEGINNINGS.get(media_type)
    if beginnings and not stream.read(16).startswith(beginnings):
        raise UnsupportedMediaType(f"This is not a file of the kind {media_type}.")
    stream.seek(0)
    return Upload(plain_name(file.filename or ""), media_type, size, stream)


def plain_name(name: str) -> str:
    """The last part of a file name, without anything that a header or a folder could mistake."""
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in last if character.isprintable())
    return printable.strip(". ")[:150] or "file"


class FileStore:
    """The folder of files."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, key: str) -> Path:
        """Where the file `key` is."""
        if not _KEY.fullmatch(key):
            raise NotFound("There is no such file.")
        return self.folder / key[:2] / key


class Files:
    """The files of one request: what it saved is removed again where it fails."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._saved: list[str] = []
        self._deleted: list[str] = []

    def save(self, upload: Upload) -> StoredFile:
        """Keep `upload`; store the answer's `key` in a row."""
        upload.stream.seek(0)
        return self._keep(upload.filename, upload.media_type, upload.size, upload.stream)

    def write(self, filename: str, media_type: str, content: bytes) -> StoredFile:
        """Keep a file that the service made."""
        return self._keep(plain_name(filename), media_type, len(content), BytesIO(content))

    def _keep(self, filename: str, media_type: str, size: int, stream: BinaryIO) -> StoredFile:
        key = secrets.token_hex(16)
        path = self._store.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._saved.append(key)
        with path.open("xb") as target:
            shutil.copyfileobj(stream, target)
        about = {"filename": filename, "media_type": media_type, "size": size}
        path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
        return StoredFile(key, filename, media_type, size, path)

    def get(self, key: str | None) -> StoredFile:
        """The file `key`, or NotFound."""
        path = self._store.path(key or "")
        try:
            about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        return StoredFile(key=path.name, path=path, **about)

    def read(self, key: str | None) -> bytes:
        """The content of the file `key`, or NotFound."""
        return self.get(key).path.read_bytes()

    def delete(self, key: str | None) -> None:
        """Remove the file `key`, once the request has succeeded."""
        if key:
            self._deleted.append(key)

    @contextmanager
    def kept_on_success(self) -> Generator[None]:
        """Make what happens inside all or nothing; put it around the database's transaction."""
        try:
            yield
        except BaseException:
            self._remove(self._saved)
            raise
        self._remove(self._deleted)

    def _remove(self, keys: list[str]) -> None:
        for key in keys:
            path = self._store.path(key)
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)


def sent(file: StoredFile) -> FileResponse:
    """The answer that carries `file`, as something to save and never to show as a page."""
    return FileResponse(
        file.path,
        media_type=file.media_type,
        filename=file.filename,
        headers={"X-Content-Type-Options": "nosniff"},
    )


async def files_of_request(request: Request) -> Files:
    """The files, for one request."""
    store: FileStore = request.app.state.files
    return Files(store)


FilesDep = Annotated[Files, Depends(files_of_request)]
