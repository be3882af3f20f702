"""Who orders, sees and fetches an export, and what a leaver opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.lifecycle import closure, transfer
from vaguemestre.accounts.models import Account, Notice, Session
from vaguemestre.accounts.roles import role_lookup
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.exports import export_jobs
from vaguemestre.exports.models import Export
from vaguemestre.testing import PASSWORD, Cast

pytestmark = pytest.mark.django_db
PAGE = "/mon-compte/depart/"
State = Export.State


def ready(account: Account) -> Export:
    now = timezone.now()
    return Export.objects.create(
        key="e" * 32, account=account, ordered_by=account.key, ordered_at=now, state=State.READY, done=3, total=3,
        size=12345, finished_at=now, expires_at=now + export_jobs.KEPT,
    )  # fmt: skip


@pytest.fixture
def teacher(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.teacher)
    return client


@pytest.fixture
def leaver(client: Client, cast: Cast) -> Client:
    """Left yesterday, signs in on the page as everybody does."""
    client.post("/session/", {"identifiant": cast.leaver.identifier, "secret": PASSWORD})
    return client


def test_order_watch_and_give_up(teacher: Client, cast: Cast) -> None:
    assert teacher.get(PAGE).status_code == 200
    teacher.post("/mon-compte/export/")
    teacher.post("/mon-compte/export/")
    (export,) = Export.objects.all()
    assert (export.account, export.ordered_by, export.state) == (cast.teacher, cast.teacher.key, State.WAITING)
    part = teacher.get("/mon-compte/export/etat/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" in part
    Export.objects.update(state=State.MAKING, done=1234, total=5678)
    assert "1\u202f234" in teacher.get(PAGE).content.decode()
    teacher.post(f"/mon-compte/export/{export.key}/abandon/")
    export.refresh_from_db()
    assert export.state == State.CANCELLED


def test_an_old_proof_is_not_enough(teacher: Client, cast: Cast) -> None:
    export = ready(cast.teacher)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    for answer in (teacher.post("/mon-compte/export/"), teacher.get(f"/mon-compte/export/{export.key}/archive.zip")):
        assert answer.status_code == 302
        assert "/session/confirmation/" in answer["Location"]
    assert Export.objects.count() == 1


def test_only_its_owner_fetches_it(client: Client, cast: Cast) -> None:
    export = ready(cast.teacher)
    address = f"/mon-compte/export/{export.key}/archive.zip"
    assert client.get(address).status_code == 302
    for other in (cast.help_desk, cast.head, cast.stranger):
        sign_in(client, other, strong=True)
        assert client.get(address).status_code == 404
        assert client.post(f"/mon-compte/export/{export.key}/abandon/").status_code == 404
    sign_in(client, cast.teacher)
    answer = client.get(address)
    assert answer["X-Accel-Redirect"] == f"/_exports/{export.key}/archive.zip"
    assert cast.teacher.identifier in answer["Content-Disposition"]
    export.refresh_from_db()
    assert export.fetched_at
    assert Entry.objects.filter(act="export.fetched", subject=cast.teacher.key).count() == 1


@pytest.mark.parametrize("state", [State.WAITING, State.MAKING, State.FAILED, State.CANCELLED, State.SWEPT])
def test_nothing_to_fetch(teacher: Client, cast: Cast, state: State) -> None:
    export = ready(cast.teacher)
    Export.objects.update(state=state)
    assert teacher.get(PAGE).status_code == 200
    assert teacher.get(f"/mon-compte/export/{export.key}/archive.zip").status_code == 404


def test_not_after_its_seven_days(teacher: Client, cast: Cast) -> None:
    export = ready(cast.teacher)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert teacher.get(f"/mon-compte/export/{export.key}/archive.zip").status_code == 404


def test_a_leaver_opens_one_page(leaver: Client) -> None:
    page = leaver.get(PAGE)
    assert page.status_code == 200
    for path in ("/portail/", "/webmail/", "/mon-compte/", "/intranet/outils/"):
        answer = leaver.get(path)
        assert (answer.status_code, answer["Location"]) == (302, PAGE), path
    assert leaver.post("/mon-compte/export/").status_code == 302
    assert Export.objects.get().state == State.WAITING


def test_one_s_own_office_is_named_and_no_other(leaver: Client) -> None:
    page = leaver.get(PAGE).content.decode()
    for department in academy().departments:
        assert (department.office.phone in page) == (department.code == "80")


def test_a_leaver_signs_in_for_a_month(client: Client, cast: Cast) -> None:
    sign_in(client, cast.leaver)
    assert client.get(PAGE).status_code == 200
    Account.objects.filter(pk=cast.leaver.pk).update(closes_on=timezone.localdate() - timedelta(days=30))
    assert "/session/" in client.get(PAGE)["Location"]


def test_the_next_address_by_consent(leaver: Client, cast: Cast) -> None:
    assert leaver.post(f"{PAGE}adresse/", {"new_address": "moi@chezmoi.example"}).status_code == 422
    assert transfer.new_address_of(cast.leaver) is None
    leaver.post(f"{PAGE}adresse/", {"new_address": "P.Caron@ac-lille.fr"})
    assert transfer.new_address_of(cast.leaver) == "p.caron@ac-lille.fr"
    assert "p.caron@ac-lille.fr" in leaver.get(PAGE).content.decode()
    leaver.post(f"{PAGE}adresse/retrait/")
    assert transfer.new_address_of(cast.leaver) is None


def test_the_reason_of_an_access_request_outlives_the_proof(client: Client, cast: Cast) -> None:
    sign_in(client, cast.help_desk, strong=True)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    address = f"/assistance/export/{cast.teacher.key}/"
    sent = client.post(address, {"reason": "Demande d’accès du 20 novembre"})
    wanted = client.get(sent["Location"]).context["next"]
    back = client.post("/session/confirmation/", {"secret": PASSWORD, "next": wanted, "acte": "garde"})
    offered = client.get(back["Location"]).content.decode()
    assert "Demande d’accès du 20 novembre" in offered
    assert f'action="{address}"' in offered
    assert not Export.objects.exists(), "nothing is done by itself"


def test_an_access_request_of_the_help_desk(client: Client, cast: Cast) -> None:
    sign_in(client, cast.help_desk, strong=True)
    page = f"/assistance/export/{cast.teacher.key}/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "Demande d’accès du 20 novembre"})
    export = Export.objects.get()
    assert (export.account, export.ordered_by) == (cast.teacher, cast.help_desk.key)
    assert Entry.objects.get(act="export.access-request").details["reason"] == "Demande d’accès du 20 novembre"
    told = Notice.objects.get(account=cast.teacher)
    assert (told.details["change"], told.details["by"]) == ("access-request", cast.help_desk.key)
    assert client.get(f"/mon-compte/export/{export.key}/archive.zip").status_code == 404
    assert client.post(page, {"reason": "encore"}).status_code == 409
    client.post(f"{page}abandon/")
    export.refresh_from_db()
    assert export.state == State.CANCELLED


def test_nobody_else_orders_for_another(client: Client, cast: Cast) -> None:
    for account in (cast.head, cast.stranger, cast.teacher):
        sign_in(client, account)
        for path in ("", "abandon/"):
            assert client.post(f"/assistance/export/{cast.teacher.key}/{path}", {"reason": "x"}).status_code == 404
    sign_in(client, cast.help_desk, strong=True)
    assert client.get(f"/assistance/export/{cast.stranger.key}/").status_code == 404  # another department's
    assert client.get(f"/assistance/export/{cast.help_desk.key}/").status_code == 404
    assert not Export.objects.exists()


def name_agents(monkeypatch: pytest.MonkeyPatch, **lists: object) -> None:
    """`[help_desk]` of academy.toml."""
    named = academy().model_copy(update={"help_desk": academy().help_desk.model_copy(update=lists)})
    monkeypatch.setattr(role_lookup, "academy", lambda: named)


def ordered_by(client: Client, agent: Account, about: Account, *, strong: bool = True) -> int:
    sign_in(client, agent, strong=strong)
    return client.post(f"/assistance/export/{about.key}/", {"reason": "Demande d’accès"}).status_code


def test_an_agent_whom_the_authority_names_orders_for_their_department(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ordered_by(client, cast.head, cast.teacher) == 404
    name_agents(monkeypatch, agents={"80": [cast.head.identifier]})
    assert ordered_by(client, cast.head, cast.stranger) == 404
    assert ordered_by(client, cast.head, cast.teacher) == 302
    assert Export.objects.get().ordered_by == cast.head.key


def test_an_administrator_whom_the_authority_names_orders_for_everybody(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_agents(monkeypatch, administrators=[cast.head.identifier])
    assert ordered_by(client, cast.head, cast.stranger) == 302
    assert ordered_by(client, cast.head, cast.help_desk) == 302


@pytest.mark.parametrize(
    "place", [
        lambda them: {"administrators": [them]}, lambda them: {"agents": {"80": [them]}},
        lambda them: {"agents": {"rectorat": [them]}},
    ],
    ids=["administrator", "colleague", "rectorat"],
)  # fmt: skip
def test_no_agent_orders_for_their_like_or_betters(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, place: Callable[[str], dict[str, object]]
) -> None:
    """The teacher is managed by the very department that the agent serves."""
    name_agents(monkeypatch, **place(cast.teacher.identifier))
    assert ordered_by(client, cast.help_desk, cast.teacher) == 404
    sign_in(client, cast.help_desk, strong=True)
    assert client.get(f"/assistance/export/{cast.teacher.key}/").status_code == 404
    assert not Export.objects.exists()


def test_a_password_alone_orders_nothing(client: Client, cast: Cast) -> None:
    """A session from before the second factor: the console says why it stays shut."""
    export = export_jobs.order_export(cast.leaver, by="another", now=timezone.now())
    Account.objects.filter(pk=cast.help_desk.pk).update(second_factor=True)
    assert ordered_by(client, cast.help_desk, cast.teacher, strong=False) == 302
    assert client.post(f"/assistance/export/{cast.leaver.key}/abandon/").status_code == 302
    page = client.get(f"/assistance/export/{cast.teacher.key}/")
    assert page["Location"] == "/assistance/"
    assert client.get("/assistance/").status_code == 403
    assert list(Export.objects.values_list("pk", "state")) == [(export.pk, State.WAITING)]


def test_an_agent_does_not_stop_a_persons_own_export(client: Client, cast: Cast) -> None:
    export = export_jobs.order_export(cast.teacher, by=cast.teacher.key, now=timezone.now())
    sign_in(client, cast.help_desk, strong=True)
    client.post(f"/assistance/export/{cast.teacher.key}/abandon/")
    export.refresh_from_db()
    assert export.state == State.WAITING


def test_the_end_of_duty_is_told_on_the_home_page(teacher: Client, cast: Cast) -> None:
    assert PAGE not in teacher.get("/portail/").content.decode()
    on = timezone.localdate() + timedelta(days=12)
    closure.close_accounts([cast.teacher], on=on, now=timezone.now())
    assert PAGE in teacher.get("/portail/").content.decode()
    assert teacher.get(PAGE).status_code == 200
