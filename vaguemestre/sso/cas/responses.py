"""What CAS answers to an application, in the words of the protocol (3.0, and the two lines of 1.0)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape

NAMESPACE = "http://www.yale.edu/tp/cas"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

type Value = str | bool | Sequence[str]


class Failure(StrEnum):
    REQUEST = "INVALID_REQUEST"
    TICKET_SPEC = "INVALID_TICKET_SPEC"
    TICKET = "INVALID_TICKET"
    SERVICE = "INVALID_SERVICE"
    CALLBACK = "INVALID_PROXY_CALLBACK"


# For whoever reads the log of an application: developers, hence English.
WORDS = {
    Failure.REQUEST: "ticket and service are both required",
    Failure.TICKET_SPEC: "not a service ticket",
    Failure.TICKET: "the ticket is unknown, was used, is over, or its session has ended",
    Failure.SERVICE: "the ticket was made for another address",
    Failure.CALLBACK: "proxy tickets are not given here",
}


@dataclass(frozen=True)
class Success:
    user: str
    attributes: Mapping[str, Value]
    at: datetime  # when the person proved who they are
    fresh: bool  # for this very ticket


def xml_response(answer: Success | Failure, *, with_attributes: bool) -> str:
    if isinstance(answer, Failure):
        inner = f'<cas:authenticationFailure code="{answer}">{escape(WORDS[answer])}</cas:authenticationFailure>'
    else:
        told = _attributes(answer) if with_attributes else {}
        lines = "".join(_element(name, one) for name, value in told.items() for one in _values(value))
        inner = f"<cas:authenticationSuccess>{_element('user', answer.user)}"
        inner += f"<cas:attributes>{lines}</cas:attributes>" if lines else ""
        inner += "</cas:authenticationSuccess>"
    return f'<cas:serviceResponse xmlns:cas="{NAMESPACE}">{inner}</cas:serviceResponse>\n'


def json_response(answer: Success | Failure, *, with_attributes: bool) -> str:
    said: dict[str, object]
    if isinstance(answer, Failure):
        said = {"authenticationFailure": {"code": str(answer), "description": WORDS[answer]}}
    else:
        success: dict[str, object] = {"user": answer.user}
        if with_attributes:
            success["attributes"] = _attributes(answer)
        said = {"authenticationSuccess": success}
    return json.dumps({"serviceResponse": said}, ensure_ascii=False)


def text_response(answer: Success | Failure) -> str:
    """CAS 1.0."""
    return "no\n\n" if isinstance(answer, Failure) else f"yes\n{answer.user}\n"


def proxy_refusal_response() -> str:
    words = f'<cas:proxyFailure code="UNAUTHORIZED_SERVICE">{escape(WORDS[Failure.CALLBACK])}</cas:proxyFailure>'
    return f'<cas:serviceResponse xmlns:cas="{NAMESPACE}">{words}</cas:serviceResponse>\n'


def logout_request(ticket: str, *, number: str, now: datetime) -> str:
    """What single logout posts to the address that the ticket was made for."""
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'ID="LR-{escape(number)}" Version="2.0" IssueInstant="{_instant(now)}">'
        '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
        f"<samlp:SessionIndex>{escape(ticket)}</samlp:SessionIndex></samlp:LogoutRequest>"
    )


def _attributes(answer: Success) -> dict[str, Value]:
    about_signing_in: dict[str, Value] = {
        "authenticationDate": _instant(answer.at),
        "longTermAuthenticationRequestTokenUsed": False,
        "isFromNewLogin": answer.fresh,
    }
    return about_signing_in | dict(answer.attributes)


def _values(value: Value) -> Sequence[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value] if isinstance(value, str) else value


def _element(name: str, value: str) -> str:
    return f"<cas:{name}>{escape(_NOT_XML.sub('', value))}</cas:{name}>"


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
