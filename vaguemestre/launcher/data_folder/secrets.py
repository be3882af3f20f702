"""Secrets: made once, then only read. The database beside them is worth nothing without them."""

import base64
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from vaguemestre.accounts.mail_access import socket_key
from vaguemestre.launcher.data_folder.folder import FILES_USER, WEB_USER, write
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _
from vaguemestre.web import file_tickets

DKIM_SELECTOR = "vaguemestre1"
MAIL_SIGNER = "mail-token.1.pem"
MAIL_VERIFIER = "mail-token.1.pub.pem"
ID_TOKENS = "id-token.1.pem"
IPROF = "client-iprof.key"


def _word() -> bytes:
    return secrets.token_urlsafe(50).encode()


def _key_of_32_bytes() -> bytes:
    return base64.urlsafe_b64encode(secrets.token_bytes(32))


def _key_for_dovecot() -> bytes:
    return base64.b64encode(secrets.token_bytes(32))


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _elliptic_key() -> bytes:
    return private_pem(ec.generate_private_key(ec.SECP256R1()))


def _rsa_key() -> bytes:
    return private_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


# Nothing that is kept depends on them: an installation that is older than they are gets them at its next start.
MADE_LATE = {ID_TOKENS, IPROF, file_tickets.KEY, socket_key.FILE}
# The number in a name is the key's number: a new key gets the next one and the old one stays readable.
MAKERS: dict[str, Callable[[], bytes]] = {
    "django.key": _word,
    "numen-encryption.1.key": _key_of_32_bytes,
    "numen-lookup.1.key": _key_of_32_bytes,
    "letter-seal.1.key": Fernet.generate_key,
    MAIL_SIGNER: _elliptic_key,
    socket_key.FILE: _key_for_dovecot,
    ID_TOKENS: _rsa_key,
    IPROF: _word,
    "policy.key": _word,
    "push.key": _word,
    file_tickets.KEY: Fernet.generate_key,
    f"dkim.{DKIM_SELECTOR}.pem": _rsa_key,
    "authority.key": _elliptic_key,
}


def ensure(folder: Path, *, database_exists: bool) -> list[str]:
    """Makes the missing ones and returns their names; beside an existing database a missing one stops everything."""
    missing = [name for name in MAKERS if not _is_there(folder, name)]
    lost = [name for name in missing if name not in MADE_LATE]
    if lost and database_exists:
        names = "\n".join(f"  {folder / name}" for name in lost)
        raise LauncherError(
            _(
                "A database exists but its secrets are missing:\n{names}\n"
                "Put them back from your copy. New ones would make every NUMEN unreadable: nothing was started.",
                names=names,
            )
        )
    for name in missing:
        # Who may read no other reads that one.
        group, mode = (FILES_USER, 0o640) if name == file_tickets.KEY else (WEB_USER, 0o600)
        write(folder / name, MAKERS[name](), owner=WEB_USER, group=group, mode=mode)
    public = serialization.load_pem_private_key((folder / MAIL_SIGNER).read_bytes(), None).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write(folder / MAIL_VERIFIER, pem, owner=WEB_USER, mode=0o644)
    return missing


def _is_there(folder: Path, name: str) -> bool:
    """Of keys that are changed in turn, any number will do: the first one has gone in time."""
    return (folder / name).exists() or (name in MADE_LATE and any(folder.glob(name.replace(".1.", ".*."))))
