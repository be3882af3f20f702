"""Shared by tests: facts."""

from pathlib import Path

import pytest

from vaguemestre.academy.facts import AcademyFileError, read_academy


def refused(tmp_path: Path, text: str | bytes) -> str:
    file = tmp_path / "academy.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AcademyFileError) as caught:
        read_academy(file)
    assert str(file) in str(caught.value)
    return str(caught.value)
