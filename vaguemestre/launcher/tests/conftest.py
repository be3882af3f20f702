import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Short, for sockets, and open to other users as a data folder must be: pytest's own folders are not."""
    made = Path(tempfile.mkdtemp(prefix="vgm-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
