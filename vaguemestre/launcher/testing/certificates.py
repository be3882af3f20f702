"""Shared by tests: an authority of their own, with one in between, that signs what it is asked for."""

import datetime
import imaplib
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from vaguemestre.launcher.data_folder.secrets import private_pem
from vaguemestre.launcher.tls import authority

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = datetime.timedelta(days=1)
GRACE_SECONDS = 7  # within which Dovecot ends the sessions of before, if it ends them


@dataclass(frozen=True)
class TestAuthority:
    """Its certificates are good from a day before `now`."""

    __test__ = False

    now: datetime.datetime
    root_key: ec.EllipticCurvePrivateKey
    root: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate  # of the authority in between

    @classmethod
    def made(cls, now: datetime.datetime, *, by_the_book: bool = True) -> "TestAuthority":
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _signed(
            "Root of the test", root_key, "Root of the test", root_key, now - DAY, now + 900 * DAY, by_the_book
        )
        between = _signed("In between", key, "Root of the test", root_key, now - DAY, now + 800 * DAY, by_the_book)
        return cls(now, root_key, root, key, between)

    def server(
        self, names: Sequence[str], *, key: Key | None = None, begins: datetime.timedelta = -DAY, days: int = 90
    ) -> tuple[x509.Certificate, Key]:
        own = key or ec.generate_private_key(ec.SECP256R1())
        begin = self.now + begins
        made = _signed(names[0], own, "In between", self.key, begin, begin + (days + 1) * DAY + DAY / 24, names=names)
        return made, own

    def files(self, folder: Path, names: Sequence[str], name: str = "own", **more: object) -> tuple[Path, Path]:
        """Whole chain, and key, as an operator has them."""
        certificate, key = self.server(names, **more)  # type: ignore[arg-type]
        chain, private = folder / f"{name}.pem", folder / f"{name}.key"
        chain.write_bytes(pem(certificate, self.certificate))
        private.write_bytes(private_pem(key))
        private.chmod(0o600)
        return chain, private


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def goes_on(connection: imaplib.IMAP4_SSL) -> bool:
    """The server does not say that it ends, nor hangs up, whatever else it says."""
    deadline = time.monotonic() + GRACE_SECONDS
    while select.select([connection.sock], [], [], max(0, deadline - time.monotonic()))[0]:
        line = connection.readline()
        if not line or line.startswith(b"* BYE"):
            return False
    return True


def _signed(
    subject: str, key: Key, issuer: str, by: ec.EllipticCurvePrivateKey, begins: datetime.datetime,
    ends: datetime.datetime, by_the_book: bool = True, names: Sequence[str] = (),
) -> x509.Certificate:  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject)).issuer_name(_name(issuer))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(begins).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )  # fmt: skip
    if not names and by_the_book:
        made = made.add_extension(authority.usage(signs_certificates=True), critical=True)
    if names:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return made.sign(by, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
