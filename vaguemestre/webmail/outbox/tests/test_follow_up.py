"""What one sent and nobody has answered: its list, what one may do about it, and what is noted when it leaves."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from vaguemestre.clock import due
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.mime import message_builder
from vaguemestre.mailbox.values import ASKS, RETURNED, SETTLED
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import draft_copies
from vaguemestre.webmail.models import DeliveryReport, Outgoing, new_key
from vaguemestre.webmail.outbox import delivery, follow_up
from vaguemestre.webmail.testing.acts import after, take_back
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows

VIEW = "?voir=sans-reponse"
FOUND = "/webmail/dossiers/recherche/"
SOPHIE = "Sophie Marchand <sophie@librairie.example>"


def sent(
    desk: MailBrowser, subject: str, name: str, *, to: str = SOPHIE, answers: str = "", text: str = "Voici."
) -> int:
    message = letter(to, sender=desk.mail.address, subject=subject, text=text)
    del message["Message-ID"]
    message["Message-ID"] = f"<{name}@essai>"
    if answers:
        message["In-Reply-To"] = f"<{answers}@essai>"
    return desk.put(message, "sent", flags=("\\Seen",))


def subjects(html: str) -> list[str]:
    return re.findall(r'class="row-subject[^"]*"[^>]*>(?:<[^>]*>)*([^<]+)', html)


def test_the_list_says_what_it_is_and_of_how_many(desk: MailBrowser) -> None:
    sent(desk, "Conseil", "un")
    sent(desk, "Stage", "deux")
    answer = letter(desk.mail.address, sender="sophie@librairie.example", subject="Re: Stage")
    answer["In-Reply-To"] = "<deux@essai>"
    desk.put(answer)
    html = body(desk.get(desk.url("sent", VIEW)))
    assert subjects(html) == ["Conseil"]
    assert re.search(r'<span class="count">1 sans réponse</span>', html)
    assert re.search(r'<a class="chip" href="[^"]*sans-reponse"[^>]* aria-current="true">Sans réponse</a>', html)
    assert "depuis 30 jours" in html
    assert "voir=sans-reponse" not in body(desk.get(desk.url()))
    assert "tri=" not in html  # an order that this list does not have is not offered


def test_nobody_owes_an_answer(desk: MailBrowser) -> None:
    sent(desk, "Note à moi", "un", to=desk.mail.address)
    assert "Aucune réponse attendue" in body(desk.get(desk.url("sent", VIEW)))


@pytest.mark.parametrize("flat", [False, True])
def test_one_waits_no_more_and_may_think_again(desk: MailBrowser, flat: bool) -> None:
    sent(desk, "Conseil", "un")
    last = sent(desk, "Conseil, relance", "deux", answers="un")
    other = sent(desk, "Stage", "trois")
    if flat:
        desk.post("/webmail/reglages/lecture/", {"liste": "messages"})
    page = body(desk.get(desk.url("sent", VIEW)))
    assert subjects(page) == ["Stage", "Conseil, relance"]
    chosen: dict[str, object] = {"choix": last, "retour": desk.url("sent", VIEW), "ensemble": "1"}
    page = after(desk, desk.post(desk.url("sent", "attente/retrait/"), chosen))
    assert "1 message n’attend plus de réponse" in page
    assert subjects(page) == ["Stage"]
    assert SETTLED in desk.flags(last, "sent")
    assert SETTLED not in desk.flags(other, "sent")
    assert "message remis comme avant" in take_back(desk, page)
    assert subjects(body(desk.get(desk.url("sent", VIEW)))) == ["Stage", "Conseil, relance"]


def test_all_of_them_are_those_that_wait(desk: MailBrowser) -> None:
    first, second = sent(desk, "Conseil", "un"), sent(desk, "À moi", "deux", to=desk.mail.address)
    bound = {"tout": second + 1, "voir": "sans-reponse"}
    desk.post(desk.url("sent", "attente/retrait/"), {**bound})
    assert [SETTLED in desk.flags(uid, "sent") for uid in (first, second)] == [True, False]


def test_the_open_message_says_so_as_long_as_it_is_true(desk: MailBrowser) -> None:
    uid = sent(desk, "Conseil", "un")
    here = desk.url("sent", f"{uid}/{VIEW}")
    assert "Personne n’a encore répondu" in body(desk.get(here))
    assert "Personne n’a encore répondu" not in body(desk.get(desk.url("sent", f"{uid}/")))
    desk.post(desk.url("sent", "attente/retrait/"), {"choix": uid})
    assert "Personne n’a encore répondu" not in body(desk.get(here))


def test_a_reminder_goes_to_the_same_people_and_asks_for_no_receipt(desk: MailBrowser, now: datetime) -> None:
    uid = sent(desk, "Conseil", "un", to=f"{SOPHIE}, {desk.mail.address}")
    # To read is not to answer.
    DeliveryReport.objects.create(
        account=desk.mail.account,
        message_id="<un@essai>",
        kind=DeliveryReport.Kind.READ,
        at=now,
        folder=desk.id(),
        uid=1,
        address="sophie@librairie.example",
    )
    for sheet in (
        body(desk.get(desk.url("sent", f"{uid}/relance/?tous=1"))),
        body(desk.post(desk.url("sent", "relance/"), {"choix": uid})),
    ):
        form = re.search(r'<form class="composer-form".*?</form>', sheet, re.DOTALL)
        assert form
        assert 'value="Rappel\u00a0: Conseil"' in form[0]
        assert not re.search(r'name="accuse" value="1" checked', form[0])
        assert re.search(r'name="a" value="[^"]*sophie@librairie.example', form[0])
        assert not re.search(rf'name="a" value="[^"]*{desk.mail.address}', form[0])


def test_what_is_noted_when_it_leaves(desk: MailBrowser, neighbour: MailBrowser) -> None:
    long = "Voici. " * 60
    for text, flag in ((f"{long}\n\nÀ quelle heure ?", True), (f"{long}\n\n> À quelle heure ?", False)):
        desk.write(key := new_key(), a=neighbour.mail.address, texte=text)
        with desk.session() as session:
            uid = session.find(desk.id("sent"), f"<{key}@{desk.mail.address.partition('@')[2]}>")[-1]
        assert (ASKS in desk.flags(uid, "sent")) is flag


def test_a_letter_of_a_mailing_waits_for_nobody(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    made = Outgoing.objects.create(
        key=new_key(), account=desk.mail.account, sender=desk.mail.address, to=neighbour.mail.address, text="Venez ?",
        reminds_after=0, created_at=now, changed_at=now,
    )  # fmt: skip
    delivery.send(made, now)
    assert "Aucune réponse attendue" in body(desk.get(desk.url("sent", VIEW)))


def reminded_of(desk: MailBrowser, neighbour: MailBrowser, now: datetime, **fields: Any) -> tuple[int, str]:
    """Sent with a reminder after a week. Its number and its Message-ID."""
    desk.write(key := new_key(), a=neighbour.mail.address, objet="Conseil", rappel="7", **fields)
    with desk.session() as session:
        [uid] = session.find(desk.id("sent"), draft_copies.message_id_of(key))
    assert due.all_planned(follow_up.REMIND, [f"{desk.mail.key} {key}"])
    return uid, key


def hour_comes(desk: MailBrowser, key: str, now: datetime) -> None:
    follow_up.remind(f"{desk.mail.key} {key}", now + timedelta(days=7))


def test_a_reminder_comes_to_the_top_of_the_inbox_once(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime
) -> None:
    uid, key = reminded_of(desk, neighbour, now)
    assert re.search("Personne n’a encore répondu\\.\\s+Rappel\u00a0:", body(desk.get(desk.url("sent", f"{uid}/"))))
    hour_comes(desk, key, now)
    hour_comes(desk, key, now)
    [copy] = desk.uids()
    assert desk.flags(copy) == {RETURNED}
    page = body(desk.get(desk.url(tail=f"{copy}/")))
    assert "Revenu\u00a0:" in page
    assert f"{desk.url('sent')}{uid}/relance/" in page
    desk.post(desk.url("sent", "attente/retrait/"), {"choix": uid})
    assert "Personne n’a encore répondu" not in body(desk.get(desk.url(tail=f"{copy}/")))


def test_no_reminder_of_what_was_answered_or_given_up_or_thrown_away(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime
) -> None:
    answered, first = reminded_of(desk, neighbour, now)
    answer = letter(desk.mail.address, sender=neighbour.mail.address, subject="Re: Conseil")
    answer["In-Reply-To"] = draft_copies.message_id_of(first)
    desk.put(answer)
    assert "Rappel\u00a0:" not in body(desk.get(desk.url("sent", f"{answered}/")))
    given_up, second = reminded_of(desk, neighbour, now)
    desk.post(desk.url("sent", "attente/retrait/"), {"choix": given_up})
    gone, third = reminded_of(desk, neighbour, now)
    desk.post(desk.url("sent", "suppression/"), {"choix": gone})
    for key in (first, second, third):
        hour_comes(desk, key, now)
    assert len(desk.uids()) == 1


def test_a_page_asks_once_and_paper_not_at_all(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of one's own messages a conversation shows."""
    uid, _key = reminded_of(desk, neighbour, now)
    for text in ("Et le lieu ?", "Et l’heure ?", "Et la salle ?"):
        fields: dict[str, Any] = {"genre": "reply", "source_dossier": desk.id("sent"), "source_uid": uid}
        desk.write(key := new_key(), a=neighbour.mail.address, objet="Re: Conseil", texte=text, rappel="7", **fields)
        with desk.session() as session:
            [uid] = session.find(desk.id("sent"), draft_copies.message_id_of(key))
    lists: list[object] = []
    queries: list[list[str]] = []
    matching, asked = Session.matching, due.all_planned

    def listed(session: Session, *args: Any, **more: Any) -> UidSet:
        lists.extend(args[1:2] if "awaiting" in args else ())
        return matching(session, *args, **more)

    def queried(job: due.Job, keys: Iterable[str]) -> dict[str, datetime]:
        queries.append(list(keys))
        return asked(job, queries[-1])

    monkeypatch.setattr(Session, "matching", listed)
    monkeypatch.setattr(due, "all_planned", queried)
    page = body(desk.get(desk.url("sent", f"{uid}/?deplier=tout")))
    assert page.count("Personne n’a encore répondu") == 4
    assert lists == ["awaiting"]
    assert len(queries) == 2  # the message of the address, then the others together
    lists.clear()
    queries.clear()
    desk.get(desk.url("sent", f"{uid}/impression/?ensemble=oui"))
    assert (lists, queries) == ([], [])


