"""What was typed and never reached the server: offered when it is news, taken up without writing over anything."""

import json
import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.webmail.compose import browser_drafts
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received

COPIES = "/webmail/ecrire/copies/"


def said(key: str, *, count: int = 7, writer: str = "w1", subject: str = "Été", opened: str = "") -> dict[str, object]:
    at = int(timezone.now().timestamp() * 1000)
    return {
        "copie": key, "fenetre": writer, "frappe": str(count), "quand": str(at), "objet": subject, "ouverte": opened,
    }  # fmt: skip


def ask(desk: MailBrowser, key: str, **more: object) -> str:
    return body(desk.post(COPIES, said(key, **more), **HTMX))  # type: ignore[arg-type]


def take_up(desk: MailBrowser, key: str, **more: object) -> str:
    return body(desk.post(f"/webmail/ecrire/{key}/copie/", {"a": "", "fenetre": "w1", "frappe": "7", **more}, **HTMX))


def test_a_letter_that_never_came_is_offered_and_taken_up(desk: MailBrowser) -> None:
    key = new_key()
    offered = ask(desk, key)
    assert f'action="/webmail/ecrire/{key}/copie/"' in offered
    assert "« Été »".replace(" ", "\xa0") in offered
    html = take_up(desk, key, objet="Été", texte="Jamais arrivé.")
    assert fields(html)["texte"] == "Jamais arrivé."
    assert f'data-letter="{key}" data-writer="w1"' in html  # its copy may go
    assert Outgoing.objects.get(key=key).text == "Jamais arrivé."
    assert len(desk.uids("drafts")) == 1


