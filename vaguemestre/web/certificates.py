"""The certificates of the service: those in its files, and those that its doors really show, which a daemon that was
not told may still have of before."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.web.date_text import full_date
from vaguemestre.web.findings import Fact, Finding, Severity
from vaguemestre.web.metrics import Gauge

PATIENCE = 2.0
FEW_DAYS = 14  # an authority's own program renews a month before the end: by then, somebody must look


def shown_certificate(address: tuple[str, int], name: str) -> x509.Certificate:
    """Whoever signed it and whatever its dates. Raises OSError."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(address, timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")


def bears(certificate: x509.Certificate, name: str) -> bool:
    """As programs compare (RFC 9525): a star stands for one label."""
    with suppress(x509.ExtensionNotFound):
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        borne = {one.lower().rstrip(".") for one in names.get_values_for_type(x509.DNSName)}
        return name.lower() in borne or f"*.{name.lower().partition('.')[2]}" in borne
    return False


def days_left(now: datetime) -> int | None:
    """Whole days until the first of them ends, less than none when it has; None when there is none to be found."""
    ends = [certificate.not_valid_after_utc for certificate in (*_in_files(), *_at_the_doors())]
    return (min(ends) - now) // timedelta(days=1) if ends else None


def certificate_gauges(now: datetime) -> list[Gauge]:
    """`web.metrics.gauge_sources`."""
    left = days_left(now)
    return [] if left is None else [Gauge("certificate_days", "Days until the first certificate served ends.", left)]


def certificate_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    left = days_left(now)
    remedy = _("Renew it on the machine: “vaguemestre certificate show” says how.")
    if left is not None and left < 0:
        yield Finding(
            Severity.ALARM, _("The certificate of the service has ended: browsers and mail programs refuse it."), remedy
        )
    elif left is not None and left < FEW_DAYS:
        said = ngettext(
            "The certificate of the service ends in %(count)d day: then browsers and mail programs refuse it.",
            "The certificate of the service ends in %(count)d days: then browsers and mail programs refuse it.",
            left,
        )
        yield Finding(Severity.ALARM, said % {"count": left}, remedy)
    if settings.INSTANCE.mode == "production" and _is_local():
        yield Finding(
            Severity.NOTE,
            _("The certificate is the local authority’s: browsers and mail programs warn everybody."),
            _("Have one signed by an authority that they know: vaguemestre certificate obtain, or install."),
        )


def certificate_facts(now: datetime) -> Iterator[Fact]:
    """`web.findings.service_facts`."""
    left = days_left(now)
    if left is not None and left >= FEW_DAYS:
        day = full_date(timezone.localdate(now + timedelta(days=left)))
        yield Fact(_("Certificate valid until %(day)s") % {"day": day})


def _is_local() -> bool:
    """Signed by what stands first in the file of whom we trust: of an installed one, that is itself."""
    try:
        own, first = (
            x509.load_pem_x509_certificates(file.read_bytes())[0]
            for file in (settings.TLS["certificate"], settings.MAIL["ca"])
        )
        own.verify_directly_issued_by(first)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    return True


def _in_files() -> Iterator[x509.Certificate]:
    for name in ("certificate", "alt_certificate"):
        file = settings.TLS[name]
        if file is not None:
            with suppress(OSError, ValueError):
                yield x509.load_pem_x509_certificate(file.read_bytes())


def _at_the_doors() -> Iterator[x509.Certificate]:
    instance = settings.INSTANCE
    for port in (instance.ports.web, instance.ports.imaps, instance.ports.smtps):
        with suppress(OSError, ValueError):
            yield shown_certificate((settings.MAIL["address"], port), instance.host)
