"""Who hands requests on to us: proxies that `instance.toml` names, and one that it does not name, which would make
everybody one visitor. nginx says so (`X-Handed-On-By`), and reads the visitor's address itself."""

import ipaddress
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from vaguemestre.web.findings import Finding, Severity

HEADER = "X-Handed-On-By"
LOOPBACK = {"127.0.0.1", "::1", ""}
KEPT = timedelta(hours=1)
WRITE_EVERY = 60.0  # seconds
_last: dict[str, float] = {"direct": float("-inf"), "noted": float("-inf")}


def is_from_this_machine(request: HttpRequest) -> bool:
    """Not what a proxy on it brings, whatever that says. Asked directly, there is no address or it is the socket's."""
    visitor = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR", "")
    return visitor in LOOPBACK and HEADER not in request.headers


def note_forwarder(request: HttpRequest) -> None:
    """Of a neighbour through whom, as it seems, everybody comes. A visitor's own proxy inside the authority is none:
    others come without it. From outside anybody may write such a header."""
    by = request.headers.get(HEADER, "")
    if not by:
        if request.headers.get("X-Forwarded-For", "") not in LOOPBACK:
            _last["direct"] = time.monotonic()
        return
    peer, now = ipaddress.ip_address(by), time.monotonic()
    if peer.is_global or any(peer in network for network in settings.TRUSTED_PROXIES) or settings.DATA is None:
        return
    alone = peer.is_loopback or now - _last["direct"] > KEPT.total_seconds()
    if alone and now - _last["noted"] > WRITE_EVERY:
        _last["noted"] = now
        _note(settings.DATA).write_text(by)


def forwarding_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    if settings.DATA is None or not (note := _note(settings.DATA)).exists():
        return
    if now - datetime.fromtimestamp(note.stat().st_mtime, UTC) < KEPT:
        address = ipaddress.ip_address(note.read_text())
        told = {"address": address, "line": f'trusted_proxies = ["{address}"]'}
        yield Finding(
            Severity.ALARM,
            _("A proxy at %(address)s stands before the service unannounced: all who come by it are one visitor.")
            % told,
            _("If it is yours, put it into instance.toml, then restart the service: %(line)s") % told,
        )


def _note(data: Path) -> Path:
    return data / "run" / "forwarded-by"
