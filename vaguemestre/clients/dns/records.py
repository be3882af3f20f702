"""What must stand in the DNS for this installation, as lines of a zone file, each with its reason and its judge."""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.clients import servers
from vaguemestre.engine import mta_sts
from vaguemestre.engine.daemon_folders import dkim_selector

HOUR = 3600
MX_PREFERENCE = 10
CHUNK = 255  # a string of a TXT record
NOT_SPOKEN = ("_imap", "_pop3", "_pop3s", "_submission")  # RFC 6186: a single dot says "not here"
POLICIES = {"none", "quarantine", "reject"}
type Judge = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Record:
    """`value` as a zone file has it; `right` judges what a resolver found, one text a record."""

    name: str
    kind: str  # MX, TXT, SRV, CNAME
    value: str
    why: str
    right: Judge

    @property
    def line(self) -> str:
        value = _quoted(self.value) if self.kind == "TXT" else self.value
        return f"{self.name}. {HOUR} IN {self.kind} {value}"


def mail_host() -> str:
    """As the mail servers call themselves; a likely name while the installation is only `localhost`."""
    return str(settings.MAIL["name"] or f"messagerie.{academy().domain}")


def records() -> list[Record]:
    return [*_mail(), *_handed_over(), *_programs()]


def sender_records() -> dict[str, Record]:
    """By which others know that mail is ours."""
    names = {"v=spf1": "SPF", "v=dmarc1": "DMARC", "v=dkim1": "DKIM"}
    words = ((record, re.split("[ ;]", record.value.lower())[0]) for record in _mail())
    return {names[mark]: record for record, mark in words if mark in names}


def _mail() -> list[Record]:
    domain = academy().domain
    said = [
        _record(domain, "MX", f"{MX_PREFERENCE} {mail_host()}.", _("where its mail is delivered"), _leads_here),
        _record(domain, "TXT", "v=spf1 mx -all", _("who sends for the domain (SPF)"), _is_spf),
        _record(
            f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}",
            _("what to do with what is not ours (DMARC); p=quarantine once the reports are clean"), _is_dmarc,
        ),
    ]  # fmt: skip
    if key := _dkim_key():
        selector, public = key
        why = _("the key of our signatures (DKIM)")
        said.append(
            _record(f"{selector}._domainkey.{domain}", "TXT", f"v=DKIM1; k=rsa; p={public}", why, _has_key(public))
        )
    return said


def _handed_over() -> list[Record]:
    """How other servers bring mail: by TLS, and to whom they report when that fails."""
    domain, host, number = academy().domain, f"{mail_host()}.", mta_sts.number(mail_host())
    why = _("others hand mail over by TLS (MTA-STS); the id changes with the policy")
    said = [
        _record(f"_mta-sts.{domain}", "TXT", f"v=STSv1; id={number}", why, _has_policy(number)),
        _record(mta_sts.host(), "CNAME", host, _("where they read the policy"), _same_as(host)),
    ]
    if to := academy().mail.tls_reports_to:
        why = _("who hears that TLS failed (TLS-RPT)")
        said.append(_record(f"_smtp._tls.{domain}", "TXT", f"v=TLSRPTv1; rua=mailto:{to}", why, _is_tls_report))
    return said


def _programs() -> list[Record]:
    domain, host = academy().domain, mail_host()
    web = int(settings.ORIGIN.rpartition(":")[2]) if settings.ORIGIN.count(":") > 1 else 443
    found = [
        ("_imaps", f"0 1 {servers.reading().port} {host}.", _("where programs read (RFC 6186)")),
        ("_submissions", f"0 1 {servers.sending().port} {host}.", _("where programs send (RFC 8314)")),
        *((name, "0 0 0 .", _("said to be absent: nothing without TLS, no POP3")) for name in NOT_SPOKEN),
        ("_autodiscover", f"0 0 {web} {host}.", _("where Outlook finds its settings")),
    ]
    services = [_record(f"{name}._tcp.{domain}", "SRV", value, why, _same_as(value)) for name, value, why in found]
    aliases = [
        (servers.autoconfig_host(), _("where Thunderbird finds its settings")),
        (servers.autodiscover_host(), _("where Outlook finds its settings")),
    ]
    return services + [_record(name, "CNAME", f"{host}.", why, _same_as(f"{host}.")) for name, why in aliases]


def _record(name: str, kind: str, value: str, why: str, right: Judge) -> Record:
    return Record(name, kind, value, why, right)


def plain(value: str) -> str:
    """As two writings of the same thing are compared: names have no case and a final dot or none."""
    return re.sub(r"(?<=\w)\.$", "", value.strip().lower())


def _same_as(value: str) -> Judge:
    return lambda found: [plain(one) for one in found] == [plain(value)]


def _leads_here(found: Sequence[str]) -> bool:
    """Whatever the preference; another host beside ours would get mail that never arrives here."""
    return bool(found) and all(plain(one).split()[-1] == plain(mail_host()) for one in found)


def _is_spf(found: Sequence[str]) -> bool:
    """One only, that names our server and closes the list. An authority may add its other senders."""
    ours = [one.split() for one in found if one.lower().startswith("v=spf1")]
    if len(ours) != 1:
        return False
    terms = {term.lower().removeprefix("+") for term in ours[0]}
    return bool(terms & {"mx", f"a:{mail_host()}", f"mx:{academy().domain}"}) and ours[0][-1] in {"-all", "~all"}


def _is_dmarc(found: Sequence[str]) -> bool:
    said = [_tags(one) for one in found if one.lower().startswith("v=dmarc1")]
    return len(said) == 1 and said[0].get("p", "").lower() in POLICIES


def _has_policy(number: str) -> Judge:
    """Two are none (RFC 8461, 3.1), and with an older id others keep to an older policy."""
    return lambda found: [_tags(one).get("id") for one in found if one.startswith("v=STSv1")] == [number]


def _is_tls_report(found: Sequence[str]) -> bool:
    """Other addresses may stand in it as well."""
    said = [_tags(one).get("rua", "") for one in found if one.startswith("v=TLSRPTv1")]
    places = [place.strip() for one in said for place in one.split(",")]
    return len(said) == 1 and all(place.startswith(("mailto:", "https://")) for place in places)


def _has_key(public: str) -> Judge:
    return lambda found: any(_tags(one).get("p", "").replace(" ", "") == public for one in found)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _sign, value in pairs}


def _quoted(text: str) -> str:
    return " ".join(f'"{text[start : start + CHUNK]}"' for start in range(0, len(text), CHUNK))


def _dkim_key() -> tuple[str, str] | None:
    """Selector and public half of the key that signs; None for an installation without one."""
    data: Path | None = settings.DATA
    selector = dkim_selector(data) if data else None
    if data is None or selector is None:
        return None
    private = serialization.load_pem_private_key((data / "secrets" / f"dkim.{selector}.pem").read_bytes(), None)
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return selector, base64.b64encode(private.public_key().public_bytes(encoding, form)).decode()
