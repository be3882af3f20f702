"""Static files under names that hold their content's hash, so that a browser may keep them for ever."""

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

Processed = tuple[str, str, bool] | tuple[str, None, RuntimeError]
COMPRESSED = {".css", ".js", ".svg", ".txt", ".html"}


class HashedStaticFilesStorage(ManifestStaticFilesStorage):
    """A page is drawn without a build too (tests, translations): the plain name stands in for the hashed one."""

    manifest_strict = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Made once a process for each file: a page asks for the sprite at every icon."""
        key = name or ""
        if key not in self._urls:
            self._urls[key] = super().url(key, force)
        return self._urls[key]

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(name), name))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Processed]:
        for outcome in super().post_process(paths, dry_run, **options):
            hashed = outcome[1]
            if hashed and not dry_run and Path(hashed).suffix in COMPRESSED:
                self._compress(Path(self.path(hashed)))
            yield outcome

    def _compress(self, path: Path) -> None:
        """The web server sends `name.gz` as it lies; without a date in it, the same file gives the same bytes."""
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))


def sprite_of(shape: str, folder: Path) -> str:
    """Rarer shapes have a file of their own, which comes with the first of them."""
    first = _first_shapes(folder)
    return "sprite.svg" if shape in first or not first else "rare.svg"


@lru_cache(maxsize=8)
def _first_shapes(folder: Path) -> frozenset[str]:
    """Those that a first visit to the mail may draw; without a build, none."""
    sprite = folder / "sprite.svg"
    drawn = sprite.read_text("utf-8") if sprite.exists() else ""
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', drawn))
