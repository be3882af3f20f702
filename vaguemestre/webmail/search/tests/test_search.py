"""Searching: what it shows and costs, across folders; acts on results and back; recent searches; hostile words."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vaguemestre.engine import doveadm
from vaguemestre.engine.tests.documents import pdf
from vaguemestre.mailbox.values import FLAGGED, SEEN
from vaguemestre.testing import letter, without_noise
from vaguemestre.webmail.models import RecentSearch
from vaguemestre.webmail.testing.acts import ACTS, take_back
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows, subjects, title


def test_strangers_and_other_methods(desk: MailBrowser) -> None:
    response = Client().get(f"{URL}?q=x")
    assert response.status_code == 302
    assert desk.post(URL).status_code == 405


def test_results_of_all_folders_say_their_folder_and_mark_what_was_found(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Réunion <b>&</b> parents", text="Bonjour."))
    desk.put(letter(desk.mail.address, subject="Ordre du jour", text="Les réunions du mardi."), "sent")
    desk.put(letter(desk.mail.address, subject="Réunion jetée"), "trash")
    desk.put(letter(desk.mail.address, subject="Réunion gagnante"), "junk")
    html = look(desk, "reunion")
    assert title(html) == "2 résultats"
    assert "<mark>Réunion</mark> &lt;b&gt;&amp;&lt;/b&gt; parents" in html
    assert "Les <mark>réunions</mark> du mardi" in html
    places = re.findall(r'<span class="row-where">.*?</svg>([^<]*)</span>', html)
    assert sorted(places) == ["Envoyés", "Réception"]
    assert 'aria-label="Choisir : Réunion &lt;b&gt;' in html


def test_what_an_attachment_says_is_found(desk: MailBrowser) -> None:
    message = letter(desk.mail.address, subject="Dossier", text="Voir la pièce jointe.")
    message.add_attachment(pdf("Le réquisitoire"), maintype="application", subtype="pdf", filename="piece.pdf")
    desk.put(message)
    desk.put(letter(desk.mail.address, subject="Autre"))
    doveadm.index(desk.mail.key, str(desk.folder().name))  # the file is read by then, however long that takes
    html = look(desk, "requisitoires")
    assert subjects(html) == ["Dossier"]
    assert "Voir la pièce jointe." in html


@pytest.mark.parametrize(("where", "subject"), [("corbeille", "Réunion jetée"), ("indésirables", "Réunion gagnante")])
def test_bin_and_junk_when_asked_for(desk: MailBrowser, where: str, subject: str) -> None:
    desk.put(letter(desk.mail.address, subject="Réunion"))
    desk.put(letter(desk.mail.address, subject="Réunion jetée"), "trash")
    desk.put(letter(desk.mail.address, subject="Réunion gagnante"), "junk")
    html = look(desk, f"réunion dans:{where}")
    assert subjects(html) == [subject]
    assert "Remettre" in html or "indesirables/retrait/" in html  # the way back, as in the folder itself


def test_what_it_costs(desk: MailBrowser, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(3):
        desk.put(letter(desk.mail.address, subject=f"Réunion {number}"))
    look(desk, "réunion")
    trips.clear()
    # Typing: the session with its account and person, their addresses, labels and choices, what waits to leave.
    with django_assert_num_queries(5):
        look(desk, "réun", **HTMX, **{"X-As-Typed": "1"})
    assert trips == [2]  # the search, its rows


def test_a_search_that_is_sent_is_remembered_at_the_price_of_an_upsert(
    desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    look(desk, "réunion")
    with django_assert_num_queries(5 + 4):  # a savepoint and its end, the line, those that are older
        look(desk, "réunion")


def test_pages(desk: MailBrowser) -> None:
    for number in range(53):
        desk.put(letter(desk.mail.address, subject=f"Sortie N{number:02}."))
    first = look(desk, "sortie")
    assert len(rows(first)) == 50
    assert "1 à 50 sur 53" in first
    older = re.search(r'href="([^"]+page=2)">Plus anciens', first)
    assert older
    second = body(desk.get(unescape(older[1])))
    assert len(rows(second)) == 3
    assert not set(rows(first)) & set(rows(second))
    assert "Plus récents" in second
    assert rows(look(desk, "sortie", "&page=9")) == []
    assert len(rows(look(desk, "sortie", "&page=²"))) == 50


def test_a_result_is_read_beside_the_results_and_leads_to_the_next(desk: MailBrowser) -> None:
    for role in ("inbox", "archive", "sent"):
        desk.put(letter(desk.mail.address, subject=f"Sortie {role}"), role)
    html = look(desk, "sortie")
    links = [unescape(link) for link in re.findall(r'<a class="row-link" href="([^"]+)"', html)]
    page = body(desk.get(links[1]))
    assert "Résultat 2 sur 3" in page
    assert f'href="{links[0]}"' in unescape(page)
    assert f'href="{links[2]}"' in unescape(page)
    assert 'aria-current="true"' in page
    assert page.count('<li class="row"') == 3
    back = re.search(
        r'href="([^"]+)" aria-label="Revenir à la liste"|href="([^"]+)" aria-label="Retour à la liste"', page
    )
    assert back
    assert unescape(back[1] or back[2]) == f"{URL}?q=sortie"


def test_a_result_leads_to_its_conversation(desk: MailBrowser) -> None:
    """Where they are shown; not from a message of its folder, which has it."""
    uid = desk.put(letter(desk.mail.address, subject="Kayak"))
    page, link = desk.url(tail=f"{uid}/"), "Voir toute la conversation"
    assert f'<a href="{page}">{link}</a>' in body(desk.get(f"{page}?q=kayak"))
    assert link not in body(desk.get(page))
    desk.post("/webmail/reglages/lecture/", {"liste": "messages"})
    assert link not in body(desk.get(f"{page}?q=kayak"))


def test_a_result_on_the_edge_of_a_page_leads_to_the_next_page(desk: MailBrowser) -> None:
    for number in range(52):
        desk.put(letter(desk.mail.address, subject=f"Sortie N{number:02}."))
    links = [unescape(link) for link in re.findall(r'<a class="row-link" href="([^"]+)"', look(desk, "sortie"))]
    page = unescape(body(desk.get(links[49])))
    beyond = re.search(r'href="([^"]+suite=2)" aria-label="Message plus ancien"', page)
    assert beyond
    assert "Résultat 51 sur 52" in body(desk.get(beyond[1]))


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted_by_their_owner_only(desk: MailBrowser, act: str) -> None:
    url = f"/webmail/dossiers/recherche/{act}/"
    assert desk.get(url).status_code == (302 if act == "suppression" else 405)  # of a question: to the list
    assert Client().post(url).status_code == 302
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403


@pytest.mark.parametrize(
    ("act", "role", "count"), [("archivage", "archive", 3), ("suppression", "trash", 4), ("indesirables", "junk", 3)]
)
def test_results_of_several_folders_move_together_and_come_back(
    desk: MailBrowser, act: str, role: str, count: int
) -> None:
    """Drafts are thrown away, never filed."""
    for place in ("inbox", "inbox", "sent", "drafts"):
        desk.put(letter(desk.mail.address, subject="Sortie"), place)
    choice = rows(look(desk, "sortie"))
    back = f"{URL}?q=sortie"
    response = desk.post(f"/webmail/dossiers/recherche/{act}/", {"choix": choice, "retour": back})
    assert response["Location"] == back
    assert len(desk.uids(role)) == count
    assert desk.uids() == desk.uids("sent") == []
    page = body(desk.get(response["Location"]))
    assert f"{count} messages déplacés vers" in page
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    assert desk.post("/webmail/annulation/", {"fait": undo[1], "retour": back})["Location"] == back
    assert f"{count} messages remis en place" in body(desk.get(back))
    assert desk.uids(role) == []
    assert (len(desk.uids()), len(desk.uids("sent")), len(desk.uids("drafts"))) == (2, 1, 1)


def test_marks_on_results_of_several_folders(desk: MailBrowser) -> None:
    one = desk.put(letter(desk.mail.address, subject="Sortie"))
    other = desk.put(letter(desk.mail.address, subject="Sortie"), "archive")
    choice: dict[str, object] = {"choix": rows(look(desk, "sortie"))}
    desk.post("/webmail/dossiers/recherche/lecture/", choice)
    desk.post("/webmail/dossiers/recherche/suivi/", choice)
    assert desk.flags(one) >= {SEEN, FLAGGED}
    assert desk.flags(other, "archive") >= {SEEN, FLAGGED}
    desk.post("/webmail/dossiers/recherche/lecture/retrait/", choice)
    desk.post("/webmail/dossiers/recherche/suivi/retrait/", choice)
    assert not desk.flags(other, "archive") & {SEEN, FLAGGED}


@pytest.mark.parametrize("act", ["lecture/", "suivi/", "etiquettes/?etiquette=$label1"])
def test_marks_on_results_of_several_folders_are_taken_back(desk: MailBrowser, act: str) -> None:
    marks = {SEEN, FLAGGED, "$label1"}
    one = desk.put(letter(desk.mail.address, subject="Sortie"))
    other = desk.put(letter(desk.mail.address, subject="Sortie"), "archive")
    so_already = desk.put(letter(desk.mail.address, subject="Sortie"), "sent", flags=tuple(marks))
    choice: dict[str, object] = {"choix": rows(look(desk, "sortie")), "retour": f"{URL}?q=sortie"}
    page = body(desk.get(desk.post(f"/webmail/dossiers/recherche/{act}", choice)["Location"]))
    assert len(desk.flags(one) & marks) == len(desk.flags(other, "archive") & marks) == 1
    assert "comme avant" in take_back(desk, page)
    assert not desk.flags(one) & marks
    assert not desk.flags(other, "archive") & marks
    assert desk.flags(so_already, "sent") >= marks


def test_results_move_to_a_folder_of_ones_choice_or_nowhere(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    choice = rows(look(desk, "sortie"))
    act = "/webmail/dossiers/recherche/deplacement/"
    for nowhere in ("", "x", "0" * 32):
        assert desk.post(act, {"choix": choice, "vers": nowhere}).status_code == 404
    desk.post(act, {"choix": choice, "vers": desk.id("archive")})
    assert len(desk.uids("archive")) == 1


def test_deleting_what_lies_in_the_bin_asks_first(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Sortie"), "trash")
    back = f"{URL}?q=sortie+dans%3Acorbeille"
    choice = rows(look(desk, "sortie dans:corbeille"))
    page = body(desk.post("/webmail/dossiers/recherche/suppression/", {"choix": choice, "retour": back}))
    assert "Supprimer de la corbeille" in page
    assert desk.uids("trash") == [uid]
    final = re.search(r'action="([^"]+/definitive/)"', page)
    assert final
    assert desk.post(final[1], {"choix": choice, "retour": back})["Location"] == back
    assert desk.uids("trash") == []


@pytest.mark.parametrize("choice", [["x"], ["1"], [f"{'0' * 32}-x"], [f"{'0' * 32}-0"], [f"{'0' * 32}-1"], []])
def test_choosing_nothing_or_what_is_not_there_is_harmless(desk: MailBrowser, choice: list[str]) -> None:
    uid = desk.put(letter(desk.mail.address))
    for act in ACTS:
        answer = desk.post(f"/webmail/dossiers/recherche/{act}/", {"choix": choice, "vers": desk.id("junk")})
        assert answer.status_code in {302, 404}
    assert desk.uids() == [uid]


def test_somebody_elses_messages_are_neither_found_nor_reached(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = neighbour.put(letter(neighbour.mail.address, subject="Zorglub"))
    assert title(look(desk, "zorglub")) == "Rien trouvé"
    theirs = f"{neighbour.id()}-{uid}"
    for act in ACTS:
        answer = desk.post(f"/webmail/dossiers/recherche/{act}/", {"choix": [theirs], "vers": desk.id("junk")})
        assert answer.status_code in {302, 404}
    assert neighbour.uids() == [uid]
    assert not neighbour.flags(uid) & {SEEN, FLAGGED}
    assert desk.get(neighbour.url(tail=f"{uid}/?q=zorglub")).status_code == 404


def test_what_is_not_understood_is_said_above_what_is_found(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    html = look(desk, "sortie avant:bientôt").replace("\u00a0", " ")
    assert "« bientôt » n’est pas une date" in html
    assert subjects(html) == ["Sortie"]


def test_nothing_found_says_what_to_try(desk: MailBrowser) -> None:
    html = unescape(look(desk, "zorglub dans:archives"))
    assert title(html) == "Rien trouvé"
    assert "Essayez un début de mot plus court" in html
    wider = re.search(r'href="([^"]+)">Chercher les mots seuls', html)
    assert wider
    assert wider[1] == f"{URL}?q=zorglub"


def test_an_empty_box_asks_what_is_looked_for(desk: MailBrowser) -> None:
    for address in (URL, f"{URL}?q=", f"{URL}?q=+%00", f"{URL}?q=%F0%9F%8E%93"):
        html = body(desk.get(address))
        assert "Que cherchez-vous" in html
    assert "de:lecomte" in html


def test_a_folder_made_a_moment_ago_is_known(desk: MailBrowser) -> None:
    from vaguemestre.mailbox.values import FolderName

    look(desk, "sortie")
    with desk.session() as session:
        made = session.create(FolderName("Voyages"))
        assert made.id is not None
        session.append(made.id, letter(desk.mail.address, subject="Sortie").as_bytes().replace(b"\n", b"\r\n"))
    assert subjects(look(desk, "sortie dans:voyages")) == ["Sortie"]
    assert subjects(look(desk, "sortie")) == ["Sortie"]


def test_recent_searches_are_ten_removable_and_ones_own(desk: MailBrowser, neighbour: MailBrowser) -> None:
    for number in range(12):
        look(desk, f"mot{number:02}")
    look(desk, "mot05")
    look(desk, "zut", **HTMX, **{"X-As-Typed": "1"})
    look(desk, "zut", **HTMX, **{"X-Background-Refresh": "1"})
    look(desk, "mot05", "&page=2")
    html = body(desk.get("/webmail/recherche/recentes/"))
    found = re.findall(r'q=(\w+)">', html)
    assert found == ["mot05", *(f"mot{number:02}" for number in (11, 10, 9, 8, 7, 6, 4, 3, 2))]
    assert re.findall(r"<li(| hidden)>", html[: html.index("</ul>")]) == [*[""] * 3, *[" hidden"] * 7]
    assert "mot05" in body(desk.get(URL))
    assert "q=mot" not in without_noise(body(neighbour.get("/webmail/recherche/recentes/")))
    neighbour.post("/webmail/recherche/recentes/retrait/")
    assert RecentSearch.objects.count() == 10

    removal = "/webmail/recherche/recentes/retrait/"
    assert desk.post(removal, {"recherche": "mot05"})["Location"] == URL
    assert "mot05" not in body(desk.post(removal, {"recherche": "mot04"}, **HTMX))
    assert RecentSearch.objects.count() == 8
    desk.post(removal)
    assert not RecentSearch.objects.exists()


def test_a_search_is_remembered_when_one_of_its_results_is_opened(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    html = look(desk, "sort", **HTMX, **{"X-As-Typed": "1"})
    assert not RecentSearch.objects.exists()
    [link] = re.findall(r'<a class="row-link" href="([^"]+)"', html)
    desk.get(unescape(link), **{"Sec-Purpose": "prefetch"})
    assert not RecentSearch.objects.exists()
    desk.get(unescape(link))
    assert [one.text for one in RecentSearch.objects.all()] == ["sort"]


def test_typing_keeps_one_place_in_the_history(desk: MailBrowser) -> None:
    typed = {**HTMX, "X-As-Typed": "1"}
    first = desk.get(f"{URL}?q=sor", **typed, **{"HX-Current-URL": f"https://testserver{desk.url()}"})
    assert first["HX-Push-Url"] == f"{URL}?q=sor"
    second = desk.get(f"{URL}?q=sort", **typed, **{"HX-Current-URL": f"https://testserver{URL}?q=sor"})
    assert second["HX-Replace-Url"] == f"{URL}?q=sort"
    assert "HX-Push-Url" not in second


def test_mail_that_comes_refreshes_the_results_and_keeps_the_open_one_marked(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    [one] = rows(look(desk, "sortie"))
    html = look(desk, "sortie", f"&ouvert={one}", **HTMX, **{"HX-Target": "section#liste", "X-Background-Refresh": "1"})
    assert 'id="bureau"' not in html
    assert 'aria-current="true"' in html
    assert f"ouvert={one}" in html


def test_no_mailbox_no_blank_page(desk: MailBrowser, no_dovecot: Callable[[], None]) -> None:
    no_dovecot()
    response = desk.get(f"{URL}?q=sortie")
    assert response.status_code == 503
    assert "ne répond pas" in body(response)
    inside = desk.get(f"{URL}?q=sortie", **HTMX)
    assert inside.status_code == 503
    assert inside["HX-Retarget"] == "#panne"


@pytest.mark.parametrize(
    "text",
    [
        '"x" UNSEEN',
        "x\r\nA1 LOGOUT",
        "{999999}",
        "\0",
        "🎓" * 400,
        "x" * 10_000,
        "‮tadpole",
        "<script>alert(1)</script>",
        '"><img src=x>',
        "%s%(x)s{{ y }}",
    ],
)
def test_hostile_words_are_words(desk: MailBrowser, text: str) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Seule"))
    response = desk.get(f"{URL}?q={quote(text)}")
    assert response.status_code == 200
    html = body(response)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert desk.uids() == [uid]


def test_hits_inside_hostile_mail_stay_text(desk: MailBrowser) -> None:
    evil = '<p onclick="x()">zorglub <img src=x onerror=zorglub()> <script>zorglub</script></p>'
    raw = (
        'From: "<script>zorglub</script>" <z@x.example>\r\nTo: m@x.example\r\n'
        "Subject: <mark onmouseover=zorglub>zorglub\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{'<p>avant</p>' * 100}{evil}\r\n"
    ).encode()
    desk.put(raw)
    html = look(desk, "zorglub")
    assert "onmouseover=<mark>zorglub</mark>&gt;<mark>zorglub</mark>" in html
    assert "<mark onmouseover" not in html
    assert "onclick" not in html
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert len(rows(html)) == 1
