"""Debian's packages that the product needs, by who asks for them: `deploy/debian-packages` says each once."""

from pathlib import Path
from typing import Literal

from vaguemestre.launcher.checkout import CHECKOUT

FILE = "deploy/debian-packages"
type Kind = Literal["program", "daemon", "postgresql", "build"]


def named(kind: Kind, checkout: Path = CHECKOUT) -> list[str]:
    lines = (line.split() for line in (checkout / FILE).read_text().splitlines())
    return [words[1] for words in lines if words[:1] == [kind]]
