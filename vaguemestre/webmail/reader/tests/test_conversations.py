"""Conversations: one row in the list, the whole exchange on its page, acts on one message or on all."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, Uid
from vaguemestre.testing import letter, make_account, make_person, make_school
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange, rows, sections
from vaguemestre.webmail.testing.pages import body

LIVE = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}


def test_one_row_says_who_how_many_and_what_is_new(desk: MailBrowser, exchange: Exchange) -> None:
    desk.put(letter(desk.mail.address, subject="Seule"))
    found = rows(body(desk.get(desk.url())))
    assert len(found) == 2
    row = next(one for one in found if "Sortie" in one)
    assert "Sophie Marchand, moi, Luc Petit</span>" in row
    assert '<span class="row-size">3<span class="visually-hidden">\N{NO-BREAK SPACE}messages</span></span>' in row
    assert "Je viens aussi." in row
    assert "data-unread" in row
    assert f"/{exchange.added}/" in row
    assert "row-size" not in next(one for one in found if "Seule" in one)


def test_unread_star_and_clip_of_any_message_show(desk: MailBrowser) -> None:
    made = Exchange(desk)
    made.put("Un.", sender="S <s@x.example>", flags=(FLAGGED,))
    message = letter(desk.mail.address, sender="S <s@x.example>", subject="Sortie", References=made.known[0])
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    desk.put(message, flags=(SEEN,))
    made.put("Trois.", sender="S <s@x.example>", flags=(SEEN,))
    [row] = rows(body(desk.get(desk.url())))
    assert "data-unread" in row
    assert "data-starred" in row
    assert "Avec pièce jointe" in row


def test_in_one_second_the_question_stands_before_its_answer(desk: MailBrowser) -> None:
    written, mine = timezone.localtime(), f"Mathilde <{desk.mail.address}>"
    asked = letter(desk.mail.address, sender="S <s@x.example>", subject="Sortie", Message_ID="<un@x.example>")
    answer = letter("s@x.example", sender=mine, subject="Sortie", References="<un@x.example>")
    for message, role in ((asked, "inbox"), (answer, "sent")):
        del message["Date"]
        message["Date"] = written
        desk.put(message, role)
    [row] = rows(body(desk.get(desk.url())))
    assert "S, moi</span>" in row


def test_a_list_of_conversations_costs_what_a_list_costs(
    desk: MailBrowser, exchange: Exchange, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = desk.url()
    desk.get(url)
    trips.clear()
    with django_assert_num_queries(5):
        desk.get(url)
    assert trips == [1]


def test_its_page_shows_all_in_order_with_my_answer_and_folds_what_is_read(
    desk: MailBrowser, exchange: Exchange
) -> None:
    html = body(desk.get(exchange.url))
    first, second, third = sections(html)
    assert ("Sophie Marchand" in first, "message-folded" in first) == (True, True)
    assert ("Vous" in second, "Oui, et quatre adultes." in second, "message-folded" in second) == (True, True, True)
    assert ("Luc Petit" in third, "message-folded" in third, "data-arrive" in third) == (True, False, True)
    assert "3\xa0messages, 3\xa0personnes" in html
    assert SEEN in desk.flags(exchange.added)
    assert html.count('id="de') == len(set(re.findall(r'id="de[^"]*"', html)))


def test_each_message_formatted_or_as_text_in_its_place(desk: MailBrowser, exchange: Exchange) -> None:
    message = letter(desk.mail.address, subject="Sortie", text="En texte.", References=" ".join(exchange.known))
    message.add_alternative("<p>Mis en forme.</p>", subtype="html")
    uid = desk.put(message)
    frame = f"/{uid}/corps/"
    html = body(desk.get(exchange.url))
    assert frame in html
    section = next(one for one in sections(html) if frame in one)
    switch = re.search(r'href="([^"]+)" hx-get="([^"]+)"[^>]*>[^<]*<svg.*?</svg>Afficher le texte seul', section)
    assert switch
    alone = body(desk.get(unescape(switch[2]), **HTMX))
    assert len(sections(alone)) == 1
    assert "En texte." in alone
    assert frame not in alone
    again = body(desk.get(exchange.url))  # the page drawn again, after an act on another message
    assert "En texte." in again
    assert frame not in again
    back = re.search(r'href="([^"]+)" hx-get="[^"]+"[^>]*>[^<]*<svg.*?</svg>Afficher la mise en forme', again)
    assert back
    whole = body(desk.get(unescape(back[1]).partition("#")[0]))  # without a script
    assert frame in whole
    assert len(sections(whole)) == 4


def test_what_an_exchange_costs(
    desk: MailBrowser, exchange: Exchange, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As a message alone, and one trip for each folder that the exchange reaches."""
    desk.get(desk.url())
    trips.clear()
    with django_assert_num_queries(6):
        desk.get(exchange.url)
    assert sum(trips) <= 6
    trips.clear()
    desk.get(exchange.url)
    assert sum(trips) <= 5


