"""The writing sheet: what it begins with, what it keeps."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import DRAFT, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.messages import with_file
from vaguemestre.webmail.testing.pages import body


def _away(*_arguments: object) -> None:
    raise MailboxUnavailableError("the connection is lost between two parts")


def test_a_new_sheet_keeps_nothing_yet(desk: MailBrowser) -> None:
    response = desk.get("/webmail/ecrire/?a=jean@x.example&objet=Été&texte=Bonjour")
    html = body(response)
    assert 'value="jean@x.example"' in html
    assert 'value="Été"' in html
    assert "1 destinataire hors de l’académie" in html
    assert "Mathilde Lefèvre" in fields(html)["texte"]
    assert 'id="liste"' in html
    assert not Outgoing.objects.exists()


def test_in_an_open_page_only_the_sheet_comes(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/ecrire/", **HTMX))
    assert html.count("<section") == 1
    assert "<html" not in html


def test_strangers_and_wrong_methods(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a="jean@x.example")
    url = f"/webmail/ecrire/{key}/"
    assert neighbour.get(url).status_code == 404
    for tail in ("", "envoi/", "fermeture/", "abandon/"):
        assert neighbour.write(key, tail, a="jean@x.example").status_code == 404
        assert Client().post(url + tail).status_code == 302
        assert Client(enforce_csrf_checks=True).post(url + tail).status_code == 403
    for tail in ("envoi/", "fermeture/", "abandon/", "pieces/1/retrait/"):
        assert desk.get(url + tail).status_code == 405
    assert desk.get("/webmail/ecrire/xyz/").status_code == 404
    assert Outgoing.objects.get(key=key).account == desk.mail.account


def test_a_draft_is_kept_and_lies_once_in_drafts(desk: MailBrowser) -> None:
    key = new_key()
    for number in range(3):
        response = desk.write(key, "", a="jean@x.example", texte=f"Version {number}", revision=str(number))
        assert "Brouillon enregistré" in body(response)
    [draft] = desk.stored("drafts")
    assert "Version 2" in str(draft.get_payload(decode=True))
    assert desk.flags(desk.uids("drafts")[0], "drafts") >= {DRAFT, SEEN}
    html = body(desk.get(f"/webmail/ecrire/{key}/"))
    assert fields(html)["texte"].strip() == "Version 2"


def test_two_saves_at_once_leave_one_draft(desk: MailBrowser) -> None:
    """A sheet that is folded saves itself, and so does the page that is left just then."""
    key = new_key()
    desk.write(key, "", a="jean@x.example", objet="Plan", texte="Un")
    first, second = Outgoing.objects.get(key=key), Outgoing.objects.get(key=key)
    first.text, first.revision = "Deux", first.revision + 1
    second.text, second.revision = "Trois", second.revision + 2
    with desk.session() as session:
        assert drafts.deposit(first, session, timezone.now())
        assert drafts.deposit(second, session, timezone.now())
        assert drafts.deposit(first, session, timezone.now())  # it comes too late
    [draft] = desk.stored("drafts")
    assert "Trois" in str(draft.get_payload(decode=True))


def test_a_save_that_finds_another_at_work_is_made_good_by_the_clock(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a="jean@x.example", texte="Un")
    with hold_machine_lock(Outgoing(key=key).copy_lock_path):
        desk.write(key, "", a="jean@x.example", texte="Deux", revision="1")
    [draft] = desk.stored("drafts")
    assert "Un" in str(draft.get_payload(decode=True))
    assert Due.objects.filter(key=key, job=drafts.DEPOSIT.name).exists()
    drafts.deposit_later(key, timezone.now())
    [draft] = desk.stored("drafts")
    assert "Deux" in str(draft.get_payload(decode=True))


def test_hidden_copies_are_in_the_draft_and_come_back(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", cci="secret@x.example")
    Outgoing.objects.all().delete()
    html = body(desk.get(desk.url("drafts", f"{desk.uids('drafts')[0]}/reprise/")))
    assert fields(html)["cci"] == "" or 'value="secret@x.example"' in html
    assert 'name="cci" value="secret@x.example"' in html


def test_a_draft_of_another_program_is_taken_up_and_replaced(desk: MailBrowser) -> None:
    message = with_file("Plan.pdf")
    del message["To"]
    message["To"] = "Jean <jean@x.example>"
    uid = desk.put(message, "drafts", flags=(DRAFT, SEEN))
    html = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    assert 'value="Jean &lt;jean@x.example&gt;"' in html
    assert "Plan.pdf" in html
    form = fields(html)
    desk.write(key_of(html), "fermeture/", **{**form, "a": "Jean <jean@x.example>", "texte": "Suite"})
    [draft] = desk.stored("drafts")
    assert draft.get_content_type() == "multipart/mixed"
    assert len(desk.uids("drafts")) == 1


def test_an_open_draft_is_reopened_as_it_is(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="Encore ouvert")
    response = desk.get(desk.url("drafts", f"{desk.uids('drafts')[0]}/reprise/"))
    assert response["Location"] == f"/webmail/ecrire/{key}/"


def test_closing_an_untouched_sheet_leaves_nothing(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/ecrire/"))
    desk.write(key_of(html), "fermeture/", **{**fields(html), "objet": "", "a": ""})
    assert not Outgoing.objects.exists()
    assert desk.uids("drafts") == []


def test_throwing_away_goes_to_the_bin_and_comes_back(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="À garder ?")
    response = desk.post(f"/webmail/ecrire/{key}/abandon/")
    assert desk.uids("drafts") == []
    assert len(desk.uids("trash")) == 1
    assert not Outgoing.objects.exists()
    undo = re.search(r'name="fait" value="([^"]+)"', body(desk.client.get(response["Location"], follow=True)))
    assert undo
    desk.post("/webmail/annulation/", {"fait": undo[1]})
    assert len(desk.uids("drafts")) == 1


def test_another_window_is_never_overwritten_unawares(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="Ici", fenetre="w1", revision="0")
    desk.write(key, "", texte="Là-bas", fenetre="w2", revision="1")
    response = desk.write(key, "", texte="Ici encore", fenetre="w1", revision="1")
    assert response.status_code == 422
    assert "autre fenêtre" in body(response)
    assert "Ici encore" in body(response)
    assert Outgoing.objects.get(key=key).text == "Là-bas"
    desk.write(key, "", texte="Ici encore", fenetre="w1", revision="1", garder="1")
    assert Outgoing.objects.get(key=key).text == "Ici encore"


def test_files_are_kept_named_and_removed(desk: MailBrowser) -> None:
    key = new_key()
    upload = SimpleUploadedFile("Élèves/../a\nb.pdf", b"%PDF", "application/pdf")
    html = body(desk.write(key, "", fichier=upload))
    [file] = Outgoing.objects.get(key=key).files.all()
    assert file.path.read_bytes() == b"%PDF"
    assert "/" not in file.name
    assert file.name in html
    desk.write(key, f"pieces/{file.pk}/retrait/", revision="1")
    assert not file.path.exists()
    assert not Outgoing.objects.get(key=key).files.exists()


def test_a_file_too_large_is_refused_before_it_is_kept(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    monkeypatch.setattr("vaguemestre.webmail.compose.attached_files.size_limit", lambda: 100_000)
    response = desk.write(key, "", fichier=SimpleUploadedFile("gros.bin", b"x" * 90_000), texte="Gardé")
    assert response.status_code == 422
    assert "« gros.bin »".replace(" ", "\u00a0") in body(response)
    assert Outgoing.objects.get(key=key).text == "Gardé"
    assert not Outgoing.objects.get(key=key).files.exists()


def test_wrong_addresses_stay_to_be_mended(desk: MailBrowser) -> None:
    html = body(desk.write(new_key(), "", a="pas une adresse, jean@x.example"))
    assert "person-wrong" in html
    assert "pas une adresse" in html
    assert "ce n’est pas une adresse" in html


def test_a_person_is_removed_by_the_cross(desk: MailBrowser) -> None:
    html = body(desk.write(new_key(), "", a="a@x.example, b@x.example", retirer="a:a@x.example"))
    assert 'value="a@x.example"' not in html
    assert 'value="b@x.example"' in html


def test_two_thousand_people_are_counted_not_drawn(desk: MailBrowser) -> None:
    people = ", ".join(f"p{number}@x.example" for number in range(2000))
    html = body(desk.write(new_key(), "", a=people))
    assert html.count('class="person-cross" name="retirer" value="a:p') == 30
    assert "et 1\u202f970 autres" in html
    assert "p1999@x.example" in html


def test_an_answer_quotes_and_answers_whom_it_should(desk: MailBrowser) -> None:
    uid = desk.put(
        letter(f"{desk.mail.address}, c@x.example", Reply_To="liste@x.example", subject="Réunion", text="Venez.")
    )
    html = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert 'name="a" value="liste@x.example"' in html
    assert not re.search(r'name="(?:a|cc|cci)" value="c@x.example"', html)  # offered, not added
    assert 'name="ajouter" value="c@x.example"' in html
    assert fields(html)["objet"] == "Re: Réunion"
    assert "&gt; Venez." in html
    assert "a écrit" in html
    everybody = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    assert 'name="a" value="c@x.example"' in everybody  # where they stood
    assert not re.search(f'name="(?:a|cc)" value="{desk.mail.address}"', everybody)


def test_answering_an_answer_adds_no_second_mark(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="RE: Réunion"))
    assert fields(body(desk.get(desk.url(tail=f"{uid}/reponse/"))))["objet"] == "RE: Réunion"


def test_a_forward_offers_the_attachments(desk: MailBrowser) -> None:
    uid = desk.put(with_file("Plan.pdf"))
    html = body(desk.get(desk.url(tail=f"{uid}/transfert/")))
    assert 'name="piece" value="2" checked' in html
    assert "Message transféré" in html
    key = key_of(html)
    desk.write(key, "", **{**fields(html), "piece": "2"})
    [file] = Outgoing.objects.get(key=key).files.all()
    assert (file.name, file.path.read_bytes()) == ("Plan.pdf", b"contenu")
    again = desk.client.post(f"/webmail/ecrire/{key}/", {"fenetre": "w1", "pause": "1"}, headers=HTMX)
    assert 'name="piece"' not in body(again)
    assert "Plan.pdf" in body(again)


def test_a_forward_whose_attachments_cannot_be_fetched_is_not_begun(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = desk.put(with_file("Plan.pdf"))
    html = body(desk.get(desk.url(tail=f"{uid}/transfert/")))
    key, form = key_of(html), {**fields(html), "piece": "2"}
    with monkeypatch.context() as patch:
        patch.setattr(Session, "stream", _away)
        assert desk.write(key, "", **form).status_code == 503
    assert not Outgoing.objects.filter(key=key).exists()
    desk.write(key, "", **form)
    assert [file.name for file in Outgoing.objects.get(key=key).files.all()] == ["Plan.pdf"]


def test_a_forward_whose_message_has_gone_says_what_is_missing(desk: MailBrowser) -> None:
    """Moved or deleted between the press and the first word: its files were lost without a word."""
    uid = desk.put(with_file("Plan.pdf"))
    html = body(desk.get(desk.url(tail=f"{uid}/transfert/")))
    key, form = key_of(html), {**fields(html), "piece": "2", "a": desk.mail.address, "texte": "Voici le plan."}
    desk.post(desk.url(tail="archivage/"), {"choix": [uid]})
    refused = desk.write(key, **form)
    assert refused.status_code == 422
    assert "toutes ses pièces jointes ne sont pas ici" in body(refused)
    outgoing = Outgoing.objects.get(key=key)
    assert (outgoing.text.strip(), outgoing.is_draft) == ("Voici le plan.", True)
    assert desk.write(key, **{**form, "revision": "1"}).status_code == 302  # seen, it leaves without


def test_a_file_stays_where_another_window_has_written(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", fichier=SimpleUploadedFile("a.pdf", b"%PDF"), fenetre="w1", revision="0")
    desk.write(key, "", texte="Là-bas", fenetre="w2", revision="1")
    [file] = Outgoing.objects.get(key=key).files.all()
    assert desk.write(key, f"pieces/{file.pk}/retrait/", fenetre="w1", revision="1").status_code == 422
    assert file.path.exists()


def test_the_pause_in_typing_answers_without_moving_the_people(desk: MailBrowser) -> None:
    key = new_key()
    data = {"a": "jean@x.example", "texte": "Bon", "fenetre": "w1", "pause": "1"}
    response = desk.client.post(f"/webmail/ecrire/{key}/", data, headers=HTMX)
    html = body(response)
    assert 'id="etat-' in html
    assert 'id="revision-' in html
    assert 'id="gens-' not in html
    assert response["HX-Retarget"] == f"#etat-{key}"


@pytest.mark.parametrize(("plain", "new", "answer"), [(False, 13, 14), (True, 8, 14)])
def test_what_a_sheet_costs(
    desk: MailBrowser, trips: list[int], django_assert_max_num_queries: DjangoAssertNumQueries,
    plain: bool, new: int, answer: int,
) -> None:  # fmt: skip
    """As much as when it was a window: who signs it is looked up once. An answer asks whether one was begun."""
    Preferences.objects.create(account=desk.mail.account, writes_plain=plain, changed_at=timezone.now())
    uid = desk.put(letter(desk.mail.address, subject="Prix"))
    for tail in ("/webmail/ecrire/", desk.url(tail=f"{uid}/reponse/")):
        desk.get(tail, **HTMX)
    with django_assert_max_num_queries(new):
        desk.get("/webmail/ecrire/", **HTMX)
    trips.clear()
    with django_assert_max_num_queries(answer):
        desk.get(desk.url(tail=f"{uid}/reponse/"), **HTMX)
    assert sum(trips) <= 2
