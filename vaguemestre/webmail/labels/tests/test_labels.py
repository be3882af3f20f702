"""Labels on messages: put, taken off, undone, shown; the same keyword for every program."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import escape

from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import imap_connection, letter
from vaguemestre.webmail.labels import label_set
from vaguemestre.webmail.models import RecentSearch
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body


def put_on(desk: MailBrowser, uids: list[int], keyword: str = "$label2", role: str = "inbox") -> str:
    response = desk.post(desk.url(role, f"etiquettes/?etiquette={keyword.replace('&', '%26')}"), {"choix": uids})
    assert response.status_code == 302
    return body(desk.get(response["Location"]))


def undo(desk: MailBrowser, page: str) -> str:
    word = re.search(r'action="(/webmail/marques/annulation/)".*?name="fait" value="([^"]+)"', page, re.DOTALL)
    assert word
    return body(desk.client.post(word[1], {"fait": word[2]}, follow=True))


def test_a_label_goes_on_and_off_and_other_programs_see_it(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = put_on(desk, [uid])
    assert "Étiquette «\xa0Travail\xa0» posée sur le message" in page
    assert 'data-tag="ochre" data-mark="$label2"' in page
    program = imap_connection(desk.mail)
    program.select("INBOX")
    assert b"$label2" in program.uid("FETCH", str(uid), "(FLAGS)")[1][0]
    assert "retirée du message" in put_on(desk, [uid])
    assert "$label2" not in desk.flags(uid)


def test_what_another_program_labels_is_shown_here(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    program = imap_connection(desk.mail)
    program.select("INBOX")
    program.uid("STORE", str(uid), "+FLAGS", "($Label1 conseil_de_classe $Forwarded NonJunk $MDNSent)")
    page = body(desk.get(desk.url()))
    assert '<span class="cut">Important</span>' in page
    assert 'data-tag="" data-mark="conseil_de_classe"><span class="cut">conseil de classe</span>' in page
    for word in ("NonJunk", "nonjunk", "$forwarded", "$mdnsent"):
        assert f'data-mark="{word}"' not in page


def test_on_some_it_goes_on_all_and_undoing_leaves_those_that_had_it(desk: MailBrowser) -> None:
    had = desk.put(letter(desk.mail.address), flags=("$label2",))
    lacked = [desk.put(letter(desk.mail.address)) for _ in range(2)]
    page = put_on(desk, [had, *lacked])
    assert "posée sur 2 messages" in page
    assert all("$label2" in desk.flags(uid) for uid in (had, *lacked))
    assert "remises comme avant" in undo(desk, page)
    assert "$label2" in desk.flags(had)
    assert not any("$label2" in desk.flags(uid) for uid in lacked)


def test_nobody_undoes_what_another_did(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = put_on(desk, [uid])
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    response = neighbour.post("/webmail/marques/annulation/", {"fait": word[1]})
    assert "trop tard" in body(neighbour.client.get(response["Location"], follow=True))
    assert "$label2" in desk.flags(uid)
    assert desk.post("/webmail/marques/annulation/", {"fait": "x:y:z"}).status_code == 302


@pytest.mark.parametrize(
    "keyword", ["", "%5CSeen", "%5CDeleted", "$Forwarded", "NonJunk", "a%20b", "a%0D%0ALOGOUT", "é"]
)
def test_what_is_no_label_is_a_404(desk: MailBrowser, keyword: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.post(desk.url(tail=f"etiquettes/?etiquette={keyword}"), {"choix": [uid]}).status_code == 404
    assert desk.flags(uid) == frozenset()


def test_acts_are_posted_by_their_owner_only(desk: MailBrowser, neighbour: MailBrowser) -> None:
    url = desk.url(tail="etiquettes/?etiquette=$label1")
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(url).status_code == 405
    assert Client().post(url).status_code == 302
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert neighbour.post(url, {"choix": [uid]}).status_code == 404
    assert "$label1" not in desk.flags(uid)


@pytest.mark.parametrize("choice", [[], ["999999"]])
def test_nothing_chosen_changes_nothing(desk: MailBrowser, choice: list[str]) -> None:
    response = desk.post(desk.url(tail="etiquettes/?etiquette=$label1"), {"choix": choice})
    assert response.status_code == 302
    assert "posée" not in body(desk.get(response["Location"]))


def test_the_list_of_one_label(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Avec"), flags=("$label1", SEEN))
    desk.put(letter(desk.mail.address, subject="Sans"))
    page = body(desk.get(desk.url() + "?etiquette=$label1"))
    assert "Avec" in page
    assert "Sans" not in page
    assert re.search(r'class="chip"[^>]*aria-current="true">Important<', page)
    assert "Aucun message avec cette étiquette" in body(desk.get(desk.url() + "?etiquette=$label5"))


def test_the_list_of_one_label_goes_on_to_older_messages(desk: MailBrowser) -> None:
    for number in range(52):
        desk.put(letter(desk.mail.address, subject=f"N{number:02}."), flags=("$label1",))
    first = body(desk.get(desk.url() + "?etiquette=$label1"))
    assert "1 à 50 sur 52" in first
    older = re.search(r'href="([^"]+avant=[^"]+)">Plus anciens', first)
    assert older
    second = body(desk.get(older[1].replace("&amp;", "&")))
    assert "N00." in second
    assert second.count('<li class="row"') == 2


def column(page: str, name: str) -> str:
    """Where the label of the column leads."""
    found = re.search(rf'<a class="folder" href="([^"]+)"[^>]*title="{name}"', page)
    assert found
    return unescape(found[1])


def test_a_label_of_the_column_shows_its_messages_of_all_folders(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Reçue avec"), flags=("$label1", SEEN))
    desk.put(letter(desk.mail.address, subject="Rangée avec"), "archive", flags=("$label1", SEEN))
    desk.put(letter(desk.mail.address, subject="Jetée avec"), "trash", flags=("$label1", SEEN))
    desk.put(letter(desk.mail.address, subject="Reçue sans"), flags=("$label2",))
    link = column(body(desk.get(desk.url("archive"))), "Important")
    page = body(desk.get(link))
    assert "Reçue avec" in page
    assert "Rangée avec" in page
    assert "Jetée avec" not in page
    assert "Reçue sans" not in page
    assert re.search(r'<h1[^>]*id="titre-liste"[^>]*>Important</h1>', page)
    assert re.search(r'aria-current="page" title="Important"', page)
    assert not re.search(r'aria-current="page" title="Travail"', page)
    assert not RecentSearch.objects.exists()


def test_a_label_that_no_message_bears_says_so(desk: MailBrowser) -> None:
    page = body(desk.get(column(body(desk.get(desk.url())), "Peut attendre")))
    assert re.search(r'<h1[^>]*id="titre-liste"[^>]*>Peut attendre</h1>', page)
    assert "Aucun message avec cette étiquette" in page
    assert "ne porte l’étiquette" not in page


@pytest.mark.parametrize(
    ("name", "twin"),
    [("Élèves de 6e", ""), ("Dits «\xa0difficiles\xa0»", ""), ('5" et plus', ""), ("Reunion", "Réunion")],
)
def test_whatever_its_name_a_label_finds_its_own(desk: MailBrowser, name: str, twin: str) -> None:
    made = label_set.create_label(desk.mail.account, name, "teal")
    other = label_set.create_label(desk.mail.account, twin, "plum") if twin else None
    desk.put(letter(desk.mail.address, subject="Les siens"), flags=(made.keyword,))
    desk.put(letter(desk.mail.address, subject="Aux autres"), flags=(other.keyword if other else "$label1",))
    page = body(desk.get(column(body(desk.get(desk.url())), re.escape(escape(made.name)))))
    assert "Les siens" in page
    assert "Aux autres" not in page
    assert f">{escape(made.name)}</h1>" in page


@pytest.mark.parametrize("query", ["?etiquette=%5CSeen", "?etiquette=", "?etiquette=a b", "?etiquette=%00"])
def test_a_wrong_label_in_an_address_is_the_whole_list(desk: MailBrowser, query: str) -> None:
    desk.put(letter(desk.mail.address, subject="Seule"))
    assert "Seule" in body(desk.get(desk.url() + query))


def test_the_open_message_wears_its_labels_and_loses_them_by_a_press(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), flags=("$label1", "$label4"))
    page = body(desk.get(desk.url(tail=f"{uid}/"), **HTMX))
    assert "Retirer l’étiquette «\xa0À faire\xa0»" in page
    assert re.search(r'data-counts="\$label1" aria-pressed="true"', page)
    assert re.search(r'data-counts="\$label2" aria-pressed="false"', page)
    put_on(desk, [uid], "$label4")
    assert "$label4" not in desk.flags(uid)


def test_a_row_shows_three_and_says_how_many_more(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), flags=("$label1", "$label2", "$label3", "$label4", "$label5"))
    page = body(desk.get(desk.url()))
    assert 'title="Important, Travail, Personnel, À faire, Peut attendre">+2</span>' in page
    assert '<span data-mark="$label5" hidden>' in page


def test_a_hostile_keyword_is_only_text(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), flags=("<b>gras&'",))
    page = body(desk.get(desk.url()))
    assert "<b>gras" not in page
    assert "&lt;b&gt;gras&amp;&#x27;" in page


def test_a_dead_mailbox_says_so(desk: MailBrowser, no_dovecot: object) -> None:
    url = desk.url(tail="etiquettes/?etiquette=$label1")
    assert callable(no_dovecot)
    no_dovecot()
    assert desk.post(url, {"choix": ["1"]}).status_code == 503