def test_unread_ones_are_open_and_read_by_that(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(3)]
    html = body(desk.get(desk.url(tail=f"{uids[-1]}/")))
    assert "message-folded" not in html
    assert all(SEEN in desk.flags(uid) for uid in uids)
    assert "data-arrive" in sections(html)[0]


def test_a_long_unread_exchange_opens_its_newest_and_leaves_the_rest_unread(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(14)]
    html = body(desk.get(desk.url(tail=f"{uids[-1]}/")))
    assert html.count("message-folded") == 3
    assert SEEN not in desk.flags(uids[0])
    assert "non lu" in sections(html)[0]


def test_a_browser_that_fetches_ahead_has_read_none(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(2)]
    desk.get(desk.url(tail=f"{uids[-1]}/"), **{"Sec-Purpose": "prefetch"})
    assert not any(SEEN in desk.flags(uid) for uid in uids)


def test_a_folded_one_opens_by_its_link_alone_or_in_the_page(desk: MailBrowser, exchange: Exchange) -> None:
    html = body(desk.get(exchange.url))
    folded = sections(html)[1]
    link = re.search(r'href="([^"]+)" hx-get="([^"]+)" hx-target="#([^"]+)"', folded)
    assert link
    page, part, anchor = (value.replace("&amp;", "&") for value in link.groups())
    whole = body(desk.get(page.partition("#")[0]))
    assert "Oui, et quatre adultes." in sections(whole)[1]
    assert "message-folded" not in sections(whole)[1]
    alone = body(desk.get(part, **HTMX))
    assert f'id="{anchor}"' in alone
    assert "Oui, et quatre adultes." in alone
    assert "autofocus" in alone
    assert "<html" not in alone
    again = re.search(r'hx-get="([^"]+&amp;plie=1)"', alone)
    assert again
    assert "message-folded" in body(desk.get(again[1].replace("&amp;", "&"), **HTMX))
    response = desk.get(part)
    assert (response.status_code, response["Location"]) == (302, exchange.url)


def test_all_unfold_at_one_press(desk: MailBrowser, exchange: Exchange) -> None:
    link = re.search(r'href="([^"]+deplier=tout)"', body(desk.get(exchange.url)))
    assert link
    html = body(desk.get(link[1]))
    assert "message-folded" not in html
    assert "deplier=tout" not in html


@pytest.mark.parametrize("asked", ["x", "0.1", f"{'0' * 32}.1", ".", "tout."])
def test_a_wrong_wish_to_unfold_is_not_there(desk: MailBrowser, exchange: Exchange, asked: str) -> None:
    assert body(desk.get(f"{exchange.url}?deplier={asked}")).count("message-folded") == 2


@pytest.mark.parametrize("query", ["", "?dans=x&lu=1", "?dans=&lu="])
def test_a_message_alone_without_its_page_is_not_there(desk: MailBrowser, exchange: Exchange, query: str) -> None:
    assert desk.get(f"{exchange.url}depli/{query}", **HTMX).status_code == 404


