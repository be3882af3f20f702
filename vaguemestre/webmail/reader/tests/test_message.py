"""Reading one message."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.mailbox.values import SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.messages import with_file
from vaguemestre.webmail.testing.museum import text_in
from vaguemestre.webmail.testing.pages import body


def test_opening_reads_it_and_says_all_about_it(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Rentrée", text="Bonjour.\n> Cité\n"))
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert '<h1 id="objet" tabindex="-1" data-plane-heading="reader">Rentrée</h1>' in html
    assert "Anne Auteur" in html
    assert "anne@librairie.example" in html
    assert "Expéditeur extérieur" in html
    assert "Texte cité" in html
    assert 'data-view="reader"' in html
    assert SEEN in desk.flags(uid)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mon, 02 Mar 2026 08:30:00 +0000", "lundi 2 mars 2026 à 9 h 30, reçu le lundi 2 mars 2026 à 10 h 00"),
        ("Sun, 02 Mar 2036 08:30:00 +0000", "dimanche 2 mars 2036 à 9 h 30, reçu le lundi 2 mars 2026 à 10 h 00"),
        ("Mon, 02 Mar 2026 08:59:20 +0000", "lundi 2 mars 2026 à 9 h 59"),
        ("demain", "Sans date de l’expéditeur, reçu le lundi 2 mars 2026 à 10 h 00"),
    ],
)
def test_the_details_have_the_senders_date_and_the_arrival_beside_it(desk: MailBrowser, sent: str, said: str) -> None:
    head = f"From: anne@librairie.example\r\nSubject: Relevé\r\nDate: {sent}\r\n\r\nBonjour.\r\n"
    with desk.session() as session:
        uid = session.append(desk.id(), head.encode(), (), datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    for tail in (f"{uid}/", f"{uid}/impression/"):
        fact = body(desk.get(desk.url(tail=tail))).partition("<dt>Date</dt><dd>")[2].partition("</dd>")[0]
        assert fact.replace("\xa0", " ") == said


def test_a_colleague_is_named_with_function_and_school(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, sender=f"Karim <{neighbour.mail.address}>"))
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "Collège des Tilleuls" in html
    assert "Expéditeur extérieur" not in html


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}]
)
def test_a_browser_that_fetches_ahead_has_not_read_it(desk: MailBrowser, headers: dict[str, str]) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail=f"{uid}/"), **headers).status_code == 200
    desk.client.head(desk.url(tail=f"{uid}/"))
    assert SEEN not in desk.flags(uid)


def test_what_it_costs(desk: MailBrowser, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The list's five queries, and one for an outsider: is it a colleague's name? The message, its mark, text, list."""
    uid = desk.put(letter(desk.mail.address))
    url = desk.url(tail=f"{uid}/")
    desk.get(desk.url())
    trips.clear()
    with django_assert_num_queries(6):
        desk.get(url)
    assert sum(trips) <= 4
    trips.clear()
    desk.get(url)
    assert sum(trips) <= 3


