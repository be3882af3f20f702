"""Senders who are not who they seem: a domain that looks like ours, an address or an office in the name.

Names of people: `display_names.py`."""

import re
import unicodedata
from fnmatch import fnmatch
from functools import lru_cache

from anyascii import anyascii

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Address
from vaguemestre.people.folding import words
from vaguemestre.webmail.people.correspondents import is_outside

STATE = "education.gouv.fr"
OFFICES = (
    "rectorat", "recteur", "rectrice", "dsden", "inspection academique", "education nationale",
    "ministere de leducation", "dasen", "ia dasen", "inspecteur dacademie", "inspectrice dacademie",
    "inspecteur de leducation", "inspectrice de leducation",
    "messagerie academique", "messagerie de lacademie", "webmail academique",
)  # fmt: skip
ANYBODYS = {"", "messagerie", "courrier", "courriel", "mail", "webmail"}  # names of a service that say nothing of whose
ELIDED = ("", "l", "d")  # "l’inspecteur" is read as one word
_ADDRESS = re.compile(r"([\w.+-]+) ?@ ?([\w-]+(?:\.[\w-]+)+)")
# Letters of other alphabets, each before the one of ours that it looks like; `anyascii` goes by their sound.
_TWIN_PAIRS = """
АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX аa вb гr ԁd еe ёe һh іi їi јj кk ӏl мm нh оo рp ԛq ѕs сc тt уy үy ѵv ԝw
хx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa βb γy εe ηn ιi κk νv οo ρp σo ςc τt υu χx ωw օo սu հh ոn ցg ɡg ɩi ıi
"""
_TWINS = {ord(pair[0]): pair[1] for pair in _TWIN_PAIRS.split()}
_POINTED = re.compile(r"(?<![a-z0-9])(?:[a-z][.·_-]){2,}[a-z]?(?![a-z0-9])")
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z] ){2,}[a-z](?![a-z0-9])")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "3": "e", "5": "s", "8": "b"})


def imitated_domain(domain: str) -> str:
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
    """The address written in the name, where it is another domain's: `"l.petit@ac-amiens.fr" <x@elsewhere.example>`."""
    own = sender.address.lower().rpartition("@")[2]
    written = _ADDRESS.finditer(unicodedata.normalize("NFKC", sender.name))
    return next((f"{found[1]}@{found[2]}" for found in written if found[2].lower() != own), "")


def names_an_office(sender: Address) -> bool:
    """The rectorat, a DSDEN, the ministry; which do write from the addresses of other académies. This service too, by
    its usual names and the one that the authority gave it."""
    names = _as_read(sender.name)
    domain = sender.address.lower().rpartition("@")[2]
    city = " ".join(words(academy().name))
    service = " ".join(words(academy().brand.name))
    offices = (*OFFICES, *({service} - ANYBODYS), f"academie {city}", f"academie d{city}", f"academie de {city}")
    is_named = any(_names(name, f"{article}{office}") for name in names for office in offices for article in ELIDED)
    return is_named and not _is_of_the_state(domain)


def confusable_skeleton(name: str) -> str:
    """In our letters, each by its look: a Cyrillic "с" is a c."""
    return anyascii(unicodedata.normalize("NFKC", name).translate(_TWINS))


def _as_read(name: str) -> set[str]:
    """Its words as an eye in a hurry has them: initials are one word, a number stands apart, or is a letter."""
    tied = _POINTED.sub(lambda found: re.sub("[^a-z]", "", found[0]), confusable_skeleton(name).lower())
    said = _SPACED.sub(lambda found: found[0].replace(" ", ""), " ".join(words(tied)))
    apart = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " ", said)
    return {said, apart, _alike(said)}


def _names(said: str, office: str) -> bool:
    return f" {office} " in f" {said} " or f" {_alike(office)} " in f" {said} "


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
        labels.append((shown if shown.isascii() else confusable_skeleton(shown)).lower())
    return _alike(".".join(labels))


def _alike(text: str) -> str:
    return text.replace("rn", "m").replace("vv", "w").translate(_LOOKS_LIKE)


def _within_one_edit(one: str, other: str) -> bool:
    """Equal but for one sign more, less, other, or two that changed places. Equal ones are not."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    swapped = len(left) > 1 and left[1::-1] + left[2:] == right
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