def test_what_one_wrote_without_a_question_costs_no_query(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = sent(desk, "Conseil", "un")
    monkeypatch.setattr(due, "all_planned", lambda _job, _keys: pytest.fail("nothing can be asked for"))
    assert desk.get(desk.url("sent", f"{uid}/")).status_code == 200


def test_what_one_adds_afterwards_does_not_cancel_it(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    asked = letter(desk.mail.address, sender=neighbour.mail.address, subject="Conseil")
    source = desk.put(asked)
    fields: dict[str, Any] = {"genre": "reply", "source_dossier": desk.id(), "source_uid": source}
    uid, key = reminded_of(desk, neighbour, now, **fields)
    more: dict[str, Any] = {"genre": "reply", "source_dossier": desk.id("sent"), "source_uid": uid}
    desk.write(new_key(), a=neighbour.mail.address, objet="Re: Conseil", texte="J’oubliais le tableau.", **more)
    hour_comes(desk, key, now)
    assert len(desk.uids()) == 2


def test_the_sheet_keeps_what_was_chosen(desk: MailBrowser) -> None:
    desk.write(key := new_key(), tail="", rappel="14")
    assert re.search(r'<option value="14" selected>Rappel sous 14 jours', body(desk.get(f"/webmail/ecrire/{key}/")))
    desk.write(key, tail="", rappel="0", revision="1")
    assert Outgoing.objects.get(pk=key).reminds_after is None


def test_a_draft_taken_up_from_its_copy_keeps_its_reminder(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.write(key := new_key(), tail="", rappel="14", a=neighbour.mail.address, objet="Stage")
    [uid] = desk.uids("drafts")
    Outgoing.objects.filter(pk=key).delete()  # as on the machine of another program, or once it is forgotten
    page = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    assert re.search(r'<option value="14" selected>', page)
    desk.write(key := new_key(), rappel="14", a=neighbour.mail.address, objet="Stage")
    with desk.session() as session:
        [uid] = session.find(desk.id("sent"), draft_copies.message_id_of(key))
        assert message_builder.REMINDER not in session.message(desk.id("sent"), uid).headers


def test_a_search_finds_them(desk: MailBrowser) -> None:
    sent(desk, "Conseil de classe", "un")
    sent(desk, "Conseil, note", "deux", to=desk.mail.address)
    sent(desk, "Stage", "trois")
    assert rows(look(desk, "sans-réponse")) == rows(look(desk, "is:unanswered")) != []
    assert len(rows(look(desk, "sans-réponse"))) == 2
    assert len(rows(look(desk, "conseil est:sans-reponse"))) == 1
    assert len(rows(look(desk, "conseil"))) == 2
    assert rows(look(desk, "sans-réponse dans:reception")) == []
    assert "ne restreint pas une recherche" in look(desk, "conseil -est:sans-réponse")


def test_what_a_search_finds_of_them_has_both_acts(desk: MailBrowser) -> None:
    uid, other = sent(desk, "Conseil", "un"), sent(desk, "Stage", "deux")
    page = look(desk, "sans-réponse")
    acts = re.findall(r'formaction="/webmail/dossiers/recherche/(relance|attente/retrait)/"[^>]*title="([^"]+)"', page)
    settle = ("attente/retrait", "Ne plus attendre")
    assert sorted(acts) == [settle, settle, ("relance", "Relancer")]  # on a row, and on those chosen
    assert "/recherche/attente/" not in look(desk, "conseil")
    assert "/recherche/relance/" not in look(desk, "conseil dans:envoyes")
    token, here = f"{desk.id('sent')}-{uid}", f"{URL}?q=sans-r%C3%A9ponse"
    sheet = body(desk.post(f"{FOUND}relance/", {"choix": token, "retour": here}))
    assert 'value="Rappel\u00a0: Conseil"' in sheet
    page = after(desk, desk.post(f"{FOUND}attente/retrait/", {"choix": token, "retour": here}))
    assert "1 message n’attend plus de réponse" in page
    assert len(rows(page)) == 1
    assert [SETTLED in desk.flags(one, "sent") for one in (uid, other)] == [True, False]
    assert "message remis comme avant" in take_back(desk, page)
    assert len(rows(look(desk, "sans-réponse"))) == 2


def test_all_that_a_search_finds_of_them(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.message_list.list_query.PAGE_SIZE", 1)
    uids = [sent(desk, "Conseil", "un"), sent(desk, "Stage", "deux"), sent(desk, "Conseil bis", "trois")]
    found = re.search(r'name="tout" value="([^"]+)" form="lot"', look(desk, "sans-réponse conseil"))
    assert found
    desk.post(f"{FOUND}attente/retrait/", {"tout": found[1], "q": "sans-réponse conseil"})
    assert [SETTLED in desk.flags(uid, "sent") for uid in uids] == [True, False, True]


def test_the_open_message_says_so_among_results_that_ask_for_it(desk: MailBrowser) -> None:
    uid = sent(desk, "Conseil", "un")
    here = desk.url("sent", f"{uid}/")
    page = body(desk.get(f"{here}?q=conseil+sans-r%C3%A9ponse"))
    notice = page[page.index("Personne n’a encore répondu") - 600 :]
    assert f'name="retour" value="{URL}?q=conseil+sans-r%C3%A9ponse"' in notice
    for text in ("conseil", "conseil+%22sans-r%C3%A9ponse%22", "conseil+-est:sans-reponse"):
        assert "Personne n’a encore répondu" not in body(desk.get(f"{here}?q={text}"))


def test_the_acts_of_results_are_their_owners(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = sent(desk, "Conseil", "un")
    token = f"{desk.id('sent')}-{uid}"
    for act in ("relance/", "attente/retrait/"):
        assert desk.get(FOUND + act).status_code == 405
        assert Client().post(FOUND + act).status_code == 302
        assert Client(enforce_csrf_checks=True).post(FOUND + act).status_code == 403
        assert neighbour.post(FOUND + act, {"choix": token}).status_code == 404
        assert desk.post(FOUND + act, {"choix": "x-1"}).status_code == 404
    assert desk.post(f"{FOUND}relance/").status_code == 404
    assert SETTLED not in desk.flags(uid, "sent")
