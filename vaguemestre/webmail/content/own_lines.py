"""How much of a plain letter is its author's: above the signature, and what is quoted or handed on."""

from vaguemestre.mailbox.mime.quoted_text import is_forwarded
from vaguemestre.webmail.content.plain_text import SIGNATURE


def own_lines(text: str, signature: str) -> int:
    """How many lines; all of them where something was written below the quotation."""
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    end = next((place for place, line in enumerate(lines) if is_forwarded(line)), None)
    if end is None:
        end = _above_quotation(lines)
    signed = signature.split("\n") if signature else []
    above = _above_blank(lines, end)
    if signed and lines[max(0, above - len(signed)) : above] == signed:
        end = above - len(signed)
        end -= bool(end and lines[end - 1].strip() == SIGNATURE.strip())
    return end


def _above_quotation(lines: list[str]) -> int:
    """Without one, the end. The line that says who wrote goes with it."""
    place = len(lines)
    while place and lines[place - 1].startswith(">"):
        place -= 1
    if place == len(lines):
        return place
    said = _above_blank(lines, place)
    return said - 1 if said and lines[said - 1].rstrip().endswith(":") else place


def _above_blank(lines: list[str], place: int) -> int:
    while place and not lines[place - 1].strip():
        place -= 1
    return place
