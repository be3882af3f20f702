"""One message of a conversation has every act that the whole has, and each reaches it alone, wherever it lies."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from vaguemestre.mailbox.values import SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.reader import message_actions
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange, sections
from vaguemestre.webmail.testing.pages import body

OUTSIDE = "S <s@x.example>"
FORM = re.compile(r'<form class="leaf-acts"[^>]*>(.*?)</form>', re.DOTALL)
BUTTON = re.compile(r"<button\b([^>]*)>(.*?)</button>", re.DOTALL)


@pytest.fixture
def made(desk: MailBrowser) -> Exchange:
    """Two came, both unread, and one's own lies in Sent."""
    exchange = Exchange(desk)
    exchange.asked = exchange.put("Combien ?", sender=OUTSIDE)
    exchange.answered = exchange.put("Trente.", role="sent", flags=(SEEN,))
    exchange.added = exchange.put("Merci.", sender=OUTSIDE)
    return exchange


def acts(html: str, words: str) -> str:
    """Of the message with these words: what stands inside its form."""
    found = [FORM.search(one) for one in sections(html) if words in one]
    assert found
    assert found[0]
    return found[0][1]


def press(desk: MailBrowser, form: str, formaction: str, **fields: object) -> str:
    """As a browser does: where it leads."""
    for attributes, _words in BUTTON.findall(form):
        said = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
        if said.get("formaction", "").endswith(formaction):
            hidden = {n: unescape(v) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}
            own = {said["name"]: said["value"]} if "name" in said else {}
            return desk.post(said["formaction"], {**hidden, **own, **fields})["Location"]
    raise AssertionError(formaction)


def whole(desk: MailBrowser, made: Exchange) -> str:
    return body(desk.get(f"{made.url}?deplier=tout"))


def test_unread_again_is_that_one_and_leads_to_the_list(desk: MailBrowser, made: Exchange) -> None:
    """Its page would read it at once."""
    assert press(desk, acts(whole(desk, made), "Combien ?"), "/lecture/retrait/") == desk.url()
    assert [SEEN in desk.flags(uid) for uid in (made.asked, made.added)] == [False, True]


def test_what_stays_unread_by_choice_is_marked_alone(desk: MailBrowser, made: Exchange) -> None:
    Preferences.objects.create(account=desk.mail.account, marks_read="by-hand", changed_at=timezone.now())
    form = acts(whole(desk, made), "Combien ?")
    assert press(desk, form, "/lecture/") == made.url
    assert [SEEN in desk.flags(uid) for uid in (made.asked, made.added)] == [True, False]
    assert '/lecture/"' not in acts(whole(desk, made), "Combien ?")


def test_a_label_is_put_on_that_one_and_shown_as_worn(desk: MailBrowser, made: Exchange) -> None:
    form = acts(whole(desk, made), "Combien ?")
    assert press(desk, form, "/etiquettes/?etiquette=%24label1") == made.url
    assert ["$label1" in desk.flags(uid) for uid in (made.asked, made.added)] == [True, False]
    worn = re.compile(r'etiquette=%24label1" aria-pressed="true"')
    html = whole(desk, made)
    assert worn.search(acts(html, "Combien ?"))
    assert not worn.search(acts(html, "Merci."))


@pytest.mark.parametrize(("act", "role"), [("/indesirables/", "junk"), ("/archivage/", "archive")])
def test_it_goes_alone(desk: MailBrowser, made: Exchange, act: str, role: str) -> None:
    press(desk, acts(whole(desk, made), "Combien ?"), act)
    assert desk.uids() == [made.added]
    assert len(desk.uids(role)) == 1


def test_put_off_alone(desk: MailBrowser, made: Exchange) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    press(desk, acts(whole(desk, made), "Combien ?"), "/plus-tard/", jusqua=tomorrow)
    assert desk.uids() == [made.added]
    assert len(desk.uids("later")) == 1