def test_somebody_elses_message_is_not_there(desk: MailBrowser, neighbour: MailBrowser, exchange: Exchange) -> None:
    place = f"?dans={neighbour.id()}&lu=1"
    assert neighbour.get(f"{exchange.url}depli/{place}", **HTMX).status_code == 404
    assert neighbour.get(exchange.url).status_code == 404
    assert Client().get(f"{exchange.url}depli/").status_code == 302


def test_acts_of_a_row_reach_the_whole_conversation_and_come_back(desk: MailBrowser, exchange: Exchange) -> None:
    html = body(desk.get(desk.url()))
    assert html.count('name="ensemble"') == 3  # the acts of what is chosen, of one row, of what is carried to a folder
    response = desk.post(desk.url(tail="archivage/"), {"choix": exchange.added, "ensemble": "1", "retour": desk.url()})
    assert (desk.uids(), len(desk.uids("archive")), desk.uids("sent")) == ([], 2, [exchange.answered])
    page = body(desk.get(response["Location"]))
    assert re.search(r"2\smessages déplacés", page)
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    desk.post("/webmail/annulation/", {"fait": undo[1]})
    assert len(desk.uids()) == 2
    [row] = rows(body(desk.get(desk.url())))
    assert ">3<" in row


def test_carried_to_a_folder_a_row_is_all_of_its_conversation(desk: MailBrowser, exchange: Exchange) -> None:
    form = re.search(r'<form id="depot".*?</form>', body(desk.get(desk.url())), re.DOTALL)
    assert form
    data = dict(re.findall(r'name="(\w+)"(?: value="([^"]*)")?', form[0]))
    desk.post(desk.url(tail="deplacement/"), {**data, "vers": desk.id("archive"), "choix": exchange.added})
    assert (desk.uids(), len(desk.uids("archive"))) == ([], 2)


def test_what_came_after_the_row_was_drawn_is_left_alone(desk: MailBrowser, exchange: Exchange) -> None:
    desk.get(desk.url())
    late = exchange.put("Et moi ?", sender="Z <z@x.example>")
    desk.get(desk.url())
    desk.post(desk.url(tail="suppression/"), {"choix": exchange.added, "ensemble": "1"})
    assert desk.uids() == [late]
    assert len(desk.uids("trash")) == 2
    assert ">2<" in rows(body(desk.get(desk.url())))[0]  # mine in Sent, and the late one


def test_the_toolbar_means_all_of_it_and_each_message_has_its_own(desk: MailBrowser, exchange: Exchange) -> None:
    html = body(desk.get(exchange.url))
    toolbar = re.search(r'<form class="toolbar".*?</form>', html, re.DOTALL)
    assert toolbar
    assert f'name="choix" value="{exchange.added}"' in toolbar[0]
    assert 'name="ensemble"' in toolbar[0]
    assert "toute la conversation" in toolbar[0]
    own = re.search(r'<form class="leaf-acts".*?</form>', html, re.DOTALL)
    assert own
    assert "ensemble" not in own[0]
    desk.post(desk.url(tail="suppression/"), {"choix": exchange.added})
    assert desk.uids() == [exchange.asked]


def test_removing_the_message_of_the_address_leads_to_what_is_left(desk: MailBrowser, exchange: Exchange) -> None:
    own = re.search(r'<form class="leaf-acts".*?</form>', body(desk.get(exchange.url)), re.DOTALL)
    assert own
    assert f'name="retour" value="{desk.url(tail=f"{exchange.asked}/")}"' in own[0]


def test_previous_and_next_go_from_one_conversation_to_the_other(desk: MailBrowser, exchange: Exchange) -> None:
    alone = desk.put(letter(desk.mail.address, subject="Seule"))
    html = body(desk.get(exchange.url))
    assert f'href="{desk.url(tail=f"{alone}/")}" aria-label="Message plus récent"' in html
    assert "2 sur 2" in html
    assert "Message plus ancien" not in html


