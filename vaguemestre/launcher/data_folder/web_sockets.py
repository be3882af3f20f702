"""Where the web processes listen: a socket each, so that nginx brings a session always to the same one."""

import os
from pathlib import Path

NUMBER = "{}"
FEWEST = 2  # one that computes for long leaves the other half of the sessions alone


def web_socket(data: Path) -> Path:
    """The name of all of them."""
    return data / "run" / f"web-{NUMBER}.sock"


def web_sockets(data: Path) -> list[Path]:
    return expand(str(web_socket(data)))


def expand(name: str) -> list[Path]:
    return [Path(name.replace(NUMBER, str(number))) for number in range(max(FEWEST, os.cpu_count() or 1))]