def test_what_the_server_has_is_no_news(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", frappe="7")
    told = ask(desk, key)
    assert "copie/" not in told
    assert 'data-behaviour="gone"' in told
    assert "copie/" in ask(desk, key, count=8)
    assert "copie/" in ask(desk, key, writer="w2")


def test_the_sheet_says_what_is_kept(desk: MailBrowser) -> None:
    key = new_key()
    form: dict[str, object] = {"fenetre": "w1", "frappe": "7", "texte": "Mots", "pause": "1"}
    assert 'data-kept="7"' in body(desk.post(f"/webmail/ecrire/{key}/", form, **HTMX))
    assert 'data-kept="0"' in body(desk.get(f"/webmail/ecrire/{key}/", **HTMX))  # another window


def test_above_the_open_letter_and_beside_others(desk: MailBrowser) -> None:
    mine = new_key()
    told = ask(desk, mine, opened=mine)
    outside, _mark, inside = told.partition('id="copies-lettre-')
    assert "copie/" not in outside
    assert "copie/" in inside


def test_a_sent_letter_is_not_written_over(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, a=neighbour.mail.address, texte="Parti.", frappe="7")
    assert "copie/" not in ask(desk, key)
    html = take_up(desk, key, texte="Parti, et ceci encore.", frappe="9")
    assert key_of(html) != key
    assert Outgoing.objects.get(key=key).state == Outgoing.State.DONE
    assert Outgoing.objects.get(key=key_of(html)).text == "Parti, et ceci encore."


def test_what_another_window_kept_stays_a_draft(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord", revision="0")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    html = take_up(desk, key, texte="D'abord, puis plus", revision="1")
    assert "L’autre texte reste dans les brouillons" in html
    assert Outgoing.objects.get(key=key).text == "D'abord, puis plus"
    texts = sorted(str(one.get_payload()).strip() for one in desk.stored("drafts", 2))
    assert texts == ["Ailleurs", "D'abord, puis plus"]


def test_the_same_window_goes_on_with_its_one_draft(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord", frappe="5")
    html = take_up(desk, key, texte="D'abord, puis plus", revision="0")
    assert "L’autre texte" not in html
    assert len(desk.uids("drafts")) == 1


def test_without_the_mailbox_nothing_is_written_over(desk: MailBrowser, no_dovecot: Callable[[], None]) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    no_dovecot()
    html = take_up(desk, key, texte="Autre chose", revision="1")
    assert Outgoing.objects.get(key=key).text == "Ailleurs"
    assert "data-writer" not in html  # the copy stays where it is


def test_closing_says_that_another_window_wrote(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    response = desk.post(
        f"/webmail/ecrire/{key}/fermeture/", {"fenetre": "w1", "revision": "1", "texte": "Ici"}, **HTMX
    )
    assert response.status_code == 422
    assert "Ici" in body(response)


def test_somebody_else_learns_and_takes_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", frappe="7", texte="Secret")
    assert "copie/" in ask(neighbour, key)  # as if there were no such letter
    response = neighbour.post(f"/webmail/ecrire/{key}/copie/", {"texte": "Volé"}, **HTMX)
    assert response.status_code == 404
    assert Outgoing.objects.get(key=key).text == "Secret"


@pytest.mark.parametrize("wrong", [{"copie": "../etc"}, {"frappe": "-1"}, {"quand": "jamais"}, {"quand": "9" * 14}])
def test_nonsense_is_passed_over(desk: MailBrowser, wrong: dict[str, str]) -> None:
    response = desk.post(COPIES, {**said(new_key()), **wrong}, **HTMX)
    assert response.status_code == 200
    assert "copie/" not in body(response)


def test_many_copies_are_one_question(desk: MailBrowser) -> None:
    key = new_key()
    ask(desk, key)
    with CaptureQueriesContext(database) as one:
        ask(desk, key)
    lists = {name: [value] * 30 for name, value in said(key).items() if name not in {"ouverte", "copie"}}
    with CaptureQueriesContext(database) as many:
        told = body(desk.post(COPIES, {**lists, "copie": [new_key() for _copy in range(30)]}, **HTMX))
    assert len(many) == len(one)
    assert told.count('method="post"') == browser_drafts.MOST


def test_a_browser_finds_its_own_account(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """The word under which copies are kept is of the person, in whichever session, and tells nothing."""

    def word(of: MailBrowser) -> str:
        return body(of.get("/webmail/ecrire/", **HTMX)).split('data-whose="')[1].split('"')[0]

    assert word(desk) == word(desk)
    assert word(desk) != word(neighbour)
    assert desk.mail.account.key not in word(desk)


def test_a_page_without_the_mailbox_says_whose_it_is(desk: MailBrowser, no_dovecot: Callable[[], None]) -> None:
    """Otherwise a browser would take its copies for somebody else's."""
    whose = body(desk.get("/webmail/")).split('id="copies-demande"')[1].split('data-whose="')[1].split('"')[0]
    no_dovecot()
    for page in ("/webmail/", f"/webmail/ecrire/{new_key()}/", "/webmail/en-attente/"):
        assert f'data-whose="{whose}"' in body(desk.get(page)), page


def kept(desk: MailBrowser) -> tuple[str, str]:
    found = re.search(r'data-owner="([^"]*)" data-seal="([^"]*)"', body(desk.get("/webmail/")))
    assert found
    return found[1], found[2]


def test_the_key_is_the_persons_at_each_sign_in_and_nobody_elses(desk: MailBrowser, neighbour: MailBrowser) -> None:
    owner, key = kept(desk)
    assert len(b64decode(key)) == 32
    sign_in(desk.client, desk.mail.account)
    assert kept(desk) == (owner, key)
    assert kept(neighbour)[1] != key


def test_on_a_shared_computer_there_is_no_key(desk: MailBrowser) -> None:
    Session.objects.filter(account=desk.mail.account).update(shared_computer=True)
    assert kept(desk)[1] == ""


def leave(desk: MailBrowser, key: str, to: str, **more: object) -> tuple[int, dict[str, str]]:
    form = {"fenetre": "w1", "a": to, "objet": "Été", "texte": "Bonjour.", "attente": "1", **more}
    response = desk.post(f"/webmail/ecrire/{key}/envoi/", form, **HTMX, Accept="application/json")
    return response.status_code, json.loads(response.content)


def test_what_waited_for_the_network_leaves_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    assert leave(desk, key, neighbour.mail.address)[0] == 200
    status, told = leave(desk, key, neighbour.mail.address)
    assert (status, "déjà parti" in told["said"]) == (200, True)
    Outgoing.objects.filter(key=key).delete()  # as after a day: only its copy in Sent knows it
    status, told = leave(desk, key, neighbour.mail.address)
    assert (status, "déjà parti" in told["said"]) == (200, True)
    assert not Outgoing.objects.filter(key=key).exists()
    assert len(received(neighbour)) == 1


def test_refused_it_says_why_and_where_its_text_is(desk: MailBrowser) -> None:
    key = new_key()
    status, told = leave(desk, key, "pas une adresse")
    assert (status, told["url"]) == (422, f"/webmail/ecrire/{key}/")
    assert "pas une adresse" in told["said"]
    assert Outgoing.objects.get(key=key).text == "Bonjour."
    desk.write(key, "", texte="Ailleurs.", fenetre="w2", revision="1")
    status, told = leave(desk, key, "elle@x.example")
    assert status == 422
    assert "url" not in told  # the browser keeps what the other window did not get
    assert Outgoing.objects.get(key=key).text == "Ailleurs."
