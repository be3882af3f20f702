"""What the files of an archive are called: in French, and so that any computer accepts it."""

import re
import unicodedata

FRENCH = {
    "INBOX": "Boîte de réception", "Drafts": "Brouillons", "Sent": "Envoyés", "Archive": "Archives",
    "Junk": "Indésirables", "Trash": "Corbeille",
}  # fmt: skip
LONGEST = 80
_FORBIDDEN = re.compile(r'[<>:"\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def path_of(name: str, taken: set[str]) -> str:
    """`Classe/Sixième` → `Courrier/Classe/Sixième.mbox`; a number when another has it already. `taken` grows."""
    head, _, rest = name.partition("/")
    levels = [FRENCH.get(head, head), *(rest.split("/") if rest else [])]
    stem = "/".join(["Courrier", *map(_harmless, levels)])
    candidate, number = stem, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number})"
    taken.add(candidate.casefold())
    return f"{candidate}.mbox"


def _harmless(level: str) -> str:
    composed = unicodedata.normalize("NFC", level)
    visible = "".join("_" if unicodedata.category(sign).startswith("C") else sign for sign in composed)
    shown = _FORBIDDEN.sub("_", visible)[:LONGEST].strip(" .") or "_"
    return f"_{shown}" if _DEVICES.fullmatch(shown) else shown
