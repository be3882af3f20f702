"""Each act of the registry: what it changes, its line in the journal, and a secret that is nowhere in clear."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.sso.models import Application, Protocol
from vaguemestre.sso.registry import applications
from vaguemestre.sso.registry.applications import Registration, RegistrationRow

pytestmark = pytest.mark.django_db
FACTS = Registration(
    slug="onde",
    name="ONDE",
    summary="Élèves.",
    domain="scolarite-1d",
    protocol=Protocol.OIDC,
    home="https://onde.example/",
    redirects=["https://onde.example/retour", "https://onde.example/retour2"],
    scopes=["profile"],
    audience=[
        RegistrationRow(category="DIRECOLE"),
        RegistrationRow(category="DIRECOLE"),
        RegistrationRow(uai="0801234A"),
    ],
)


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("act", flat=True))


def test_registered_with_a_secret_that_is_kept_as_a_trace() -> None:
    application, secret = applications.register_application(FACTS, by="a0000001")
    application.refresh_from_db()
    assert application.redirect_uri_allowed("https://onde.example/retour2")
    assert not application.redirect_uri_allowed("https://onde.example/retour2/")
    assert len(secret) > 40
    assert secret not in application.client_secret
    assert application.audiences.count() == 2
    assert secret not in json.dumps(list(Entry.objects.values_list("details", flat=True)))
    assert acts() == ["application.registered"]


def test_a_link_has_no_secret_to_show() -> None:
    assert applications.register_application(replace(FACTS, protocol=Protocol.LINK), by="a0000001")[1] == ""


def test_a_change_says_which_columns_and_nothing_when_there_is_none() -> None:
    application, _secret = applications.register_application(FACTS, by="a0000001")
    changed = replace(FACTS, name="ONDE 1er degré", audience=[RegistrationRow()])
    assert applications.change_application(application, changed, by="a0000002") == ["audience", "name"]
    assert applications.seen_by_everybody(application)
    assert applications.change_application(application, changed, by="a0000002") == []
    assert acts() == ["application.registered", "application.changed"]


def test_the_former_secret_opens_nothing_any_more() -> None:
    application, former = applications.register_application(FACTS, by="a0000001")
    application.refresh_from_db()
    kept = application.client_secret
    assert applications.replace_secret(application, by="a0000002") != former
    application.refresh_from_db()
    assert application.client_secret != kept
    assert acts()[-1] == "application.secret-replaced"


def test_maintenance_and_closing_once_each() -> None:
    application, _secret = applications.register_application(FACTS, by="a0000001")
    now = timezone.now()
    for _twice in range(2):
        applications.begin_maintenance(application, "Disque.", now + timedelta(hours=1), by="a0000002")
    application.refresh_from_db()
    assert application.is_shut(now)
    assert not application.is_shut(now + timedelta(hours=2))
    for _twice in range(2):
        applications.end_maintenance(application, by="a0000002")
        applications.close_application(application, by="a0000002")
    applications.reopen_application(application, by="a0000002")
    assert acts()[1:] == ["application.shut", "application.unshut", "application.closed", "application.opened-again"]


def test_the_demo_s_file_is_right_and_counts_once() -> None:
    file = Path(settings.BASE_DIR) / "seeds" / "applications.toml"
    call_command("applications", "import", str(file))
    count = Application.objects.count()
    assert count >= 12
    call_command("applications", "import", str(file))
    assert Application.objects.count() == count


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('home = "http://onde.example/"', "https"), ('hom = "/"', "hom"), ("home = ", "Invalid"),
        ('home = "/"\nowner = 1', "owner"),
    ],
)  # fmt: skip
def test_a_wrong_file_changes_nothing_and_says_why(tmp_path: Path, wrong: str, reason: str) -> None:
    good = '[[applications]]\nslug = "a"\nname = "A"\nsummary = "A"\ndomain = "outils"\nhome = "/a/"\n'
    (tmp_path / "a.toml").write_text(good + good.replace('"a"', '"b"').replace('home = "/a/"', wrong))
    with pytest.raises(CommandError, match=reason):
        call_command("applications", "import", str(tmp_path / "a.toml"))
    assert not Application.objects.exists()
