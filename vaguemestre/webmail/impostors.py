"""Senders who are not who they seem: a domain that looks like ours, an address or an office in the name.

Names of people: `borrowed_names.py`."""

import re
import unicodedata
from fnmatch import fnmatch
from functools import lru_cache

from anyascii import anyascii

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Address
from vaguemestre.people.folding import words
from vaguemestre.webmail.correspondents import is_outside

STATE = "education.gouv.fr"
OFFICES = (
    "rectorat", "recteur", "rectrice", "dsden", "inspection academique", "education nationale",
    "ministere de leducation", "dasen", "ia dasen", "inspecteur dacademie", "inspectrice dacademie",
    "inspecteur de leducation", "inspectrice de leducation",
)  # fmt: skip
ELIDED = ("", "l", "d")  # "l’inspecteur" is read as one word
_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "3": "e", "5": "s", "8": "b"})


def imitated(domain: str) -> str:
    """The domain that this one is made to be taken for; empty for an ordinary one."""
    return _imitated(domain.lower().rstrip("."), academy().domain)


@lru_cache(maxsize=4096)
def _imitated(domain: str, ours: str) -> str:
    """Newsletters have hundreds of links to the same few sites."""
    if not is_outside(f"x@{domain}"):
        return ""
    known = next((known for known in (ours, STATE) if _looks_like(domain, known)), "")
    return "" if known and _is_of_the_state(domain) else known


def named_address(sender: Address) -> str:
    """The address written in the name, where it is another domain's: `"chef@ac-amiens.fr" <x@elsewhere.example>`."""
    own = sender.address.lower().rpartition("@")[2]
    return next((found[0] for found in _ADDRESS.finditer(sender.name) if found[1].lower() != own), "")


def names_an_office(sender: Address) -> bool:
    """The rectorat, a DSDEN, the ministry; which do write from the addresses of other académies."""
    said = f" {' '.join(words(sender.name))} "
    domain = sender.address.lower().rpartition("@")[2]
    city = " ".join(words(academy().name))
    offices = (*OFFICES, f"academie {city}", f"academie d{city}", f"academie de {city}")
    is_named = any(f" {article}{office} " in said for office in offices for article in ELIDED)
    return is_named and not _is_of_the_state(domain)


def _is_of_the_state(domain: str) -> bool:
    """Of another académie or of the ministry, by the patterns of academy.toml; a part of one as well."""
    parts = domain.split(".")
    parents = [".".join(parts[place:]) for place in range(len(parts) - 1)]
    ours = academy().domain
    if any(_shape(parent) == _shape(ours) or _within_one_edit(parent, ours) for parent in parents):
        return False  # ac-arniens.fr is no other académie
    return any(fnmatch(parent, known) for parent in parents for known in academy().departure.transfer_domains)


def _looks_like(domain: str, known: str) -> bool:
    shape, true = _shape(domain), _shape(known)
    if f".{true}." in f".{shape}.":
        return True  # spelt with other letters, or ours with something behind it
    plain, plain_true = re.sub(r"[.-]", "", shape), re.sub(r"[.-]", "", true)
    stem = true.partition(".")[0]
    if plain_true in plain or ("-" in stem and stem in shape):
        return True
    end = ".".join(shape.split(".")[-len(true.split(".")) :])
    return _within_one_edit(end, true)


@lru_cache(maxsize=1024)
def _shape(domain: str) -> str:
    """What the eye sees: other alphabets by their Latin look, signs that are taken for one another made one."""
    labels = []
    for label in domain.split("."):
        try:
            shown = label.encode("ascii").decode("idna") if label.startswith("xn--") else label
        except UnicodeError:
            shown = label
        labels.append((shown if shown.isascii() else anyascii(unicodedata.normalize("NFKC", shown))).lower())
    return ".".join(labels).replace("rn", "m").replace("vv", "w").translate(_LOOKS_LIKE)


def _within_one_edit(one: str, other: str) -> bool:
    """Equal but for one sign more, less, other, or two that changed places. Equal ones are not."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    swapped = len(left) > 1 and left[1::-1] + left[2:] == right
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
