"""Mozilla's clientConfig 1.1: what Thunderbird, K-9 and others read to set themselves up.

The same answer for every address: what somebody types here is no way to learn who has one.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from vaguemestre.academy.facts import academy
from vaguemestre.clients import servers
from vaguemestre.clients.servers import Server

# The program puts the address in, as it was typed: every form of it signs in.
USER = "%EMAILADDRESS%"


def document() -> bytes:
    root = Element("clientConfig", version="1.1")
    provider = SubElement(root, "emailProvider", id=academy().domain)
    _say(provider, "domain", academy().domain)
    _say(provider, "displayName", academy().title)
    _say(provider, "displayShortName", academy().name)
    _server(SubElement(provider, "incomingServer", type="imap"), servers.reading())
    _server(SubElement(provider, "outgoingServer", type="smtp"), servers.sending())
    _help(SubElement(provider, "documentation", url=settings.ORIGIN + reverse("clients:programs")))
    _portal(SubElement(root, "oAuth2"))
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _server(element: Element, server: Server) -> None:
    _say(element, "hostname", server.host)
    _say(element, "port", str(server.port))
    _say(element, "socketType", "SSL")  # its word for TLS from the first byte
    # The first that a program can is what it takes: inside TLS, a password. Thunderbird is let in by providers of its
    # own list alone, and by those that an add-on names to it.
    _say(element, "authentication", "password-cleartext")
    _say(element, "authentication", "OAuth2")
    _say(element, "username", USER)


def _portal(element: Element) -> None:
    at = servers.provider()
    _say(element, "issuer", at.issuer)
    _say(element, "scope", at.scope)
    _say(element, "authURL", at.authorize)
    _say(element, "tokenURL", at.token)
    _say(element, "clientID", at.other)


def _help(element: Element) -> None:
    for language, _name in settings.LANGUAGES:
        with override(language):
            _say(element, "descr", gettext("Your mailbox in your own program")).set("lang", language)


def _say(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = text
    return child
