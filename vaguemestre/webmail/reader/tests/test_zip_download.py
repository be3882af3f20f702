"""Several messages as one file: whole, as they came, with names of their own."""

from __future__ import annotations

import pytest

from vaguemestre.mailbox.errors import NoSuchMessageError
from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.screens.reader.views import zip_download
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.saving import kept

pytestmark = pytest.mark.django_db(transaction=True)


def test_those_that_are_ticked_stay_unread(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject="Sortie / été", text=f"Mot {number}.")) for number in range(2)]
    desk.put(letter(desk.mail.address, subject="Autre"))
    found = kept(desk.post(desk.url(tail="enregistrement/"), {"choix": uids}))
    assert list(found) == ["Sortie été.eml", "Sortie été (2).eml"]
    assert [f"Mot {number}." in raw.decode() for number, raw in enumerate(found.values())] == [True, True]
    assert SEEN not in desk.flags(uids[0])


def test_all_of_a_folder_and_all_of_a_conversation(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(3)]
    url = desk.url(tail="enregistrement/")
    assert len(kept(desk.post(url, {"tout": uids[-1] + 1}))) == 3
    assert len(kept(desk.post(url, {"choix": uids[-1], "ensemble": "1"}))) == 3
    assert len(kept(desk.post(url, {"choix": uids[-1]}))) == 1


def test_among_results_of_a_search(desk: MailBrowser) -> None:
    uid, other = desk.put(letter(desk.mail.address)), desk.put(letter(desk.mail.address), "archive")
    chosen = [f"{desk.id()}-{uid}", f"{desk.id('archive')}-{other}"]
    assert len(kept(desk.post("/webmail/dossiers/recherche/enregistrement/", {"choix": chosen}))) == 2


def test_too_many_or_none_is_said(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_download, "MOST", 1)
    uids = [desk.put(letter(desk.mail.address)) for _number in range(2)]
    url = desk.url(tail="enregistrement/")
    for sent, said in (
        ({"choix": uids}, "1 messages au plus"),
        ({"choix": [4000]}, "n’est plus là"),
        ({}, "Aucun message"),
    ):
        assert desk.post(url, sent)["Location"] == desk.url()  # type: ignore[arg-type]
        assert said in body(desk.get(desk.url()))


def test_one_that_goes_meanwhile_breaks_it_off_rather_than_being_empty_unsaid(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=name)) for name in ("Un", "Deux")]
    answer = desk.post(desk.url(tail="enregistrement/"), {"choix": uids})
    with desk.session() as session:
        session.delete(desk.id(), uids[:1])
    with pytest.raises(NoSuchMessageError):
        kept(answer)


def test_nothing_of_a_colleague(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    answer = neighbour.post(desk.url(tail="enregistrement/"), {"choix": [uid]})
    assert answer["Location"].startswith("/webmail/")
    assert "n’est plus là" in body(neighbour.get("/webmail/"))
