"""Days that are left, told to who watches and to administrators."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.testing import sign_in
from vaguemestre.launcher.testing.certificates import TestAuthority
from vaguemestre.portal import service_state
from vaguemestre.testing import make_account, make_person, make_school


@pytest.mark.parametrize(("days", "warned"), [(13, True), (14, False), (-3, True)])
def test_a_certificate_that_ends_soon_is_told_to_administrators_alone(
    client: Client,
    db: None,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    warned: bool,
) -> None:
    monkeypatch.setattr(service_state, "_watch", service_state._Watch())
    now = timezone.now()
    settings.MAIL = {**settings.MAIL, "imaps": ("127.0.0.1", 9), "smtps": ("127.0.0.1", 9)}
    files = TestAuthority.made(now - timedelta(days=90)).files(tmp_path, ["messagerie.example.fr"], days=90 + days)
    settings.TLS = {"certificate": files[0], "alt_certificate": tmp_path / "none", "key": files[1]}
    assert f"vaguemestre_certificate_days {days}\n" in client.get("/metrics/").content.decode()
    sentence = "certificat du service"  # prend fin, a expiré
    told = "/exploitation/"
    assert sentence not in client.get(told).content.decode()
    teacher = make_account(make_person("Paul", "Petit"))
    sign_in(client, teacher)
    assert sentence not in client.get(told).content.decode()
    desk = make_school("0809001Z", kind="rectorat")
    sign_in(
        client,
        make_account(make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk)),
        strong=True,
    )
    assert (sentence in client.get(told).content.decode()) is warned
    assert sentence not in client.get("/etat/", headers={"HX-Request": "true"}).content.decode()
