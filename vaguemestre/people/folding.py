"""Names as a search sees them, without accent, capital or hyphen: `Anne-Cécile` is `anne cecile` and `annececile`."""

import re
import unicodedata

from anyascii import anyascii

_SEPARATORS = re.compile(r"[^a-z0-9]+")


def words(text: str) -> list[str]:
    plain = anyascii(unicodedata.normalize("NFKC", text)).lower().replace("'", "")
    return [word for word in _SEPARATORS.split(plain) if word]


def searched_as(*names: str | None) -> str:
    """Every word once, and each compound name glued as well: a person is found however somebody spells it."""
    parts = [words(name) for name in names if name]
    glued = ("".join(part) for part in parts if len(part) > 1)
    return " ".join(dict.fromkeys([word for part in parts for word in part] + list(glued)))
