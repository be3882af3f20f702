"""Autodiscover for Outlook: the plain old XML (MS-OXDSCLI, Outlook's schema of 2006), and the JSON that leads to it.

The same answer for every address of the domain. What is sent is a stranger's: short, without document type or entities.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.parsers import expat

from vaguemestre.academy.facts import academy
from vaguemestre.clients import servers
from vaguemestre.clients.servers import Server

LONGEST = 8 * 1024  # Outlook's own question has some 400 bytes
DEEPEST = 8
LONGEST_ADDRESS = 254  # RFC 3696, erratum 1690
REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
ENVELOPE = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
ANSWER = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
INVALID, NOT_FOUND, NO_SUCH_SCHEMA = 600, 500, 601
WORDS = {
    INVALID: "Invalid Request",
    NOT_FOUND: "The email address can't be found.",
    NO_SUCH_SCHEMA: "Provider is not available",
}
ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+")


class AutodiscoverError(Exception):
    """What was sent is no question that has an answer; `code` is Autodiscover's own."""

    def __init__(self, code: int) -> None:
        super().__init__(WORDS[code])
        self.code = code


def answer(sent: bytes) -> bytes:
    """Raises AutodiscoverError."""
    asked = _Question.read(sent)
    if asked.schema not in {"", ANSWER}:
        raise AutodiscoverError(NO_SUCH_SCHEMA)  # a phone that wants ActiveSync
    if len(asked.address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(asked.address):
        raise AutodiscoverError(INVALID)
    if asked.address.rpartition("@")[2].lower() != academy().domain:
        raise AutodiscoverError(NOT_FOUND)
    return _settings(asked.address)


def refusal(code: int, now: datetime) -> bytes:
    root = Element("Autodiscover", xmlns=ENVELOPE)
    error = SubElement(SubElement(root, "Response"), "Error", Time=f"{now:%H:%M:%S}.0000000", Id="1")
    _say(error, ErrorCode=str(code), Message=WORDS[code], DebugData="")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def leading_to(protocol: str, address: str) -> dict[str, str] | None:
    """Version 2: where the answer is given. None for protocols that are not spoken here."""
    if protocol.lower() == "autodiscoverv1":
        return {"Protocol": "AutodiscoverV1", "Url": address}
    return None


@dataclass
class _Question:
    address: str = ""
    schema: str = ""
    _path: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, sent: bytes) -> "_Question":
        if len(sent) > LONGEST:
            raise AutodiscoverError(INVALID)
        asked = cls()
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = asked._begin, asked._end
        parser.CharacterDataHandler = asked._text
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(sent, True)
        except (expat.ExpatError, ValueError, LookupError) as broken:
            raise AutodiscoverError(INVALID) from broken
        asked.address, asked.schema = asked.address.strip(), asked.schema.strip()
        return asked

    def _begin(self, name: str, _attributes: object) -> None:
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise AutodiscoverError(INVALID)

    def _end(self, _name: str) -> None:
        self._path.pop()

    def _text(self, text: str) -> None:
        match self._path:
            case [_, _, last] if last == f"{REQUEST} EMailAddress":
                self.address += text
            case [_, _, last] if last == f"{REQUEST} AcceptableResponseSchema":
                self.schema += text


def _refuse(*_declaration: object) -> None:
    raise AutodiscoverError(INVALID)


def _settings(address: str) -> bytes:
    root = Element("Autodiscover", xmlns=ENVELOPE)
    response = SubElement(root, "Response", xmlns=ANSWER)
    _say(SubElement(response, "User"), DisplayName=academy().title)
    account = SubElement(response, "Account")
    _say(account, AccountType="email", Action="settings")
    _protocol(account, "IMAP", servers.reading(), address)
    _protocol(account, "SMTP", servers.sending(), address)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _protocol(account: Element, kind: str, server: Server, address: str) -> None:
    _say(
        SubElement(account, "Protocol"), Type=kind, Server=server.host, Port=str(server.port), LoginName=address,
        DomainRequired="off", SPA="off", SSL="on", Encryption="SSL", AuthRequired="on",
    )  # fmt: skip


def _say(parent: Element, **facts: str) -> None:
    for name, text in facts.items():
        SubElement(parent, name).text = text
