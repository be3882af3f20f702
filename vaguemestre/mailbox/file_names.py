"""Names of attachments, made safe for a header, a disk and a person's eye."""

import mimetypes
import re
import unicodedata

LIMIT = 120
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_RESERVED = re.compile(r"(?i)\A(con|prn|aux|nul|com[1-9]|lpt[1-9])(?=\.|\Z)")
# Slashes and what Windows refuses in a name.
_FORBIDDEN = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def safe_filename(raw: str) -> str:
    """No path, control, line end or direction mark; at most `LIMIT` characters, the extension kept. May be empty."""
    text = unicodedata.normalize("NFC", raw)
    text = "".join(" " if c in "\r\n\t\u2028\u2029" else c for c in text)
    # Cf holds the direction marks that make "exe.fdp" read "pdf.exe"; Cs, Co and Cn cannot be shown.
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    text = re.sub(r"\s+", " ", text.translate(_FORBIDDEN)).strip(" .")
    text = _RESERVED.sub(r"_\1", text)
    if len(text) <= LIMIT:
        return text
    extension = _EXTENSION.search(text)
    suffix = extension[0] if extension else ""
    return text[: LIMIT - len(suffix) - 1].rstrip() + "…" + suffix


def default_filename(content_type: str, subject: str = "") -> str:
    if content_type == "message/rfc822":
        return (safe_filename(subject) or "message") + ".eml"
    return "piece-jointe" + (mimetypes.guess_extension(content_type) or ".bin")
