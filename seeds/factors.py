"""The demo's agents get the second factor that their roles ask for, and a head of school an OTP key. Runs as the
product's user, with Django set up.

A phone (its code: `bin/vaguemestre demo-code IDENTIFIER`), a passkey for browsers that test, and a password for
mail programs; or a key of the stock, with its PIN (its code: `demo-fob SERIAL`). Reads who gets what, answers what
each holds: a demo's secrets are published, nobody else's are.
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

from vaguemestre.accounts.factors import factor_state, totp
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, Notice, OtpKey, Passkey, PasskeyHolder
from vaguemestre.accounts.otp import activation, key_lifecycle, otp_values
from vaguemestre.instance import read_instance
from vaguemestre.launcher.errors import LauncherError

OTP_PIN = "7305"


def run() -> int:
    if read_instance().mode == "production":
        raise LauncherError("The demo's factors are not for production.")
    now = timezone.now()
    wanted = json.load(sys.stdin)
    agents = Account.objects.filter(identifier__in=wanted["second_factor"]).select_related("person")
    held = {account.identifier: equip(account, now) for account in agents}
    for identifier, serial in wanted["otp_key"].items():
        account = Account.objects.select_related("person").get(identifier=identifier)
        held[identifier] = give_otp_key(account, OtpKey.objects.get(serial=serial), now)
    json.dump(held, sys.stdout)
    return 0


def equip(account: Account, now: datetime) -> dict[str, str]:
    secret = pyotp.random_base32()
    totp.enrol_with(account, secret, now)
    return {"totp": secret, **_passkey(account, now), **_mail_password(account, now)}


def give_otp_key(account: Account, key: OtpKey, now: datetime) -> dict[str, str]:
    """Handed over and activated, as its holder would at the first press. Interrupted, it continues where it was."""
    if key.state == OtpKey.State.STOCK:
        key_lifecycle.set_aside(key, account, slip="Démonstration", by="system", now=now)
        key_lifecycle.hand_over(key, by=account, now=now)
    if key.state == OtpKey.State.HANDED:
        step = otp_values.step_of(key, now) - 1 if key.kind == OtpKey.Kind.TOTP else key.counter
        first, second = otp_values.code_at(key, step), otp_values.code_at(key, step + 1)
        if not activation.begin_activation(key, first, now=now):
            raise LauncherError(f"{key.serial}: the first code is refused.")
        activation.choose_pin(key, OTP_PIN)
        key.refresh_from_db()
        if not activation.prove_key(key, second, now=now):
            raise LauncherError(f"{key.serial}: the second code is refused.")
        account.refresh_from_db()
    return {"otp_serial": key.serial, "otp_pin": OTP_PIN, **_mail_password(account, now)}


def _mail_password(account: Account, now: datetime) -> dict[str, str]:
    _row, password = app_passwords.make_app_password(account, "Démonstration", AppPassword.Scope.BOTH, now)
    Notice.objects.filter(account=account).update(read_at=now)
    return {"app_password": password}


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
    factor_state.refresh_method(account)
    secret = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "passkey_id": base64.b64encode(identity).decode(),
        "passkey_holder": base64.b64encode(base64url_to_bytes(handle)).decode(),
        "passkey_private": base64.b64encode(secret).decode(),
    }
