"""What somebody else wrote, made fit to stand in a sentence of ours."""

import re
import unicodedata

_LINK = re.compile(r"\S*://\S*|\bwww\.\S+", re.IGNORECASE)
_QUOTES = str.maketrans({"«": "‹", "»": "›", "“": "‹", "”": "›", '"': "'"})
QUOTED = 60


def one_line(text: str, longest: int = 200) -> str:
    """No line end, no invisible sign that turns the direction of reading: a header, or a name in a sentence."""
    visible = "".join(" " if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} else sign for sign in text)
    line = re.sub(r"\s+", " ", visible).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def quote_name(text: str) -> str:
    """A name that a person chose: short, without a link, and unable to close the quotation it is put in."""
    return one_line(_LINK.sub("…", text).translate(_QUOTES), QUOTED)
