"""The charter as blocks: the file is Markdown of four kinds (#, ##, lists, paragraphs), and nothing in it is HTML."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.conf import settings

Kind = Literal["title", "heading", "list", "text"]


@dataclass(frozen=True)
class Block:
    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def charter_blocks() -> tuple[Block, ...]:
    return _blocks(settings.CHARTER_FILE)


@lru_cache(maxsize=1)
def _blocks(file: Path) -> tuple[Block, ...]:
    parts = file.read_text(encoding="utf-8").split("\n\n")
    return tuple(_block([line.strip() for line in part.strip().splitlines()]) for part in parts if part.strip())


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if first.startswith("# "):
        return Block("title", (first[2:],))
    if first.startswith("## "):
        return Block("heading", (first[3:],))
    if first.startswith("- "):
        return Block("list", tuple(_items(lines)))
    return Block("text", tuple(lines))


def _items(lines: list[str]) -> list[str]:
    """A line that does not begin with a dash continues with the item before it."""
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(line[2:])
        else:
            items[-1] += f" {line}"
    return items