def test_the_answer_at_the_foot_goes_to_the_newest_that_somebody_else_wrote(
    desk: MailBrowser, exchange: Exchange
) -> None:
    exchange.put("Merci à tous.", role="sent", flags=(SEEN,))
    html = body(desk.get(exchange.url))
    foot = re.search(r'<nav class="reply".*?</nav>', html, re.DOTALL)
    assert foot
    assert f'href="{exchange.url}reponse/"' in foot[0]
    assert "Merci à tous." in sections(html)[-1]


def test_a_new_answer_is_said_while_the_exchange_is_open(desk: MailBrowser, exchange: Exchange) -> None:
    page = body(desk.get(exchange.url))
    again = re.search(r'data-asks="(ouvert=[^"]+)" hx-get="([^"]+)"', page)
    assert again
    refresh = f"{again[2]}?{again[1].replace('&amp;', '&')}"
    assert "Un nouveau message" not in body(desk.get(refresh, **LIVE))
    late = exchange.put("Et moi ?", sender="Z <z@x.example>")
    html = body(desk.get(refresh, **LIVE))
    assert "Un nouveau message dans cette conversation" in html
    assert f'href="{desk.url(tail=f"{late}/")}"' in html
    assert "vus=3" in html
    assert 'aria-current="true"' in rows(html)[0]


def test_a_message_that_left_the_open_exchange_is_said(desk: MailBrowser, exchange: Exchange) -> None:
    page = body(desk.get(exchange.url))
    again = re.search(r'data-asks="(ouvert=[^"]+)" hx-get="([^"]+)"', page)
    assert again
    refresh = f"{again[2]}?{again[1].replace('&amp;', '&')}"
    with desk.session() as session:
        session.delete(desk.id(), [Uid(exchange.asked)])
    html = body(desk.get(refresh, **LIVE))
    assert "Un message a quitté cette conversation" in html
    assert f'href="{exchange.url}"' in html


def test_an_answer_that_this_process_has_not_seen_is_on_the_page(desk: MailBrowser, exchange: Exchange) -> None:
    desk.get(desk.url())
    late = exchange.put("Et moi ?", sender="Z <z@x.example>")
    assert "Et moi ?" in sections(body(desk.get(desk.url(tail=f"{late}/"))))[-1]


def test_messages_one_by_one_for_who_prefers_it(desk: MailBrowser, exchange: Exchange) -> None:
    response = desk.post("/webmail/reglages/lecture/", {"liste": "messages", "retour": desk.url()})
    assert response["Location"] == desk.url()
    assert Preferences.objects.get(account=desk.mail.account).flat_list
    html = body(desk.get(desk.url()))
    assert len(rows(html)) == 2
    assert "ensemble" not in html
    page = body(desk.get(exchange.url))
    assert len(sections(page)) == 1
    desk.post("/webmail/reglages/lecture/", {"liste": "conversations"})
    assert len(rows(body(desk.get(desk.url())))) == 1


def test_the_choice_is_a_post_of_a_signed_in_person(desk: MailBrowser) -> None:
    assert desk.get("/webmail/reglages/lecture/").status_code == 405
    assert Client().post("/webmail/reglages/lecture/", {"liste": "messages"}).status_code in {302, 403}


def test_the_bin_is_not_counted_unless_one_is_there(desk: MailBrowser, exchange: Exchange) -> None:
    desk.get(desk.url())
    desk.post(desk.url(tail="suppression/"), {"choix": exchange.asked})
    assert len(sections(body(desk.get(exchange.url)))) == 2
    [row] = rows(body(desk.get(desk.url("trash"))))
    assert ">3<" in row
    response = desk.post(desk.url("trash", "suppression/"), {"choix": desk.uids("trash")[0], "ensemble": "1"})
    assert "Supprimer de la corbeille" in body(response)


def test_drafts_and_junk_stay_lists_of_messages(desk: MailBrowser) -> None:
    for role in ("drafts", "junk"):
        made = Exchange(desk)
        made.put("Un.", role=role)
        made.put("Deux.", role=role)
        assert len(rows(body(desk.get(desk.url(role))))) == 2


