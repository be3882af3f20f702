"""Passkeys (WebAuthn): as a second factor, and alone when the device checks a finger, a face or a code."""

import json
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import factor_state, webauthn_challenges
from vaguemestre.accounts.models import Account, Passkey, PasskeyHolder

ADD, SIGN_IN = "add", "sign-in"
LONGEST_ANSWER = 16 * 1024
MOST = 10  # a person; more would be a mistake, and the list must stay readable
_KNOWN_TRANSPORTS = {transport.value for transport in AuthenticatorTransport}


def creation_options(account: Account, now: datetime) -> str:
    """For `navigator.credentials.create`. Keys that are known already refuse to be added twice."""
    options = generate_registration_options(
        rp_id=_rp_id(),
        rp_name=f"{academy().brand.name}, {academy().title}",
        user_id=base64url_to_bytes(_handle(account)),
        user_name=account.identifier,
        user_display_name=account.display_name,
        challenge=webauthn_challenges.make_challenge(account, ADD, now),
        timeout=_life_ms(),
        exclude_credentials=_descriptors(account),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


def add_passkey(account: Account, answer: str, name: str, now: datetime) -> Passkey | None:
    """None when the answer is not one to our question: another site, an old question, a key known already."""
    told = _read(answer)
    challenge = webauthn_challenges.challenge_in(told)
    if challenge is None or not webauthn_challenges.is_challenge_good(challenge, account, ADD, now):
        return None
    try:
        made = verify_registration_response(
            credential=told, expected_challenge=challenge, expected_rp_id=_rp_id(), expected_origin=settings.ORIGIN,
            require_user_verification=True,
        )  # fmt: skip
    except WebAuthnException:
        return None
    key = Passkey(
        account=account, credential_id=bytes_to_base64url(made.credential_id), public_key=made.credential_public_key,
        sign_count=made.sign_count, transports=_transports(told), name=name, made_at=now,
    )  # fmt: skip
    return _kept(key, challenge)


def request_options(account: Account | None, now: datetime, *, checked: bool = False) -> str:
    """For `navigator.credentials.get`. Nobody named: the key says who it is, and its device checks that it is them.
    `checked`: the same where a key is the only proof in an open session."""
    alone = account is None or checked
    return options_to_json(
        generate_authentication_options(
            rp_id=_rp_id(),
            challenge=webauthn_challenges.make_challenge(account, SIGN_IN, now),
            timeout=_life_ms(),
            allow_credentials=None if account is None else _descriptors(account),
            user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
        )
    )


def verify_passkey(answer: str, account: Account | None, now: datetime, *, checked: bool = False) -> Account | None:
    """Whose key signed our question. Alone (`account=None`, or `checked`) it must have checked its holder, not a finger
    of somebody who passes by. A replay is refused."""
    told = _read(answer)
    challenge = webauthn_challenges.challenge_in(told)
    if challenge is None or not webauthn_challenges.is_challenge_good(challenge, account, SIGN_IN, now):
        return None
    keys = Passkey.objects.select_related("account__person", "account__passkey_holder")
    key = keys.filter(credential_id=str(told.get("id"))).first()
    if key is None or not _may_open(key, account) or not _names_its_holder(told, key):
        return None
    try:
        signed = verify_authentication_response(
            credential=told, expected_challenge=challenge, expected_rp_id=_rp_id(), expected_origin=settings.ORIGIN,
            credential_public_key=bytes(key.public_key), credential_current_sign_count=key.sign_count,
            require_user_verification=account is None or checked,
        )  # fmt: skip
    except WebAuthnException:
        return None
    return key.account if _used(key, signed.new_sign_count, challenge, now) else None


@transaction.atomic
def withdraw_passkey(key: Passkey, now: datetime) -> None:
    """Whether it may be withdrawn is asked before (`factor_state.is_last_required`)."""
    key.delete()
    factor_state.note_change(key.account, "passkey-withdrawn", now, name=key.name)


@transaction.atomic
def _kept(key: Passkey, challenge: bytes) -> Passkey | None:
    known = Passkey.objects.filter(credential_id=key.credential_id).exists()
    if known or key.account.passkeys.count() >= MOST or not webauthn_challenges.spend_challenge(challenge):
        return None
    key.save()
    factor_state.note_change(key.account, "passkey-added", key.made_at, name=key.name)
    return key


@transaction.atomic
def _used(key: Passkey, count: int, challenge: bytes, now: datetime) -> bool:
    """The counter only goes up, also under two sign-ins at once: a copy of the key is behind. 0: it has no counter."""
    behind = Q(sign_count__lt=count) if count else Q(sign_count=0)
    if not webauthn_challenges.spend_challenge(challenge):
        return False
    return Passkey.objects.filter(behind, pk=key.pk).update(sign_count=count, last_used_at=now) == 1


def _handle(account: Account) -> str:
    fresh = bytes_to_base64url(secrets.token_bytes(32))
    return PasskeyHolder.objects.get_or_create(account=account, defaults={"handle": fresh})[0].handle


def _may_open(key: Passkey, account: Account | None) -> bool:
    """Alone, only beside a password that its owner has chosen: while there is none (a letter, a stolen account that was
    shut) a key could have been added by whoever took the account."""
    return not key.account.first_signin_due if account is None else key.account_id == account.key


def _names_its_holder(told: dict[str, object], key: Passkey) -> bool:
    """A discoverable key also says whose it is; another name than ours would be another person's account."""
    response = told.get("response")
    said = response.get("userHandle") if isinstance(response, dict) else None
    return said in (None, "", key.account.passkey_holder.handle)


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(transport) for transport in key.transports],
        )
        for key in account.passkeys.all()
    ]


def _transports(told: dict[str, object]) -> list[str]:
    response = told.get("response")
    said = response.get("transports") if isinstance(response, dict) else None
    return [word for word in said if word in _KNOWN_TRANSPORTS] if isinstance(said, list) else []


def _read(answer: str) -> dict[str, object]:
    try:
        told = json.loads(answer[: LONGEST_ANSWER + 1])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _rp_id() -> str:
    return urlsplit(settings.ORIGIN).hostname or ""


def _life_ms() -> int:
    return int(webauthn_challenges.LIFE.total_seconds() * 1000)
