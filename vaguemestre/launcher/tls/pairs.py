"""A certificate, the chain under which it stands, and its key: read from files of any origin, judged before they are
put where the service reads them."""

import datetime
import re
import ssl
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from vaguemestre.launcher.data_folder.secrets import private_pem
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _
from vaguemestre.web.certificates import bears

KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True)
class Pair:
    chain: tuple[x509.Certificate, ...]  # the server's own first
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def chain_pem(self) -> bytes:
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self.chain)

    @property
    def key_pem(self) -> bytes:
        return private_pem(self.key)


def joined_pem(pairs: Sequence[Pair]) -> bytes:
    """One file for all, so that it is put in place whole: of each, the key before its chain."""
    return b"".join(pair.key_pem + pair.chain_pem for pair in pairs)


def parse_joined(content: bytes) -> list[Pair]:
    places = [found.start() for found in KEY.finditer(content)]
    pieces = [content[begin:end] for begin, end in pairwise([*places, len(content)])]
    return [_parse_pair(piece, piece) for piece in pieces]


def read_pair(certificate: Path, key: Path) -> Pair:
    """Raises LauncherError with what the operator must know."""
    try:
        read = certificate.read_bytes(), key.read_bytes()
    except OSError as error:
        raise LauncherError(f"{error.filename}: {error.strerror}") from error
    try:
        return _parse_pair(*read)
    except TypeError as error:  # so the library says that a password is wanted
        raise LauncherError(
            _("{key}: the key is locked by a password, which nobody types at a start.", key=key)
        ) from error
    except ValueError as error:
        said = _(
            "{certificate}, {key}: not a certificate and a key in PEM, EC or RSA.", certificate=certificate, key=key
        )
        raise LauncherError(said) from error


def require_usable(pair: Pair, certificate: Path, key: Path, host: str, now: datetime.datetime) -> None:
    """Raises LauncherError: nothing was put anywhere."""
    _require_own_key(pair, certificate, key)
    _require_order(pair, certificate)
    for one in pair.chain:
        _require_date(one, certificate, now)
    if not bears(pair.certificate, host):
        found = ", ".join(names_of(pair.certificate)) or _("no name")
        said = _("{file} is not for {host}: it bears {found}.", file=certificate, host=host, found=found)
        raise LauncherError(said)
    try:
        _shake_hands(pair, certificate, key, host)
    except ssl.SSLError as error:
        raise LauncherError(
            _(
                "{file} is refused by OpenSSL: {reason}",
                file=certificate,
                reason=getattr(error, "verify_message", error.reason),
            )
        ) from error


def remarks(pair: Pair, certificate: Path, key: Path, names: Sequence[str]) -> Iterator[str]:
    """What is wrong and no reason to refuse."""
    for name in names:
        if not bears(pair.certificate, name):
            yield _("{name} is not in it: programs that ask there will refuse it.", name=name)
    if len(pair.chain) == 1 and pair.certificate.issuer != pair.certificate.subject:
        yield _(
            "{file} holds one certificate alone: is there one of an authority in between? Programs would miss it.",
            file=certificate,
        )
    if key.stat().st_mode & stat.S_IROTH:
        yield _("{key} can be read by everybody on this machine: chmod 600 {key}", key=key)


def names_of(certificate: x509.Certificate) -> list[str]:
    with suppress(x509.ExtensionNotFound):
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return found.get_values_for_type(x509.DNSName)
    return []


def _parse_pair(certificate: bytes, key: bytes) -> Pair:
    private = serialization.load_pem_private_key(key, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("neither RSA nor elliptic curve")
    return Pair(tuple(x509.load_pem_x509_certificates(certificate)), private)


def _require_own_key(pair: Pair, certificate: Path, key: Path) -> None:
    own = pair.key.public_key()
    if pair.certificate.public_key() == own:
        return
    if any(one.public_key() == own for one in pair.chain):
        raise LauncherError(_("{file}: the server’s own certificate must stand first.", file=certificate))
    raise LauncherError(_("{key} is not the key of {file}.", key=key, file=certificate))


def _require_order(pair: Pair, certificate: Path) -> None:
    for lower, upper in pairwise(pair.chain):
        try:
            lower.verify_directly_issued_by(upper)
        except (InvalidSignature, ValueError, TypeError) as error:
            said = _(
                "{file}: not a chain. After each certificate comes the one that signed it;\n"
                "after {subject} comes {next}.",
                file=certificate, subject=lower.subject.rfc4514_string(), next=upper.subject.rfc4514_string(),
            )  # fmt: skip
            raise LauncherError(said) from error


def _shake_hands(pair: Pair, certificate: Path, key: Path, host: str) -> None:
    """As the web does with our mail servers afterwards, without any: weak keys and signatures are seen here, and an
    authority that was not made by the book. Raises ssl.SSLError."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    server.load_cert_chain(certificate, key)
    client.load_verify_locations(cadata=pair.chain_pem.decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname=host), server.wrap_bio(up, down, server_side=True)]
    for end in (*ends, *ends):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()


def _require_date(one: x509.Certificate, file: Path, now: datetime.datetime) -> None:
    begins, ends = one.not_valid_before_utc, one.not_valid_after_utc
    if begins > now:
        said = _(
            "{file} is not valid before {begins}, and the clock of this machine says {now}.\n"
            "See which of them is wrong: timedatectl. Until then everybody would refuse it.",
            file=file, begins=time_text(begins), now=time_text(now),
        )  # fmt: skip
        raise LauncherError(said)
    if ends <= now:
        raise LauncherError(
            _(
                "{file} ended on {ends}; the clock of this machine says {now}.",
                file=file,
                ends=time_text(ends),
                now=time_text(now),
            )
        )


def time_text(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%d/%m/%Y %H:%M:%S} UTC"