def test_sent_names_those_written_to(desk: MailBrowser, exchange: Exchange) -> None:
    [row] = rows(body(desk.get(desk.url("sent"))))
    assert ">3<" in row
    assert desk.mail.address in row
    assert "data-unread" not in row


def test_an_exchange_over_a_folder_with_an_odd_name(desk: MailBrowser, exchange: Exchange) -> None:
    with desk.session() as session:
        made = session.create(FolderName('Élèves & "parents"'))
        assert made.id is not None
        session.move(desk.id(), [Uid(exchange.asked)], made.id)
    html = body(desk.get(exchange.url))
    assert len(sections(html)) == 3
    assert f"m-{made.id[:8]}-1" in html


def test_a_dead_server_is_said_and_the_choice_still_kept(
    desk: MailBrowser, exchange: Exchange, no_dovecot: object
) -> None:
    url = exchange.url
    place = f"?dans={desk.id()}&lu={exchange.added}"
    no_dovecot()  # type: ignore[operator]  # a fixture to be called
    assert desk.get(url).status_code == 503
    assert desk.get(f"{url}depli/{place}", **HTMX).status_code == 503
    assert desk.post("/webmail/reglages/lecture/", {"liste": "messages"}).status_code == 302


def test_what_the_page_has_unfolded_stays_so(desk: MailBrowser, exchange: Exchange) -> None:
    """The page says it when it is drawn again; the messages of another exchange, and nonsense, change nothing."""
    desk.get(exchange.url)
    folded = "message-folded"
    assert body(desk.get(exchange.url)).count(folded) == 2
    parts = re.findall(r'data-part="([0-9a-f]+\.[0-9]+)"', body(desk.get(f"{exchange.url}?deplier=tout")))
    assert len(parts) == 3
    shown = body(desk.get(exchange.url, **HTMX, **{"X-Deplies": f"{parts[0]} x.y {parts[0].partition('.')[0]}.999"}))
    assert shown.count(folded) == 1
    assert "Quarante-sept élèves" in sections(shown)[0]


def outsiders(html: str) -> list[tuple[bool, bool]]:
    """Of each open message: whether the notice of an outside sender stands above it, and whether the word does."""
    opened = [one for one in sections(html) if "message-main" in one]
    return [("extérieur à l’académie" in one, "Hors académie" in one) for one in map(unescape, opened)]


def test_the_notice_of_an_outsider_stands_once_on_a_page(desk: MailBrowser) -> None:
    """Above the newest, for each sender; the others have the word, also what is unfolded later."""
    made = Exchange(desk)
    for number in range(3):
        last = made.put(f"Bonjour {number}.", sender="Céline Vasseur <celine@orange.example>", flags=(SEEN,))
    made.put("Moi aussi.", sender="Paul <paul@orange.example>", flags=(SEEN,))
    url = desk.url(tail=f"{last}/")
    notice, word = (True, False), (False, True)
    assert outsiders(body(desk.get(f"{url}?deplier=tout"))) == [word, word, notice, notice]
    page = body(desk.get(url))
    parts = re.findall(r'data-part="([0-9a-f]+\.[0-9]+)"', page)
    fetch = unescape(re.findall(r'hx-get="([^"]*/depli/[^"]*)"', page)[0])
    assert outsiders(body(desk.get(fetch, **HTMX, **{"X-Deplies": " ".join(parts)}))) == [word]
    assert outsiders(body(desk.get(fetch, **HTMX))) == [notice]


def test_under_a_name_of_ours_the_notice_stands_each_time(desk: MailBrowser, neighbour: MailBrowser) -> None:
    made = Exchange(desk)
    for name in ("Collège des Tilleuls", "Karim Martin", "Karim Martin"):
        last = made.put("Bonjour.", sender=f"{name} <x@orange.example>", flags=(SEEN,))
    make_account(make_person("Karim", "Martin", school=make_school("0021111B", department="02")))
    page = body(desk.get(f"{desk.url(tail=f'{last}/')}?deplier=tout"))
    assert outsiders(page)[1:] == [(True, False)] * 2