def test_a_message_that_is_gone_is_said_beside_the_list(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Restée"))
    response = desk.get(desk.url(tail="4000000/"))
    assert response.status_code == 404
    assert "Ce message n’est plus ici" in body(response)
    assert "Restée" in body(response)
    inside = desk.get(desk.url(tail="4000000/"), **HTMX)
    assert inside.status_code == 410
    assert "Ce message n’est plus ici" in body(inside)


def test_an_address_from_which_it_was_moved_leads_to_its_lasting_link(desk: MailBrowser) -> None:
    """The tab keeps the one under the other (`permalink-memory.ts`)."""
    uid = desk.put(letter(desk.mail.address, Message_ID="<sortie@x.example>"))
    url = desk.url(tail=f"{uid}/")
    kept = re.compile(r'data-behaviour="permalink-memory"[^>]* data-path="([^"]*)"(?: data-link="([^"]*)")?')
    ((path, link),) = kept.findall(body(desk.get(url)))
    assert path == url
    with desk.session() as session:
        session.move(desk.id(), [uid], desk.id("archive"))
    assert kept.findall(body(desk.get(url))) == [(url, "")]
    # What an act of the page itself has moved leaves the list in sight; so do the results of a search.
    assert kept.findall(body(desk.get(url, **HTMX))) == []
    assert kept.findall(body(desk.get(f"{url}?q=sortie"))) == []
    (there,) = desk.uids("archive")
    assert desk.get(link)["Location"] == desk.url("archive", f"{there}/")
    nowhere = desk.get(link.replace("dans=", "dans=x"))
    assert nowhere.status_code == 302  # it is only where to look first
    with desk.session() as session:
        session.delete(desk.id("archive"), [Uid(there)])
    assert kept.findall(body(desk.get(link))) == []  # nothing goes round in a ring


def test_one_without_a_name_of_its_own_leads_nowhere_else(desk: MailBrowser) -> None:
    raw = b"From: a@b.example\r\nSubject: Sans nom\r\n\r\nBonjour."
    page = body(desk.get(desk.url(tail=f"{desk.put(raw)}/")))
    assert "Sans nom" in page
    assert 'data-behaviour="permalink-memory"' not in page


@pytest.mark.parametrize("tail", ["0/", "x/", "-1/", "4294967296/", "1/pieces/0/", "1/pieces/1.x/", "1/images/../"])
def test_bad_numbers_are_404(desk: MailBrowser, tail: str) -> None:
    assert desk.get(desk.url(tail=tail)).status_code == 404


def test_previous_and_next_follow_the_folder(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(3)]
    html = body(desk.get(desk.url(tail=f"{uids[1]}/")))
    assert f'href="{desk.url(tail=f"{uids[2]}/")}" aria-label="Message plus récent"' in html
    assert f'href="{desk.url(tail=f"{uids[0]}/")}" aria-label="Message plus ancien"' in html
    assert f'<a class="button only-narrow" href="{desk.url(tail=f"{uids[0]}/")}">' in html  # in the menu of a phone
    assert "2 sur 3" in html


def test_a_message_without_any_header_is_readable(desk: MailBrowser) -> None:
    uid = desk.put(b"\r\nJuste du texte.\r\n")
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "Juste du texte." in html
    assert "(sans objet)" in html
    assert "aucun en-tête" in body(desk.get(desk.url(tail=f"{uid}/source/")))


@pytest.mark.parametrize("specimen", ["no_header", "no_header_two_paragraphs", "no_header_of_its_own", "one_line"])
def test_and_listed_found_and_answered_with_its_text(desk: MailBrowser, specimen: str) -> None:
    text = BY_NAME[specimen].shown[0]
    uid = desk.put_as_it_is(BY_NAME[specimen].make())
    assert text in text_in(body(desk.get(desk.url())))
    assert text in text_in(body(desk.get(desk.url(tail=f"{uid}/"))))
    assert f"> {text.partition(' et ')[0]}" in unescape(body(desk.get(desk.url(tail=f"{uid}/reponse/"))))
    found = body(desk.get(f"/webmail/recherche/?q={text.split()[1]}"))
    assert f"/{uid}/" in found
    assert text in text_in(found.replace("<mark>", "").replace("</mark>", ""))


def test_more_recipients_than_are_read_are_not_counted_as_if_they_were_all(desk: MailBrowser) -> None:
    people = ", ".join(f"Personne {number} <p{number}@ac-amiens.fr>" for number in range(2010))
    uid = desk.put(f"From: a@x.fr\r\nTo: {people}\r\nSubject: Foule\r\n\r\nBonjour.\r\n".encode())
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "Personne 2 et au moins 1\u202f997 autres" in html
    assert "<summary>et au moins 1\u202f980 autres" in html
    assert "la source du message les nomme tous" in html


def test_nearly_two_thousand_recipients_are_named_and_counted(desk: MailBrowser) -> None:
    people = ", ".join(f"Personne {number} <p{number}@ac-amiens.fr>" for number in range(1999))
    uid = desk.put(f"From: a@x.fr\r\nTo: {people}\r\nSubject: Foule\r\n\r\nBonjour.\r\n".encode())
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "Personne 0, Personne 1, Personne 2 et 1\u202f996 autres" in html
    shown, folded = html[html.index('class="message-facts"') :].split("<details><summary>et 1\u202f979 autres ")
    assert (shown.count("@ac-amiens.fr"), folded.count("@ac-amiens.fr")) == (20, 1979)


def test_one_name_alone_is_not_folded(desk: MailBrowser) -> None:
    people = ", ".join(f"p{number}@ac-amiens.fr" for number in range(21))
    html = body(desk.get(desk.url(tail=f"{desk.put(letter(people, Cc=people + ', q@ac-amiens.fr'))}/")))
    assert html.count("<details><summary>et ") == 1
    assert "<summary>et 2 autres " in html


@pytest.mark.parametrize(
    "name", ["a/b\\c.pdf", "une\nligne.pdf", "x" * 300 + ".pdf", "../../etc/passwd", "é\u202egpj.exe.pdf"]
)
def test_attachments_with_odd_names_are_saved_under_safe_ones(desk: MailBrowser, name: str) -> None:
    message = with_file("ici.pdf").as_bytes()
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    message = message.replace(b'filename="ici.pdf"', f"filename*=UTF-8''{quoted}".encode())
    uid = desk.put(message)
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "1 pièce jointe" in html
    response = desk.get(desk.url(tail=f"{uid}/pieces/2/telechargement/"))
    assert b"".join(response.streaming_content) == b"contenu"  # type: ignore[attr-defined]  # a streaming response
    said = response["Content-Disposition"]
    assert said.startswith("attachment; ")
    assert not set(said) & {"\n", "\r", "/", "\\"}
    assert len(said) < 900


def test_a_mail_of_twenty_megabytes_is_read_and_saved(desk: MailBrowser) -> None:
    content = bytes(range(256)) * (14 * 4096)
    uid = desk.put(with_file("film.bin", content, "application/octet-stream"))
    assert "14\u00a0Mo" in body(desk.get(desk.url(tail=f"{uid}/")))
    response = desk.get(desk.url(tail=f"{uid}/pieces/2/telechargement/"))
    assert b"".join(response.streaming_content) == content  # type: ignore[attr-defined]  # a streaming response


def test_the_whole_message_can_be_saved(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Été : à/garder", text="Contenu."))
    response = desk.get(desk.url(tail=f"{uid}/source/telechargement/"))
    assert b"Contenu." in b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming response
    assert "filename*=UTF-8''%C3%89t%C3%A9%20%C3%A0%20garder.eml" in response["Content-Disposition"]


def test_the_header_lines_are_shown_decoded_and_as_they_came(desk: MailBrowser) -> None:
    raw = b"Subject: =?utf-8?q?R=C3=A9union?=\r\nX-Brut: <b>\x07 \xe9t\xe9</b>\r\n\r\nBonjour.\r\n"
    html = body(desk.get(desk.url(tail=f"{desk.put(raw)}/source/")))
    assert "<b>Subject</b> Réunion" in html
    source = re.search(r'<pre id="source-texte">(.*?)</pre>', html, re.DOTALL)
    assert source
    assert source[1] == "Subject: =?utf-8?q?R=C3=A9union?=\nX-Brut: &lt;b&gt;\ufffd été&lt;/b&gt;\n\nBonjour."
    assert "Le message est très long" not in html


def test_the_source_is_shown_whole_up_to_a_limit_and_line_by_line_in_its_charset(
    desk: MailBrowser, trips: list[int]
) -> None:
    head = "Subject: Été\r\nX-Long: un\r\n deux\r\n\r\n".encode()
    uid = desk.put_as_it_is(head + b"l'\xe9t\xe9\r\n\xe2\x80\xae\r\n" + (b"y" * 70 + b"\r\n") * 4000)
    trips.clear()
    html = unescape(body(desk.get(desk.url(tail=f"{uid}/source/"))))
    assert sum(trips) <= 3
    assert "<b>X-Long</b> un deux" in html
    source = html.partition('<pre id="source-texte">')[2].partition("</pre>")[0]
    assert source.startswith("Subject: Été\nX-Long: un\n deux\n\nl'été\n\ufffd\nyyy")
    assert 240_000 < len(source) < 256 * 1024
    assert "Le message est très long" in html
    assert "Copier la source" in html


def test_quoted_text_is_folded_below_an_answer_and_open_in_a_forward(desk: MailBrowser) -> None:
    text = "Moi.\n\nLe 3 mai, Karim a écrit :\n> Qui vient ?\n"
    answer = body(desk.get(desk.url(tail=f"{desk.put(letter('x@ac-amiens.fr', text=text))}/")))
    assert answer.count('<details class="quote">') == 1
    assert answer.index("Moi.") < answer.index('<details class="quote">') < answer.index("Qui vient ?")
    handed_on = desk.put(letter("x@ac-amiens.fr", subject="Tr: Essai", text=text))
    html = body(desk.get(desk.url(tail=f"{handed_on}/")))
    assert '<details class="quote">' not in html
    assert "Qui vient ?" in html
