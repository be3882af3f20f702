"""The profile that iPhone, iPad and Mac install: one person's, signed with the service's TLS key, without a password.

A profile has its identifiers by domain and address: installed again it takes the place of the former one.
"""

import plistlib
import uuid
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clients import servers

TYPE = "application/x-apple-aspen-config"


class NoKeyError(Exception):
    """The service's certificate or key cannot be read, or cannot sign."""


def profile(account: Account) -> bytes:
    """DER of a signed CMS. Raises NoKeyError."""
    certificate, key, chain = _signer()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content(account)).add_signer(certificate, key, hashes.SHA256())
    for above in chain:
        builder = builder.add_certificate(above)
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def content(account: Account) -> bytes:
    address = account.address
    about = {"PayloadVersion": 1, "PayloadOrganization": academy().title, "PayloadDisplayName": _title()}
    mail = about | _account(account) | {
        "PayloadType": "com.apple.mail.managed", "PayloadIdentifier": _identifier(address, "mail"),
        "PayloadUUID": _uuid(address, "mail"),
    }  # fmt: skip
    whole = about | {
        "PayloadType": "Configuration", "PayloadIdentifier": _identifier(address, "profile"),
        "PayloadUUID": _uuid(address, "profile"), "PayloadContent": [mail], "PayloadRemovalDisallowed": False,
        "PayloadDescription": _("Mail of %(address)s. The password is asked when it is installed.")
        % {"address": address},
    }  # fmt: skip
    return plistlib.dumps(whole)


def _account(account: Account) -> dict[str, object]:
    reading, sending = servers.reading(), servers.sending()
    return {
        "EmailAccountType": "EmailTypeIMAP", "EmailAccountName": account.display_name,
        "EmailAccountDescription": _title(), "EmailAddress": account.address,
        "IncomingMailServerAuthentication": "EmailAuthPassword", "IncomingMailServerHostName": reading.host,
        "IncomingMailServerPortNumber": reading.port, "IncomingMailServerUseSSL": True,
        "IncomingMailServerUsername": account.address,
        "OutgoingMailServerAuthentication": "EmailAuthPassword", "OutgoingMailServerHostName": sending.host,
        "OutgoingMailServerPortNumber": sending.port, "OutgoingMailServerUseSSL": True,
        "OutgoingMailServerUsername": account.address, "OutgoingPasswordSameAsIncomingPassword": True,
    }  # fmt: skip


def _title() -> str:
    return _("Mail of the %(academy)s") % {"academy": academy().title}


def _identifier(address: str, part: str) -> str:
    reversed_domain = ".".join(reversed(academy().domain.split(".")))
    return f"{reversed_domain}.vaguemestre.{part}.{uuid.uuid5(uuid.NAMESPACE_DNS, address)}"


def _uuid(address: str, part: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{address}#{part}")).upper()


type _Signer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, list[x509.Certificate]]


def _signer() -> _Signer:
    """Read again when the files have changed: certificates are renewed under a running service."""
    certificate, key = settings.TLS["certificate"], settings.TLS["key"]
    try:
        return _read(certificate, key, certificate.stat().st_mtime_ns, key.stat().st_mtime_ns)
    except (OSError, ValueError, AttributeError) as error:
        raise NoKeyError(str(error)) from error


@lru_cache(maxsize=1)
def _read(certificate: Path, key: Path, *_changed: int) -> _Signer:
    own, *chain = x509.load_pem_x509_certificates(certificate.read_bytes())
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("neither RSA nor elliptic curve")
    return own, private, chain
