"""A `mailto:` address (RFC 6068): of a link in a mail, or of any page when the browser sends such links to us.

A stranger wrote it. Only whom, about what and the plain text are taken from it; nothing leaves by itself."""

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlencode

from django.http import QueryDict

from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.people.address_list import without_duplicates

LONGEST = 16_000  # characters of the whole address
FIELDS = 40  # of its query that are looked at
SCHEME = "mailto:"


@dataclass(frozen=True, slots=True)
class Mailto:
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""


def parse_mailto(address: str) -> Mailto:
    """Whatever stands in it: unknown fields (an attachment, another sender) are as if they were absent."""
    address = address.strip()[:LONGEST]
    if address[: len(SCHEME)].lower() != SCHEME:
        return Mailto()
    path, _mark, query = address[len(SCHEME) :].partition("?")
    said: dict[str, list[str]] = {"to": [_people(path)], "cc": [], "bcc": [], "subject": [], "body": []}
    for pair in query.split("#", 1)[0].split("&", FIELDS)[:FIELDS]:
        name, _equals, value = pair.partition("=")
        known = said.get(_decoded(name).strip().lower())
        if known is not None:
            known.append(_people(value) if name.strip().lower() in {"to", "cc", "bcc"} else _decoded(value))
    to, cc, bcc = without_duplicates(*("\n".join(said[field]) for field in ("to", "cc", "bcc")))
    subject = " ".join(" ".join(said["subject"][:1]).split())
    return Mailto(to, cc, bcc, subject, _lines("".join(said["body"][:1])))


def parse_compose_link(asked: QueryDict) -> Mailto:
    """The same from a link of our own pages: `?a=…&cc=…&cci=…&objet=…&texte=…`."""
    to, cc, bcc = without_duplicates(*(asked.get(name, "")[:LONGEST] for name in ("a", "cc", "cci")))
    return Mailto(to, cc, bcc, " ".join(asked.get("objet", "").split()), _lines(asked.get("texte", "")))


def compose_url(said: Mailto) -> str:
    asked = {"a": said.to, "cc": said.cc, "cci": said.bcc, "objet": said.subject, "texte": said.body}
    return f"{reverse('webmail:compose-new')}?{urlencode({name: text[:4000] for name, text in asked.items() if text})}"


def _people(text: str) -> str:
    """Commas part people before what they write is decoded: a comma within a name is `%2C`."""
    return "\n".join(" ".join(_decoded(person).split()) for person in text.split(","))


def _decoded(text: str) -> str:
    """A plus sign is a plus sign here, as addresses hold them."""
    plain = unquote_to_bytes(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return "".join(sign for sign in plain if sign in "\r\n\t" or sign.isprintable())


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
