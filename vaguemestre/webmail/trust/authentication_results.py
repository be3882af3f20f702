"""Who really sent a message, from what our own servers wrote into it at the door.

Every `Authentication-Results` of strangers is taken out there, then ours is written (RFC 8601). What people send here
signed in has none: its From: was compared with who signed in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Headers
from vaguemestre.mailbox.mime.trace_fields import arrived_from_outside
from vaguemestre.webmail.connection import courier_address, mail_name
from vaguemestre.webmail.people.correspondents import is_outside

_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.d|header\.from|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)

_PLAIN_ENVELOPE = re.compile(r"<?[\w.!#$%&'*+/=?^`{|}~@-]*>?")
_QUOTED_FROM = re.compile(r"\b(?:smtp|header)\.[a-z]+=", re.IGNORECASE)
_PLAIN_VALUE = re.compile(r"(\"?)[\w.!#$%&'*+/=?^`{|}~@:\[\]-]*\1(?=[\s;]|\Z)")


class AuthenticationVerdict(Enum):
    INTERNAL = "internal"  # from an account of ours, signed in
    VERIFIED = "verified"
    UNPROVEN = "unproven"
    FAKE = "fake"
    UNJUDGED = "unjudged"  # it did not come in by our door


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One method's result, and the domain that it speaks of."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True, slots=True)
class MessageOrigin:
    verdict: AuthenticationVerdict
    domain: str
    checks: tuple[AuthenticationResult, ...] = ()

    @property
    def passes_dmarc(self) -> bool:
        """Of a message with several senders, the one that was judged may not be the one that is shown."""
        dmarc = _dmarc(self.checks)
        return dmarc.result == "pass" and dmarc.domain in {"", self.domain}

    @property
    def said(self) -> str:
        """One plain sentence."""
        sentences = {
            AuthenticationVerdict.INTERNAL: _("This message comes from an account of the academy."),
            AuthenticationVerdict.VERIFIED: _("This sender is verified: the message really comes from %s."),
            AuthenticationVerdict.UNPROVEN: _("Nothing proves that this message comes from %s."),
            AuthenticationVerdict.FAKE: _("This message pretends to come from %s."),
            AuthenticationVerdict.UNJUDGED: _("The origin of this message was not checked on arrival."),
        }
        sentence = sentences[self.verdict]
        return sentence % self.domain if "%s" in sentence else sentence

    @property
    def details(self) -> list[str]:
        """SPF: pass (orange.fr)."""
        return [
            f"{check.method.upper()}\u00a0: {_in_words(check.result)}" + (f" ({check.domain})" if check.domain else "")
            for check in self.checks
        ]


def judge_origin(headers: Headers, sender: str) -> MessageOrigin:
    domain = sender.lower().rpartition("@")[2]
    checks = parse_results(headers)
    if not checks and any(_is_tricked(value, headers) for value in _ours(headers)) and not is_outside(sender):
        return MessageOrigin(
            AuthenticationVerdict.FAKE, domain
        )  # who plays with our line does not get away with "not judged" in our name
    if not checks:
        internal = bool(domain) and not is_outside(sender) and not came_from_outside(headers)
        return MessageOrigin(AuthenticationVerdict.INTERNAL if internal else AuthenticationVerdict.UNJUDGED, domain)
    return MessageOrigin(_verdict(checks, domain, sender, is_list="List-Id" in headers), domain, checks)


def came_from_outside(headers: Headers) -> bool:
    return arrived_from_outside(headers, mail_name(), courier_address(), academy().domain)


def parse_results(headers: Headers) -> tuple[AuthenticationResult, ...]:
    """Of our own servers only, whatever else a message carries."""
    for value in _ours(headers):
        if not _is_tricked(value, headers):
            said = _without_comments(value).partition(";")[2]
            return tuple(check for part in said.split(";") if (check := _check(part)))
    return ()


def covers_headers(headers: Headers, checks: tuple[AuthenticationResult, ...], *names: str) -> bool:
    """A signature that holds covers these fields (RFC 8058, 4: who may be asked to act on them)."""
    good = {check.domain for check in checks if (check.method, check.result) == ("dkim", "pass")}
    for value in headers.all("DKIM-Signature"):
        tags = dict(part.strip().partition("=")[::2] for part in value.split(";"))
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        if tags.get("d", "").strip().lower() in good and covered >= {name.lower() for name in names}:
            return True
    return False


def _ours(headers: Headers) -> Iterator[str]:
    for value in headers.all("Authentication-Results"):
        name, separator, _said = _without_comments(value).partition(";")
        if separator and name.split()[:1] == [mail_name()]:
            yield value


def _verdict(
    checks: tuple[AuthenticationResult, ...], domain: str, sender: str, *, is_list: bool
) -> AuthenticationVerdict:
    dmarc = _dmarc(checks)
    aligned = any(
        check.result == "pass" and _belong_together(check.domain, domain) for check in checks if check.method != "dmarc"
    )
    judged = MessageOrigin(AuthenticationVerdict.UNPROVEN, domain, checks).passes_dmarc
    if judged or (dmarc.result not in {"fail", "reject", "quarantine"} and aligned):
        return AuthenticationVerdict.VERIFIED
    if not is_outside(sender) and not is_list:
        return AuthenticationVerdict.FAKE  # whoever writes from an account of ours does not come in by this door
    return AuthenticationVerdict.FAKE if dmarc.result in {"reject", "quarantine"} else AuthenticationVerdict.UNPROVEN


def _dmarc(checks: tuple[AuthenticationResult, ...]) -> AuthenticationResult:
    return next((check for check in checks if check.method == "dmarc"), AuthenticationResult("dmarc", "none", ""))


def _check(part: str) -> AuthenticationResult | None:
    found = _RESULT.search(part)
    if found is None:
        return None
    properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(part)}
    method, result = found[1].lower(), found[2].lower()
    named = {"dkim": ("header.d",), "dmarc": ("header.from",), "spf": ("smtp.mailfrom", "smtp.helo")}[method]
    domain = next((properties[name] for name in named if name in properties), "").rpartition("@")[2]
    if method == "dmarc" and result == "fail":
        policy = re.search(r"policy=(reject|quarantine)", part)
        result = policy[1] if policy else result
    return AuthenticationResult(method, result, domain)


def _without_comments(value: str) -> str:
    """The sender's policy stands in a comment: kept, as a word; what else is quoted or commented is not read."""
    value = re.sub(r"\(policy=([a-z]+)\)", r" policy=\1 ", value)
    value = re.sub(r"=\"([\w.+@-]+)\"", r"=\1", value)  # an address is quoted for its at sign
    return re.sub(r"\"[^\"]*\"|\([^()]*\)", " ", value)


def _is_tricked(value: str, headers: Headers) -> bool:
    """The line quotes the sender's own words: the envelope's address and the name that their server greeted ours with,
    which may be anything. One that could be taken for a result makes the whole line worth nothing. Rspamd closes no
    bracket for them, but says each again as a value of its own, which is looked at."""
    if not _PLAIN_ENVELOPE.fullmatch(headers.get("Return-Path")):
        return True
    values = (_PLAIN_VALUE.match(value, name.end()) for name in _QUOTED_FROM.finditer(value))
    return not all(values) or any(value.count(f"{name}=") > 1 for name in ("dmarc", "spf"))


def _belong_together(one: str, other: str) -> bool:
    """One domain is the other, or a part of it."""
    if not one or not other or "." not in one or "." not in other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _in_words(result: str) -> str:
    words = {
        "pass": _("passed"), "fail": _("failed"), "softfail": _("probably failed"), "neutral": _("says nothing"),
        "none": _("nothing published"), "temperror": _("could not be checked"), "permerror": _("badly published"),
        "reject": _("failed, the domain wants it refused"), "quarantine": _("failed, the domain wants it set aside"),
    }  # fmt: skip
    return words.get(result, result)
