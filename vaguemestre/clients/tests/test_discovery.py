"""What mail programs ask by themselves: the values of this installation, the same for everybody, whatever is sent."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.clients import autodiscover
from vaguemestre.maintenance import acts
from vaguemestre.maintenance.acts import Plan
from vaguemestre.maintenance.models import Part
from vaguemestre.testing import Cast

MOZILLA = ("/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml")
OUTLOOK = ("/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml")
ANSWER = {"a": autodiscover.ANSWER, "e": autodiscover.ENVELOPE}
NOBODY = f"personne.dutout@{academy().domain}"


def question(address: str, *, schema: str = autodiscover.ANSWER, before: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<Autodiscover xmlns="{autodiscover.REQUEST}"><Request>'
        f"<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema>"
        "</Request></Autodiscover>"
    )


def ask(client: Client, sent: str | bytes, address: str = OUTLOOK[0]) -> bytes:
    answer = client.post(address, sent, content_type="text/xml")
    assert answer.status_code == 200  # Outlook reads nothing else
    assert answer["Content-Type"].startswith("text/xml")
    return answer.content


def refused(answer: bytes) -> str:
    return ElementTree.fromstring(answer).findtext("e:Response/e:Error/e:ErrorCode", "", ANSWER)


@pytest.mark.parametrize("address", MOZILLA)
def test_thunderbird_reads_where_to_connect(client: Client, db: None, address: str) -> None:
    answer = client.get(address, {"emailaddress": NOBODY})
    root = ElementTree.fromstring(answer.content)
    assert root.attrib == {"version": "1.1"}
    assert root.findtext("emailProvider/domain") == academy().domain
    for kind, server in (("incomingServer[@type='imap']", "imaps"), ("outgoingServer[@type='smtp']", "smtps")):
        found = root.find(f"emailProvider/{kind}")
        assert found is not None
        host, port = settings.MAIL[server]
        told = [found.findtext(name) for name in ("hostname", "port", "socketType", "authentication", "username")]
        assert told == [host, str(port), "SSL", "password-cleartext", "%EMAILADDRESS%"]
        # Thunderbird takes the first that it can, and is let in by no provider but those of its own list.
        assert [one.text for one in found.findall("authentication")] == ["password-cleartext", "OAuth2"]
    portal = {one.tag: one.text for one in root.findall("oAuth2/*")}
    assert portal == {
        "issuer": settings.ORIGIN, "scope": "mail", "authURL": f"{settings.ORIGIN}/sso/authorize/",
        "tokenURL": f"{settings.ORIGIN}/sso/token/", "clientID": "logiciel-de-messagerie",
    }  # fmt: skip


def test_nobody_learns_here_who_has_an_address(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        typed = (cast.teacher.address, NOBODY, "", "<x>")
        mozilla = {client.get(MOZILLA[0], {"emailaddress": one}).content for one in typed}
        outlook = {ask(client, question(one)).replace(one.encode(), b"*") for one in (cast.teacher.address, NOBODY)}
    assert len(mozilla) == len(outlook) == 1


@pytest.mark.parametrize("address", OUTLOOK)
def test_outlook_reads_the_same_values(client: Client, db: None, address: str) -> None:
    root = ElementTree.fromstring(ask(client, question(NOBODY), address))
    protocols = root.findall("a:Response/a:Account/a:Protocol", ANSWER)
    names = ("Type", "Server", "Port", "LoginName", "SSL", "Encryption", "SPA", "AuthRequired")
    told = [[protocol.findtext(f"a:{name}", "", ANSWER) for name in names] for protocol in protocols]
    (imap, imap_port), (smtp, smtp_port) = settings.MAIL["imaps"], settings.MAIL["smtps"]
    assert told == [
        ["IMAP", imap, str(imap_port), NOBODY, "on", "SSL", "off", "on"],
        ["SMTP", smtp, str(smtp_port), NOBODY, "on", "SSL", "off", "on"],
    ]


@pytest.mark.parametrize(
    "sent",
    [
        "", "<", "not xml", "<a/>", "\x00", question(""), question("x"), question("a@b c@d"),
        question("&x;", before='<!DOCTYPE d [<!ENTITY x "a@ac-amiens.fr">]>'),
        question("&x;", before='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        question(NOBODY, before="<!DOCTYPE d>"),
        question(NOBODY) + " " * autodiscover.LONGEST,
        question("a" * 64 + "@" + "b" * (autodiscover.LONGEST_ADDRESS - 64)),
        "<a>" * 2000, question(NOBODY).encode("utf-16"), b'<?xml version="1.0" encoding="utf-7"?><a/>', b"\xff\xfe\xff",
    ],
)  # fmt: skip
def test_what_is_no_question_gets_no_answer(client: Client, db: None, sent: str | bytes) -> None:
    """A document type is refused as such, whatever it declares; so is an encoding other than the declared one."""
    answer = ask(client, sent)
    assert refused(answer) == "600"
    assert b"root:" not in answer


def test_an_address_elsewhere_and_a_telephone_s_protocol_are_refused(client: Client, db: None) -> None:
    longest = "a" * 64 + "@" + "b" * (autodiscover.LONGEST_ADDRESS - 65)
    for address in ("somebody@elsewhere.example", longest):
        assert refused(ask(client, question(address))) == "500"
    mobile = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006"
    assert refused(ask(client, question(NOBODY, schema=mobile))) == "601"
    assert refused(client.get(OUTLOOK[0]).content) == "600"


def test_version_2_leads_to_version_1(client: Client, db: None) -> None:
    expected = {"Protocol": "AutodiscoverV1", "Url": settings.ORIGIN + OUTLOOK[0]}
    for address in (f"/autodiscover/autodiscover.json/v1.0/{NOBODY}", "/autodiscover/autodiscover.json"):
        for name in ("Protocol", "protocol"):
            assert client.get(address, {name: "AutodiscoverV1", "Email": NOBODY}).json() == expected
        refused = client.get(address, {"Protocol": "ActiveSync"})
        assert (refused.status_code, refused.json()["ErrorCode"]) == (400, "InvalidProtocol")


def test_a_maintenance_closes_no_program_s_question(client: Client, cast: Cast) -> None:
    now = timezone.now()
    plan = Plan(now, now + timedelta(hours=1), "", tuple(Part))
    acts.begin(acts.announce(plan, by="operator:test", now=now), by="operator:test", now=now)
    assert client.get("/portail/").status_code == 503
    for address in (*MOZILLA, *OUTLOOK):
        assert client.get(address).status_code == 200