def test_each_has_what_has_a_meaning_in_its_own_folder(desk: MailBrowser, made: Exchange) -> None:
    press(desk, acts(whole(desk, made), "Combien ?"), "/archivage/")
    html = whole(desk, made)
    mine, filed, here = (acts(html, words) for words in ("Trente.", "Combien ?", "Merci."))
    for tail, found in {"/plus-tard/": (0, 1, 1), "/indesirables/": (0, 1, 1), "/archivage/": (1, 0, 1)}.items():
        assert tuple(tail in one for one in (mine, filed, here)) == found
    inbox = f'name="vers" value="{desk.id()}"'
    assert (inbox in mine, inbox in here) == (True, False)  # each may go anywhere but where it lies
    press(desk, filed, "/deplacement/")  # its first way out of the archive is back
    assert len(desk.uids()) == 2


def test_what_speaks_of_one_message_stands_with_it(desk: MailBrowser, made: Exchange) -> None:
    """The toolbar of a conversation means all of it."""
    html = whole(desk, made)
    toolbar = re.search(r'<form class="toolbar".*?</form>', html, re.DOTALL)
    assert toolbar
    own = acts(html, "Combien ?")
    for tail in ("blocage/", "signalement/", "filtre/", "source/", "a-nouveau/", "transfert-entier/"):
        assert tail not in toolbar[0]
    for tail in ("blocage/", "filtre/", "source/", "a-nouveau/", "transfert-entier/"):
        assert f"{desk.url(tail=f'{made.asked}/')}{tail}" in own
    assert "copy-link" in own
    assert 'target="_blank"' in own
    alone = desk.url(tail=f"{desk.put(letter(desk.mail.address, subject='Seul'))}/")
    assert f"{alone}filtre/" in body(desk.get(alone))


def test_one_that_is_unfolded_alone_has_them_too(desk: MailBrowser, made: Exchange) -> None:
    for uid in (made.asked, made.added):
        desk.post(desk.url(tail="lecture/"), {"choix": str(uid)})
    part = desk.url(tail=f"{made.asked}/depli/?dans={desk.id()}&lu={made.added}")
    form = acts(body(desk.get(part, **HTMX)), "Combien ?")
    assert "/indesirables/" in form
    assert press(desk, form, "/etiquettes/?etiquette=%24label2") == made.url
    assert "$label2" in desk.flags(Uid(made.asked))


def test_keys_mean_the_one_that_is_answered_unless_another_has_the_focus(desk: MailBrowser, made: Exchange) -> None:
    """`shortcuts.ts` reads it: one message of the page is the one that keys are about."""
    html = whole(desk, made)
    named = re.search(r'data-answers="([^"]+)"', html)
    assert named
    assert ["Merci." in one for one in sections(html) if f'id="{named[1]}"' in one] == [True]
    assert ["data-keys" in one for one in sections(html)] == [True, True, True]


def test_each_has_the_keys_of_its_acts_and_says_which_mean_it_alone(desk: MailBrowser, made: Exchange) -> None:
    press(desk, acts(whole(desk, made), "Combien ?"), "/archivage/")
    html = whole(desk, made)
    asked, sent, added = (
        set(re.findall(r'data-key="(.)"', acts(html, words))) & set(message_actions.KEYS)
        for words in ("Combien ?", "Trente.", "Merci.")
    )
    assert asked == set("E#bvlsUJrf")
    assert sent == set("e#vlsrf")
    assert added == set("e#bvlsUJrf")
    assert 'data-key="#" data-or="Delete"' in acts(html, "Merci.")
    desk.post(desk.url(tail="lecture/"), {"choix": str(made.added)})
    folded = [one for one in sections(body(desk.get(made.url))) if "message-folded" in one]
    assert folded
    for one in (*sections(html), *folded):
        assert f'data-alone="{message_actions.KEYS}"' in one
    assert all(re.search(r"<a [^>]*data-unfold", one) for one in folded)


@pytest.mark.parametrize("key", ["b", "v", "l"])
def test_a_key_of_a_folded_part_stands_on_its_name(desk: MailBrowser, made: Exchange, key: str) -> None:
    """`shortcuts.ts` opens the menu around it."""
    form = acts(whole(desk, made), "Merci.")
    assert re.search(rf'<details><summary class="button" data-key="{key}">', form)


def test_one_message_alone_has_no_keys_of_its_own(desk: MailBrowser) -> None:
    alone = desk.put(letter(desk.mail.address, subject="Seul"))
    assert "data-alone" not in body(desk.get(desk.url(tail=f"{alone}/")))
