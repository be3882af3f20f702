"""Each newcomer stands in exactly one part; the figures cost the same few queries for ten or for ten thousand."""

from datetime import timedelta
from pathlib import Path

from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import agent_named
from vaguemestre.helpdesk import rentree_progress
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk, make_teacher
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.people.numen import Numen
from vaguemestre.web.date_text import full_date

NUMEN = "20E9912345ABC"


def part_of(account: Account, desk: Desk) -> str:
    agent = agent_named(desk.rectorat)
    assert agent is not None
    return str(rentree_progress.newcomers(agent, timezone.now()).get(pk=account.pk).part)


def printed(account: Account) -> None:
    now = timezone.now()
    Letter.objects.create(
        number=f"2026-80-{account.key}", account=account, department="80", reason=Letter.Reason.JOINER,
        state=Letter.State.PRINTED, prepared_at=now, printed_at=now,
    )  # fmt: skip


def provisional(account: Account, *, days: int) -> None:
    expires = timezone.now() + timedelta(days=days)
    Account.objects.filter(pk=account.pk).update(
        password_kind=Account.PasswordKind.PROVISIONAL, charter_version="", provisional_expires_at=expires
    )


def test_every_newcomer_stands_in_one_part(desk: Desk) -> None:
    waiting, sent, stuck, locked = (make_teacher("Lili", f"Neuve{number}") for number in "abcd")
    for account, days in ((waiting, 9), (sent, 9), (stuck, -1)):
        provisional(account, days=days)
    for account in (sent, stuck):
        printed(account)
    Account.objects.filter(pk=locked.pk).update(locked_at=timezone.now())
    found = [part_of(account, desk) for account in (desk.teacher, waiting, sent, stuck, locked)]
    assert found == ["activated", "waiting", "sent", "stuck", "stuck"]


def test_an_agent_counts_their_own_department(desk: Desk) -> None:
    page = at_the_desk(desk.aisne).get(reverse("helpdesk:rentree")).content.decode()
    assert "Aisne" in page
    assert "Somme" not in page.partition("<main")[2].partition("</main")[0]
    assert at_the_desk(desk.aisne).get(reverse("helpdesk:rentree-schools", args=["80"])).status_code == 404
    assert at_the_desk(desk.aisne).get(reverse("helpdesk:rentree-schools", args=["02"])).status_code == 200


def test_the_figures_cost_as_much_for_many(desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        provisional(make_teacher("Lili", f"Neuve{number}"), days=-1)
    client = at_the_desk(desk.rectorat)
    for page in (reverse("helpdesk:rentree"), reverse("helpdesk:rentree-schools", args=["80"])):
        with django_assert_max_num_queries(14):
            client.get(page)


def test_the_export_has_no_numen_and_nothing_that_a_spreadsheet_computes(desk: Desk) -> None:
    account = make_teacher("=cmd()", "Neuve")
    numen, person = Numen(NUMEN), account.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    provisional(account, days=9)
    response = at_the_desk(desk.somme).get(reverse("helpdesk:rentree-export"))
    table = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # a streaming answer
    assert account.identifier in table
    assert NUMEN not in table
    assert ";'=cmd()" in table
    assert desk.neighbour.identifier not in table
    assert desk.teacher.identifier not in table


def test_an_agent_sees_which_printed_files_still_lie_there(desk: Desk, tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA, now = tmp_path, timezone.now()
    (tmp_path / "letters").mkdir()
    for department in ("80", "02"):
        batch = Batch.objects.create(
            number=f"L2026-{department}-001", department=department, created_at=now, printed_at=now
        )
        (tmp_path / "letters" / f"lettres-{batch.number}.pdf").touch()
    page = at_the_desk(desk.somme).get(reverse("helpdesk:letters")).content.decode()
    part = page.partition('id="fichiers"')[2].partition("</section>")[0]
    assert "L2026-80-001" in part
    assert f"Supprimé le {full_date((timezone.localtime(now) + timedelta(days=7)).date())}" in part
    assert "L2026-02-001" not in part


def test_whose_letter_is_in_no_lot_is_told_by_name(desk: Desk) -> None:
    without, withheld, elsewhere = (
        make_teacher("Lili", name, department=code)
        for name, code in (("Sanslettre", "80"), ("Sansadresse", "80"), ("Ailleurs", "02"))
    )
    for account in (without, withheld, elsewhere):
        provisional(account, days=9)
    withheld.person.address_lines = []
    withheld.person.save()
    now = timezone.now()
    Letter.objects.create(
        number="2026-80-00001", account=withheld, department="80", reason=Letter.Reason.JOINER,
        state=Letter.State.SEALED, sealed="x", prepared_at=now, sealed_at=now,
    )  # fmt: skip
    page = at_the_desk(desk.somme).get(reverse("helpdesk:letters")).content.decode()
    named = page.partition('id="retenues"')[2].partition("</section>")[0]
    assert named.count("<li>") == 2
    assert "Lili Sanslettre" in named
    assert "Lili Sansadresse" in named
    assert "aucune adresse" in named
