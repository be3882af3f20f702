"""TLS everywhere: a local authority and server certificates (EC and RSA) for whoever has none of their own."""

import datetime
import ipaddress
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vaguemestre.academy.facts import academy
from vaguemestre.engine import mta_sts
from vaguemestre.instance import Tls
from vaguemestre.launcher.data_folder.folder import WEB_USER, write
from vaguemestre.launcher.data_folder.secrets import private_pem
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.tls.pairs import parse_joined

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the longest that browsers accept
RENEW_DAYS = 30
type PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
type PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
type MakesKey = Callable[[], PrivateKey]
# What each certificate is called (engine/tls_policy.py), and how its key is made.
KINDS: dict[str, MakesKey] = {
    "server": partial(ec.generate_private_key, ec.SECP256R1()),
    "server-alt": partial(rsa.generate_private_key, 65537, 2048),
}


def ensure(data: Path, host: str, own: Tls, *, now: datetime.datetime) -> None:
    """`tls/ca.pem`, `tls/server.pem` and `tls/server.key`: the operator's own, by `instance.toml` or as installed, or
    the local authority's, right for this host and good for a month at least. `server-alt`: the same of the other
    kind."""
    if own.own:
        _write_own(data / "tls", _read_own(own.own))
        return
    if installed_file(data).exists():
        pairs = parse_joined(installed_file(data).read_bytes())
        _write_own(data / "tls", [(pair.chain_pem, pair.key_pem) for pair in pairs])
        return
    signing = _load_key(data / "secrets" / "authority.key")
    authority = _authority(data / "tls" / "ca.pem", signing, now)
    for name, make in KINDS.items():
        _server(data / "tls" / name, make, host, authority, signing, now)


def installed_file(data: Path) -> Path:
    """What `vaguemestre certificate` was given, for root alone; taken away, the local authority signs again."""
    return data / "tls" / "installed.pem"


def former_file(data: Path) -> Path:
    return data / "tls" / "installed-before.pem"


def _read_own(pairs: Sequence[tuple[Path, Path]]) -> list[tuple[bytes, bytes]]:
    try:
        return [(certificate.read_bytes(), key.read_bytes()) for certificate, key in pairs]
    except OSError as error:
        raise LauncherError(
            _("instance.toml: tls - {file}: {reason}", file=error.filename, reason=error.strerror)
        ) from error


def _write_own(tls: Path, pairs: Sequence[tuple[bytes, bytes]]) -> None:
    """`pairs`: chain and key. The web trusts the very certificates it was given, so those signed by an authority of the
    house work too; and those that the daemons show until they are told."""
    shown = [tls / f"{name}.pem" for name in KINDS]
    former = [file.read_bytes() for file in shown if file.exists()]
    _write_changed(tls / "ca.pem", b"\n".join(dict.fromkeys([*(chain for chain, _private in pairs), *former])))
    for file in shown[len(pairs) :]:
        file.unlink(missing_ok=True)  # of the local authority, or of another day
    for name, (chain, private) in zip(KINDS, pairs, strict=False):
        write(tls / f"{name}.key", private, group=WEB_USER, mode=0o640)
        _write_changed(tls / f"{name}.pem", chain)


def _write_changed(file: Path, content: bytes) -> None:
    """Not without need: whoever trusts it reads it again when its date changes."""
    if not file.exists() or file.read_bytes() != content:
        write(file, content)


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise LauncherError(_("{file}: not an elliptic-curve key.", file=file))
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
        .add_extension(usage(signs_certificates=True), critical=True)
        .add_extension(subject_id, critical=False)
        .sign(key, hashes.SHA256())
    )
    write(file, made.public_bytes(serialization.Encoding.PEM))
    return made


def _server(place: Path, make: MakesKey, host: str, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey,
            now: datetime.datetime) -> None:  # fmt: skip
    """`place`: without its ending."""
    names = list(dict.fromkeys([host, "localhost", *_asked_by_programs()]))
    if _still_right(place, names, authority, now):
        return
    server_key = make()
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        _builder(subject, authority.subject, server_key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    # The key first: a stop between the two leaves a pair that does not match, which `_still_right` sees.
    write(place.with_suffix(".key"), private_pem(server_key), group=WEB_USER, mode=0o640)
    write(place.with_suffix(".pem"), made.public_bytes(serialization.Encoding.PEM))


def _asked_by_programs() -> list[str]:
    """By the domain of an address: where Thunderbird and Outlook look for their settings, other servers for MTA-STS."""
    domain = academy().domain
    return [f"autoconfig.{domain}", f"autodiscover.{domain}", domain, mta_sts.host()]


def _still_right(place: Path, names: list[str], authority: x509.Certificate, now: datetime.datetime) -> bool:
    certificate, key = place.with_suffix(".pem"), place.with_suffix(".key")
    if not certificate.exists() or not key.exists():
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        found.issuer == authority.subject
        and found.public_key() == private.public_key()
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


def _builder(subject: x509.Name, issuer: x509.Name, public: PublicKey, now: datetime.datetime,
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


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
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
