"""A manufacturer's file of seeds (RFC 6030): in the clear, under a pre-shared AES key, or under a passphrase.

Every key of the file is read before anything is kept. One that cannot be used is told by place and serial, never by its
secret.
"""

import base64
import re
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from pskc import PSKC
from pskc.exceptions import PSKCError
from pskc.key import Key

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp.otp_values import ALGORITHMS

LARGEST = 5 * 1024 * 1024
MOST_KEYS = 10_000
SERIAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
DIGITS = {6, 7, 8}
SHORTEST_SEED, LONGEST_SEED = 16, 64
KINDS = {
    "urn:ietf:params:xml:ns:keyprov:pskc:hotp": OtpKey.Kind.HOTP,
    "urn:ietf:params:xml:ns:keyprov:pskc:totp": OtpKey.Kind.TOTP,
}


class PskcFileError(Exception):
    """Nothing of it can be read; the message says why."""


@dataclass(frozen=True)
class Seed:
    serial: str
    kind: OtpKey.Kind
    algorithm: str
    digits: int
    period: int
    counter: int
    drift: int
    secret: bytes


@dataclass(frozen=True)
class BadLine:
    """The place of a key in the file, its serial if there is one, and what is wrong with it."""

    place: int
    serial: str
    reason: str


@dataclass(frozen=True)
class PskcImport:
    seeds: list[Seed]
    bad: list[BadLine]


def parse_preshared_key(typed: str) -> bytes | None:
    """A key of 16, 24 or 32 bytes, as suppliers send it: hexadecimal, with spaces or dashes, or base64."""
    text = re.sub(r"[\s:-]", "", typed)
    try:
        key = bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]+", text) else base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) in {16, 24, 32} else None


class _Unusable(ValueError):
    """One key; the message is for whoever ordered it."""


def read_pskc(content: bytes, *, key: bytes | None = None, passphrase: str | None = None) -> PskcImport:
    """Raises PskcFileError: no PSKC file, no or a wrong key for its encryption."""
    container = _opened(content)
    _unlock(container, key, passphrase)
    seeds: list[Seed] = []
    bad: list[BadLine] = []
    for place, entry in enumerate(container.keys, start=1):
        try:
            seed = _seed(entry)
            if any(seed.serial == other.serial for other in seeds):
                raise _Unusable(_("this serial number stands twice in the file"))
        except (_Unusable, PSKCError, ValueError, OverflowError) as error:
            reason = str(error) if isinstance(error, _Unusable) else _("its secret cannot be decrypted or read")
            bad.append(BadLine(place, str(entry.serial or entry.id or "")[:40], reason))
        else:
            seeds.append(seed)
    return PskcImport(seeds, bad)


def _opened(content: bytes) -> PSKC:
    """No document type: entities are how an XML file reads other files or grows without end."""
    if len(content) > LARGEST:
        raise PskcFileError(_("the file is larger than 5 MB"))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        raise PskcFileError(_("this is not a PSKC file"))
    try:
        container = PSKC(BytesIO(content))
        count = len(container.keys)
    except (PSKCError, ValueError, SyntaxError, AttributeError, TypeError) as error:  # what lxml and pskc raise
        raise PskcFileError(_("this is not a PSKC file")) from error
    if not 0 < count <= MOST_KEYS:
        raise PskcFileError(_("the file holds no key, or more than 10,000"))
    return container


def _unlock(container: PSKC, key: bytes | None, passphrase: str | None) -> None:
    if not container.encryption.is_encrypted:
        return
    if key is None and passphrase is None:
        raise PskcFileError(_("the file is encrypted: give its key or its passphrase"))
    try:
        if passphrase is not None:
            container.encryption.derive_key(passphrase)
        else:
            container.encryption.key = key
    except (PSKCError, ValueError) as error:
        raise PskcFileError(_("this key does not open the file")) from error


def _seed(entry: Key) -> Seed:
    serial = (entry.serial or entry.id or "").strip()
    if not SERIAL.fullmatch(serial):
        raise _Unusable(_("no serial number, or one with strange signs"))
    kind = KINDS.get(entry.algorithm or "")
    if kind is None:
        raise _Unusable(_("neither an event-based nor a time-based key"))
    return Seed(
        serial, kind, _algorithm(entry), _digits(entry), _period(entry, kind), entry.counter or 0,
        _drift(entry), _secret(entry),
    )  # fmt: skip


def _algorithm(entry: Key) -> str:
    """`HMAC-SHA256`, `SHA-256`, `http://www.w3.org/2001/04/xmlenc#sha256`."""
    found = re.search(r"sha-?(\d+)$", (entry.algorithm_suite or "sha1").lower())
    name = f"sha{found[1]}" if found else ""
    if name not in ALGORITHMS:
        raise _Unusable(_("an unknown digest: SHA-1, SHA-256 and SHA-512 are known"))
    return name


def _digits(entry: Key) -> int:
    digits = entry.response_length or 6
    if digits not in DIGITS or (entry.response_encoding or "DECIMAL").upper() != "DECIMAL":
        raise _Unusable(_("its codes are not of 6 to 8 digits"))
    return digits


def _period(entry: Key, kind: OtpKey.Kind) -> int:
    period = entry.time_interval or 30
    if kind == OtpKey.Kind.TOTP and not 15 <= period <= 300:
        raise _Unusable(_("its codes last less than 15 seconds or more than 5 minutes"))
    return period


def _drift(entry: Key) -> int:
    drift = entry.time_drift or 0
    if abs(drift) > 1000:
        raise _Unusable(_("its clock is too far off"))
    return drift


def _secret(entry: Key) -> bytes:
    secret = entry.secret
    if secret is None:
        raise _Unusable(_("no secret"))
    if not SHORTEST_SEED <= len(secret) <= LONGEST_SEED:
        raise _Unusable(_("a secret shorter than 16 bytes or longer than 64"))
    return secret
