"""`/exploitation/`: findings and facts, for administrators alone."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.test import Client

from vaguemestre.accounts.notices.journal_text import act_text
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit import journal
from vaguemestre.testing import Cast, make_account, make_person, make_school
from vaguemestre.web.findings import Act, Fact, Finding, Severity, operator_findings, service_facts

ADDRESS = "/exploitation/"
MOST_QUERIES = 24
SINCE = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
ALARM = Finding(Severity.ALARM, "Postfix ne répond pas.", "Relancez-le.", SINCE)
TASK = Finding(Severity.TASK, "Neuf lettres à imprimer.", "Imprimez-les.", act=Act("Imprimer", "/lettres/"))
NOTE = Finding(Severity.NOTE, "Le disque se remplit.", "Faites de la place.")


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    office = make_school("0809001Z", kind="rectorat")
    sign_in(client, make_account(make_person(category="ADMR", function="ADMIN", school=office)), strong=True)
    return client


def source_of[T](*things: T) -> Callable[[datetime], Iterator[T]]:
    return lambda _now: iter(things)


def broken(_now: datetime) -> Iterator[Fact]:
    raise OSError("away")


def test_findings_by_what_they_ask_and_facts_last(administrator: Client, rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(source_of(NOTE, TASK, ALARM)))
    rewired.enter_context(service_facts.replaced(broken, source_of(Fact("Sauvegarde complète", "Relue dimanche."))))
    page = administrator.get(ADDRESS).content.decode()
    places = [page.index(text) for text in (ALARM.sentence, TASK.sentence, NOTE.sentence, "Sauvegarde complète")]
    assert places == sorted(places)
    assert page.index("À faire") < places[0] < places[1] < page.index("À regarder") < places[2] < page.index("En ordre")
    assert "1 chose demande votre intervention." in page
    assert "Depuis le mardi 24\u00a0novembre 2026, 9\u00a0h\u00a015." in page
    assert 'href="/lettres/"' in page
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check", stdout=out)
    for finding in (ALARM, TASK, NOTE):
        assert finding.sentence in out.getvalue()


def test_a_quiet_day_says_so(administrator: Client, rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced())
    rewired.enter_context(service_facts.replaced(broken))
    page = administrator.get(ADDRESS).content.decode()
    assert "Tout fonctionne." in page
    assert "À faire" not in page
    assert "Rien n’a pu être vérifié." in page


def test_a_task_alone_is_no_alarm(administrator: Client, rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(source_of(TASK)))
    page = administrator.get(ADDRESS).content.decode()
    assert "Tout fonctionne." in page
    assert "1 chose vous attend." in page
    call_command("check", stdout=io.StringIO())  # ends with 0


def test_the_page_asks_for_its_parts_again(administrator: Client, rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(source_of(ALARM)))
    assert f'hx-get="{ADDRESS}?live"' in administrator.get(ADDRESS).content.decode()
    part = administrator.get(f"{ADDRESS}?live", headers={"HX-Request": "true"}).content.decode()
    assert ALARM.sentence in part
    assert "<html" not in part


def test_acts_of_administrators_on_others(administrator: Client, cast: Cast) -> None:
    journal.record_many("operator:root", "letter.printed", [cast.teacher.key, cast.head.key])
    journal.record(cast.teacher.key, "letter.revoked", cast.teacher.key)
    page = administrator.get(ADDRESS).content.decode()
    assert page.count("l’exploitant root") == 1, "a batch is one line"
    assert "Lettre imprimée (2)" in page
    assert act_text("letter.revoked") not in page, "on one's own account"


def test_nobody_else_and_not_with_a_password_alone(client: Client, cast: Cast) -> None:
    assert client.get(ADDRESS).status_code == 302
    sign_in(client, cast.teacher)
    assert client.get(ADDRESS).status_code == 404
    office = make_school("0809001Z", kind="rectorat")
    sign_in(client, make_account(make_person(category="ADMR", function="ADMIN", school=office)))
    assert "second-facteur" in client.get(ADDRESS)["Location"]


def test_queries_have_a_bound(administrator: Client, django_assert_max_num_queries: Callable[[int], ExitStack]) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert administrator.get(ADDRESS).status_code == 200
