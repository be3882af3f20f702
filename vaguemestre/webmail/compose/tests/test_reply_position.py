"""Where the words of an answer stand, and whether it quotes."""

import pytest

from vaguemestre.testing import letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields
from vaguemestre.webmail.testing.pages import body

PAGE = "/webmail/reglages/envoi/"


def answer(desk: MailBrowser, tail: str = "reponse/") -> str:
    uid = desk.put(letter(desk.mail.address, subject="Réunion", text="Lundi ou mardi ?"))
    return fields(body(desk.get(desk.url("inbox", f"{uid}/{tail}"))))["texte"]


def choose(desk: MailBrowser, **said: str) -> None:
    assert desk.post(PAGE, {**said}).status_code == 302


def test_above_by_default(desk: MailBrowser) -> None:
    text = answer(desk)
    assert text.index("Mathilde Lefèvre") < text.index("&gt; Lundi")


def test_below_the_signature_stands_below_too(desk: MailBrowser) -> None:
    choose(desk, place="dessous", citation="1")
    text = answer(desk)
    assert text.index("a écrit") < text.index("&gt; Lundi") < text.index("\n-- \n") < text.index("Mathilde Lefèvre")


def test_without_the_quotation(desk: MailBrowser) -> None:
    choose(desk, place="dessus")
    text = answer(desk)
    assert "Lundi" not in text
    assert "Mathilde Lefèvre" in text


def test_what_is_forwarded_is_always_there_and_below(desk: MailBrowser) -> None:
    choose(desk, place="dessous")
    text = answer(desk, "transfert/")
    assert text.index("Mathilde Lefèvre") < text.index("Lundi ou mardi")


@pytest.mark.usefixtures("cleaner")
def test_a_formatted_answer_below(desk: MailBrowser) -> None:
    formatted = letter(desk.mail.address, subject="Réunion", text="Lundi ou mardi ?")
    formatted.add_alternative("<p>Lundi, ou <b>mardi</b> ?</p>", subtype="html")
    uid = desk.put(formatted)
    choose(desk, place="dessous", citation="1")
    html = body(desk.get(desk.url("inbox", f"{uid}/reponse/")))
    value = html.split('name="html" value="')[1].split('"')[0]
    assert value.index("a écrit") < value.index("/blockquote") < value.index("Mathilde Lefèvre")


def test_the_page_shows_what_holds_and_each_choice_is_kept_alone(desk: MailBrowser) -> None:
    choose(desk, place="dessous", citation="1")
    choose(desk, secondes="20")
    choose(desk, place="nulle part")
    kept = Preferences.objects.get(account=desk.mail.account)
    assert (kept.answers_below, kept.quotes, kept.undo_seconds) == (True, True, 20)
    assert 'name="place" value="dessous" checked' in body(desk.get(PAGE))
