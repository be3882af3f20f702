"""TLS everywhere: a local authority and a server certificate for whoever has none of their own."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vaguemestre.academy.facts import academy
from vaguemestre.engine import mta_sts
from vaguemestre.instance import Tls
from vaguemestre.launcher.folder import WEB_USER, write
from vaguemestre.launcher.problem import Problem
from vaguemestre.launcher.secrets import private_pem
from vaguemestre.launcher.words import _

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the longest that browsers accept
RENEW_DAYS = 30


def ensure(data: Path, host: str, own: Tls, *, now: datetime.datetime) -> None:
    """`tls/ca.pem`, `tls/server.pem` and `tls/server.key`, right for this host and good for a month at least."""
    if own.certificate and own.key:
        _install_own(data, own.certificate, own.key)
        return
    key = _load_key(data / "secrets" / "authority.key")
    authority = _authority(data / "tls" / "ca.pem", key, now)
    _server(data / "tls", host, authority, key, now)


def _install_own(data: Path, certificate: Path, key: Path) -> None:
    try:
        chain, private = certificate.read_bytes(), key.read_bytes()
    except OSError as error:
        raise Problem(_("instance.toml: tls - {file}: {reason}", file=error.filename, reason=error.strerror)) from error
    write(data / "tls" / "server.pem", chain)
    write(data / "tls" / "server.key", private, group=WEB_USER, mode=0o640)
    # The webmail trusts the very certificate it was given, so one signed by an authority of the house works too.
    write(data / "tls" / "ca.pem", chain)


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Problem(_("{file}: not an elliptic-curve key.", file=file))
    return key


def _authority(file: Path, key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    if file.exists():
        found = x509.load_pem_x509_certificate(file.read_bytes())
        if found.public_key() == key.public_key() and _lasts(found, now):
            return found
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vaguemestre, autorité locale")])
    subject_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(subject_id, critical=False)
        .sign(key, hashes.SHA256())
    )
    write(file, made.public_bytes(serialization.Encoding.PEM))
    return made


def _server(tls: Path, host: str, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey,
            now: datetime.datetime) -> None:  # fmt: skip
    names = list(dict.fromkeys([host, "localhost", *_asked_by_programs()]))
    if _still_right(tls, names, authority, now):
        return
    server_key = ec.generate_private_key(ec.SECP256R1())
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        _builder(subject, authority.subject, server_key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    # The key first: a stop between the two leaves a pair that does not match, which `_still_right` sees.
    write(tls / "server.key", private_pem(server_key), group=WEB_USER, mode=0o640)
    write(tls / "server.pem", made.public_bytes(serialization.Encoding.PEM))


def _asked_by_programs() -> list[str]:
    """By the domain of an address: where Thunderbird and Outlook look for their settings, other servers for MTA-STS."""
    domain = academy().domain
    return [f"autoconfig.{domain}", f"autodiscover.{domain}", domain, mta_sts.host()]


def _still_right(tls: Path, names: list[str], authority: x509.Certificate, now: datetime.datetime) -> bool:
    if not (tls / "server.pem").exists() or not (tls / "server.key").exists():
        return False
    found = x509.load_pem_x509_certificate((tls / "server.pem").read_bytes())
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        found.issuer == authority.subject
        and found.public_key() == _load_key(tls / "server.key").public_key()
        and alternatives.get_values_for_type(x509.DNSName) == names
        and _lasts(found, now)
        and _signed_by(found, authority)
    )


def _signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - the library raises InvalidSignature, ValueError or TypeError: each means "no"
        return False
    return True


def _lasts(certificate: x509.Certificate, now: datetime.datetime) -> bool:
    return certificate.not_valid_after_utc > now + datetime.timedelta(days=RENEW_DAYS)


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime.datetime,
             days: int) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
