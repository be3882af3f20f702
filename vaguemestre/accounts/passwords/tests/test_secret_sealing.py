"""One secret file, a key for each purpose: what was sealed for one opens nothing elsewhere."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lost_password.testing import PAGE, fill
from vaguemestre.accounts.models import KeptForm
from vaguemestre.accounts.secret_sealing import Purpose, SealError, seal, unseal
from vaguemestre.accounts.sessions import page_owner, saved_forms
from vaguemestre.accounts.testing import PASSWORD, make_account

BESIDE = {(Purpose.FACTOR, Purpose.KEPT_FORM)}  # a form kept before there were purposes


@pytest.fixture(params=["in memory", "in a data folder"], autouse=True)
def secrets(request: pytest.FixtureRequest, settings: LazySettings, tmp_path: Path) -> None:
    settings.SECRETS_DIR = None
    if request.param == "in a data folder":
        settings.SECRETS_DIR = tmp_path
        (tmp_path / "numen-encryption.1.key").write_bytes(Fernet.generate_key())


@pytest.mark.parametrize("purpose", Purpose)
def test_a_seal_opens_for_its_own_purpose_only(purpose: Purpose) -> None:
    sealed = seal(b"mot", purpose)
    assert unseal(sealed, purpose) == b"mot"
    for other in set(Purpose) - {purpose}:
        if (purpose, other) not in BESIDE:
            with pytest.raises(SealError):
                unseal(sealed, other)


def test_a_cookie_of_ours_in_the_field_of_a_lost_password(client: Client, db: None) -> None:
    make_account("Agathe", "Essai")
    client.post("/session/", {"identifiant": "aessai", "secret": PASSWORD})
    cookie = client.cookies[page_owner.COOKIE].value
    assert unseal(cookie, Purpose.OWNER)
    assert client.post(PAGE, fill(client) | {"garde": cookie}).status_code == 200


def test_a_form_kept_before_there_were_purposes_is_still_offered(db: None) -> None:
    account = make_account()
    sealed = seal(json.dumps(["/webmail/", [["texte", "Bonjour"]], []]).encode(), Purpose.FACTOR)
    tomorrow = timezone.now() + saved_forms.KEPT
    KeptForm.objects.create(key="a" * 32, account=account, sealed=sealed, expires_at=tomorrow)
    form = saved_forms.find_saved_form(account, "a" * 32, now=timezone.now())
    assert form is not None
    assert form.fields == [("texte", "Bonjour")]


def test_seeds_sealed_before_there_were_purposes_still_open(settings: LazySettings, tmp_path: Path) -> None:
    """The key of `FACTOR` is the one that data folders have been written with."""
    settings.SECRETS_DIR = tmp_path / "older"
    settings.SECRETS_DIR.mkdir()
    (settings.SECRETS_DIR / "numen-encryption.1.key").write_text("A" * 43 + "=")
    assert unseal(OLDER, Purpose.FACTOR) == b"12345678901234567890"


OLDER = (
    "1.gAAAAABrBh1U-F9LskNiJ0cqg_pdf0-YTV5eXzGlfAQIaz2dmlx57TikhdSR3pN6"
    "SYidP9sb2Ov18guUWkM8LqSn64swV3pP0qj9HIq1v4VnQVtOqMTDGbY="
)
