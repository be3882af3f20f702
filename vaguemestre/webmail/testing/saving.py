"""Shared by tests: saving."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from django.http import StreamingHttpResponse


def kept(answer: object) -> dict[str, bytes]:
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="messages-2')
    with ZipFile(BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
