"""The demo's agents get the second factor that their roles ask for. Runs as the product's user, with Django set up.

A telephone (its code: `bin/vaguemestre demo-code IDENTIFIER`), a passkey for browsers that test, and a password for
mail programs. Reads identifiers, answers what each holds: a demo's secrets are published, nobody else's are.
"""

import base64
import json
import sys
from datetime import datetime

import cbor2
import pyotp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from vaguemestre.accounts import app_passwords
from vaguemestre.accounts.factors import standing, totp
from vaguemestre.accounts.models import Account, AppPassword, Notice, Passkey, PasskeyHolder
from vaguemestre.instance import read_instance
from vaguemestre.launcher.problem import Problem


def run() -> int:
    if read_instance().mode == "production":
        raise Problem("The demo's factors are not for production.")
    now = timezone.now()
    found = Account.objects.filter(identifier__in=json.load(sys.stdin)).select_related("person")
    json.dump({account.identifier: equip(account, now) for account in found}, sys.stdout)
    return 0


def equip(account: Account, now: datetime) -> dict[str, str]:
    secret = pyotp.random_base32()
    totp.enrol_with(account, secret, now)
    passkey = _passkey(account, now)
    _row, mail_password = app_passwords.make(account, "Démonstration", AppPassword.Scope.BOTH, now)
    Notice.objects.filter(account=account).update(read_at=now)
    return {"totp": secret, "app_password": mail_password, **passkey}


def _passkey(account: Account, now: datetime) -> dict[str, str]:
    """As an authenticator would have made it; the private half is what a virtual one is given."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_numbers()
    identity, handle = pyotp.random_base32().encode(), bytes_to_base64url(pyotp.random_base32().encode())
    x, y = (number.to_bytes(32) for number in (point.x, point.y))
    PasskeyHolder.objects.update_or_create(account=account, defaults={"handle": handle})
    Passkey.objects.create(
        account=account, credential_id=bytes_to_base64url(identity), made_at=now, name="Démonstration",
        public_key=cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}),  # RFC 9053: EC2, ES256, P-256
    )  # fmt: skip
    standing.refresh(account)
    secret = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "passkey_id": base64.b64encode(identity).decode(),
        "passkey_holder": base64.b64encode(base64url_to_bytes(handle)).decode(),
        "passkey_private": base64.b64encode(secret).decode(),
    }
