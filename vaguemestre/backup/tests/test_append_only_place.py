"""A place that can only be added to, as restic's own server with `--append-only` is: spoken to by restic itself."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vaguemestre.backup.errors import PasswordFileError, UnreachableError
from vaguemestre.backup.places.configuration import BackupTarget
from vaguemestre.backup.places.repository import Repository

CREDENTIALS = "messagerie:sesame"


class Handler(BaseHTTPRequestHandler):
    """restic's REST protocol over a folder."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *rest: object) -> None:
        self.folder = folder
        super().__init__(*rest)  # type: ignore[arg-type]  # as the server calls it

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._is_refused():
            return
        if self._file.is_file():
            self._answer(403)
            return
        if "create=true" not in self.path:
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_bytes(content)
        self._answer(200)

    def do_GET(self) -> None:
        if self._is_refused():
            return
        if self.path.endswith("/"):
            listed = [{"name": one.name, "size": one.stat().st_size} for one in self._file.glob("*")]
            self._answer(200, json.dumps(listed).encode())
        elif not self._file.is_file():
            self._answer(404)
        else:
            begin, _dash, end = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
            content = self._file.read_bytes()[int(begin) : int(end) + 1 if end else None]
            self._answer(206 if "Range" in self.headers else 200, content)

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        if self._is_refused():
            return
        if "/locks/" not in self.path:
            self._answer(403)
            return
        self._file.unlink()
        self._answer(200)

    @property
    def _file(self) -> Path:
        return self.folder / self.path.partition("?")[0].strip("/")

    def _is_refused(self) -> bool:
        expected = f"Basic {base64.b64encode(CREDENTIALS.encode()).decode()}"
        if self.headers.get("Authorization") == expected:
            return False
        self._answer(401)
        return True

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.x.restic.rest.v2")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "place"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"rest:http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()


@pytest.fixture
def repository(place: tuple[str, Path], tmp_path: Path) -> Repository:
    password, credentials = tmp_path / "password", tmp_path / "credentials"
    for file, content in ((password, "sesame"), (credentials, f"{CREDENTIALS}\n")):
        file.touch(0o600)
        file.write_text(content)
    return Repository(BackupTarget(place[0], password, credentials), "0123456789abcdef", tmp_path / "work")


def test_what_it_refuses_to_forget_is_no_failure(
    repository: Repository, place: tuple[str, Path], tmp_path: Path
) -> None:
    repository.make()
    store = tmp_path / "store"
    store.mkdir()
    made = []
    for name in ("one", "of a run that was killed"):
        (store / name).write_bytes(os.urandom(1000))
        made.append(repository.back_up(["."], within=store, tags={"run": name}).id)
    (place[1] / "snapshots" / made.pop()).unlink()  # its packs would be pruned
    repository.forget(made)
    assert [one.id for one in repository.snapshots()] == made
    assert list((place[1] / "locks").iterdir()) == []


def test_its_credentials_are_a_file_s(repository: Repository) -> None:
    without = replace(repository, target=replace(repository.target, credentials_file=None))
    with pytest.raises(UnreachableError, match="401"):
        without.snapshots()
    absent = replace(repository, target=replace(repository.target, credentials_file=Path("/nowhere")))
    with pytest.raises(PasswordFileError):
        absent.snapshots()
