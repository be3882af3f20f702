"""Shared by tests: an authority of their own, with one in between, that signs what it is asked for."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from vaguemestre.launcher import authority
from vaguemestre.launcher.secrets import private_pem

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = datetime.timedelta(days=1)


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
