"""How somebody of the address book is shown in a list: initials, and whether they are of the house."""

import re

from vaguemestre.academy.facts import academy


def initials(name: str) -> str:
    words = re.findall(r"[^\W\d_]+", name)
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][:2]] if words else ["?"]
    return "".join(letters).upper()


def avatar_class(address: str) -> str:
    """Of the avatar. Without an address nobody can say: as a colleague."""
    if not address:
        return "avatar avatar-self"
    domain = address.rpartition("@")[2]
    inside = domain == academy().domain or domain.endswith(f".{academy().domain}")
    return "avatar" if inside else "avatar avatar-outside"
