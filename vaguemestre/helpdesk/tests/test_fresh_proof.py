"""An unattended screen gives nobody anything: which acts ask for a fresh proof, read from the addresses themselves."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, KeptForm, OtpKey, Session
from vaguemestre.accounts.otp.testing import hold
from vaguemestre.accounts.testing import PASSWORD
from vaguemestre.audit.models import Entry
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk
from vaguemestre.helpdesk.urls import urlpatterns

CONFIRMATION = reverse("accounts:confirmation")
ADDRESSES = {str(one.name): str(one.pattern) for one in urlpatterns}
# Each with the reason why it stands without: a new act is guarded, or is named here.
FREE = {
    "search": "looks",
    "otp-search": "looks",
    "journal": "looks",
    "request-take": "says who calls back",
    "request-refuse": "gives nothing",
    "lock": "only shuts",
    "stolen-close": "only shuts, and the seconds count",
    "otp-loss": "only shuts, and the seconds count",
    "otp-put-back": "a key that nobody held goes back",
    "otp-retirement": "a key of the stock ends",
    "otp-put-right": "asks for two codes of the key itself",
    "restoration-end": "brings nothing back",
    "identity-code": "writes to a contact that is known",
    "identity-code-check": "asks for that code",
    "identity-questions": "asks for right answers",
}
FILES = {"rentree-export"}  # data that leaves by a GET


def stale(client: Client) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=academy().sessions.proof_minutes))


def address(name: str, account: Account, serial: str = "4417") -> str:
    pattern, arguments = ADDRESSES[name], []
    for part in ("<str:key>", "<str:serial>", "<str:department>", "<int:number>"):
        if part in pattern:
            arguments.append({"<str:key>": account.key, "<str:serial>": serial, "<str:department>": "80"}.get(part, 1))
    return reverse(f"helpdesk:{name}", args=arguments)


def refused(answer: HttpResponseBase) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(CONFIRMATION)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_act_asks_for_a_fresh_proof_or_says_why_not(desk: Desk, name: str) -> None:
    client, where = at_the_desk(desk.somme), address(name, desk.teacher)
    stale(client)
    lines = Entry.objects.count()
    answer = client.get(where) if name in FILES else client.post(where, {"in_person": "on", "reason": "un motif"})
    if name in FREE:
        assert not refused(answer)
    elif answer.status_code != 405:  # a page to read
        assert refused(answer)
        assert Entry.objects.count() == lines


def test_those_that_stand_without_are_still_there() -> None:
    assert set(FREE) | FILES <= set(ADDRESSES)


def test_what_was_typed_comes_back_after_the_proof_and_is_done_with_one_press(desk: Desk) -> None:
    Account.objects.filter(pk=desk.teacher.pk).update(locked_at=timezone.now())
    client, page = at_the_desk(desk.somme), reverse("helpdesk:person", args=[desk.teacher.key])
    stale(client)
    unlock = reverse("helpdesk:unlock", args=[desk.teacher.key])
    sent = client.post(unlock, {"reason": "fausse alerte du chef"}, headers={"Referer": f"https://testserver{page}"})
    asked = client.get(sent.headers["Location"])
    assert "est gardé" in asked.content.decode()
    wanted = asked.context["next"]
    back = client.post(CONFIRMATION, {"secret": PASSWORD, "next": wanted, "acte": "garde"})
    offered = client.get(back.headers["Location"]).content.decode()
    assert f'action="{unlock}"' in offered
    assert f"Déverrouiller le compte\N{NO-BREAK SPACE}: {desk.teacher.display_name}" in offered, (
        "it says what the press does"
    )
    assert "fausse alerte du chef" in offered
    plain = re.sub("(?s)<details.*?</details>|<[^>]*>", "", offered)
    assert not {page, unlock} & set(plain.split())
    assert f'href="{page}"' in offered
    kept = KeptForm.objects.get()
    assert kept.expires_at < timezone.now() + timedelta(minutes=31), (
        "an act forgotten at a screen is not there tomorrow"
    )
    done = client.post(unlock, {"reason": "fausse alerte du chef", "repris": kept.key})
    assert "verrou-leve" in done.headers["Location"]
    assert not KeptForm.objects.exists(), "done once, it is kept no longer"
    assert not Account.objects.get(pk=desk.teacher.pk).locked_at


def test_one_proof_is_enough_for_the_calls_that_follow(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    stale(client)
    client.post(CONFIRMATION, {"secret": PASSWORD, "next": "/"})
    for account in (desk.teacher, desk.teacher):
        given = client.post(reverse("helpdesk:pass", args=[account.key]), {"in_person": "on"})
        assert given.status_code == 200


def test_what_was_ticked_is_said_in_words(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    stale(client)
    client.post(reverse("helpdesk:pass", args=[desk.teacher.key]), {"in_person": "on"})
    offered = client.get(reverse("accounts:kept-form", args=[KeptForm.objects.get().key])).content.decode()
    assert f"{desk.teacher.display_name} (en sa présence, pièce d’identité vue)" in offered
    assert "in_person" not in re.sub("(?s)<details.*?</details>|<[^>]*>", "", offered)


def test_somebody_else_s_act_is_not_offered(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    stale(client)
    client.post(reverse("helpdesk:pass", args=[desk.teacher.key]), {"in_person": "on"})
    offered = reverse("accounts:kept-form", args=[KeptForm.objects.get().key])
    assert client.get(offered).status_code == 200
    assert at_the_desk(desk.rectorat).get(offered).status_code == 404


def test_the_export_comes_by_itself_once_one_has_proved_oneself(desk: Desk) -> None:
    client, file = at_the_desk(desk.somme), reverse("helpdesk:rentree-export")
    stale(client)
    asked = client.get(file).headers["Location"]
    assert asked.startswith(f"{CONFIRMATION}?")
    assert not Entry.objects.filter(act="list.exported").exists()
    assert "Votre fichier vient ensuite tout seul." in client.get(asked).content.decode()
    coming = parse_qs(urlsplit(asked).query)["next"][0]
    proved = client.post(CONFIRMATION, {"secret": PASSWORD, "next": coming})
    page = client.get(proved.headers["Location"]).content.decode()
    assert f'<meta http-equiv="refresh" content="0; url={file}">' in page
    assert f'href="{reverse("helpdesk:rentree")}"' in page
    assert client.get(file).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("file", ["https://ailleurs.example/", "//ailleurs.example/", "/session/fin/", ""])
def test_no_file_comes_that_was_not_asked_for(desk: Desk, file: str) -> None:
    answer = at_the_desk(desk.somme).get(reverse("accounts:download"), {"fichier": file, "page": "/assistance/"})
    assert answer.status_code == 404


def test_nor_does_the_one_that_somebody_else_asked_for(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    stale(client)
    asked = client.get(reverse("helpdesk:rentree-export")).headers["Location"]
    coming = parse_qs(urlsplit(asked).query)["next"][0]
    assert client.get(coming).status_code == 200
    assert at_the_desk(desk.rectorat).get(coming).status_code == 404


def test_a_manufacturer_s_file_is_chosen_again_on_its_page(desk: Desk) -> None:
    client, page = at_the_desk(desk.somme), reverse("helpdesk:otp-import")
    stale(client)
    upload = {"file": SimpleUploadedFile("graines.xml", b"<x/>"), "department": "80"}
    sent = client.post(page, upload, headers={"Referer": f"https://testserver{page}"})
    assert sent.headers["Location"] == f"{CONFIRMATION}?next=%2Fassistance%2Fcles-otp%2Fimport%2F&acte=1"
    assert not OtpKey.objects.exists()


def test_a_key_in_use_is_not_given_back_at_an_open_screen(desk: Desk) -> None:
    fob, client = hold(desk.teacher), at_the_desk(desk.somme)
    stale(client)
    where = address("otp-return", desk.teacher, fob.key.serial)
    assert refused(client.post(where, {"stock": "no", "in_person": "on", "reason": "rendue"}))
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.ACTIVE
