"""The reply during an absence: one text for colleagues, another outside, and what the calendar says of its days."""

import re
import time
from datetime import date, time as hour, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from vaguemestre.testing import MailAccount, data_folder, deliver, deliver_locally, letter, wait_for_mail
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.rules import absence_calendar, absence_reply
from vaguemestre.webmail.rules.sieve_script import Absence
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.filters import active
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.script import somebody, sunk, text_of, write_to

PAGE = "/webmail/reglages/absence/"
BOTH: dict[str, object] = {
    "reponse": "1", "debut": "2026-12-21", "fin": "2026-12-24", "texte": "Pour les collègues.",
    "ailleurs": "on", "texte_ailleurs": "Pour les autres.",
}  # fmt: skip
INSIDE, OUTSIDE = "Dedans : mon bureau, 03 22.", "Dehors, sans détail."


def away(account: MailAccount) -> None:
    now = timezone.now()
    absence_reply.begin_absence(
        MailboxAccess.own(account.account),
        Absence(now - timedelta(days=1), now + timedelta(days=3), INSIDE, OUTSIDE),
        now=now,
    )


def write_from_outside(account: MailAccount, sender: str, **headers: str) -> None:
    """`sender` is who the answer would go to; headers may say otherwise."""
    message = letter(account.address, **{"sender": sender, **headers})
    deliver(message, account.address, sender=sender)


def answer_to(address: str) -> str:
    deadline = time.monotonic() + 15
    while (found := sunk(address)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found is not None
    return found


def test_what_the_calendar_says_comes_while_the_dates_are_changed(desk: MailBrowser) -> None:
    def said(first: str, last: str) -> str:
        return body(desk.get(f"{PAGE}dates/?{urlencode({'debut': first, 'fin': last})}", **HTMX))

    shown = said("2030-12-02", "2030-12-06")
    assert "<html" not in shown
    assert "Jour de retour" in shown
    assert 'name="elargir"' in shown
    assert 'id="dates-dites"' in shown
    assert "finirait avant" in said("2030-12-02", "2030-12-01")
    assert "Jour de retour" not in said("2030-12-02", "2030-12-01")
    assert 'class="hint"' not in said("2030-12-02", "")  # not typed yet is no fault
    assert "<b>" not in said("<b>", "<b>")
    assert desk.get(f"{PAGE}dates/").status_code == 302
    assert 'id="dates-dites"' in body(desk.get(PAGE))


def test_colleagues_and_others_read_their_own_text(mail_account: MailAccount) -> None:
    away(mail_account)
    colleague, stranger = somebody("Karim", "Belkacem"), f"parent-{mail_account.key}@dehors.example"
    write_to(mail_account, colleague, "dedans")
    [inside] = wait_for_mail(colleague)
    assert b"mon bureau" in inside
    assert b"sans d" not in inside
    write_from_outside(mail_account, stranger)
    outside = answer_to(stranger)
    assert "sans d" in outside
    assert "mon bureau" not in outside


def test_a_from_that_lies_does_not_get_what_is_for_colleagues(mail_account: MailAccount) -> None:
    """Who is answered decides: it is the return path, whatever the header says."""
    away(mail_account)
    stranger = f"menteur-{mail_account.key}@dehors.example"
    message = letter(mail_account.address, sender="Recteur <recteur@ac-amiens.fr>")
    deliver_locally(message, mail_account.address, sender=stranger)
    outside = answer_to(stranger)
    assert "mon bureau" not in outside


def test_once_to_each_of_them_and_never_to_a_machine(mail_account: MailAccount) -> None:
    away(mail_account)
    stranger = f"insiste-{mail_account.key}@dehors.example"
    machines = {"List_Id": "<liste.dehors.example>", "Precedence": "bulk", "Auto_Submitted": "auto-replied"}
    for number, (name, value) in enumerate(machines.items()):
        write_from_outside(mail_account, f"machine{number}-{stranger}", **{name: value})
    deliver_locally(letter(mail_account.address, sender=f"pourriel-{stranger}", X_Spam="Yes"), mail_account.address)
    wait_for_mail(mail_account, folder="Junk")
    for _ in range(3):
        write_from_outside(mail_account, stranger)
    wait_for_mail(mail_account, 6)
    last = f"dernier-{stranger}"
    write_from_outside(mail_account, last)
    answer_to(last)  # sent after the others: whatever they caused is there by now
    assert times_sunk(f"To: <{stranger}>") == 1
    assert times_sunk("machine", stranger) == 0
    assert times_sunk(f"pourriel-{stranger}") == 0


def test_the_same_text_for_all_until_another_is_asked_for(desk: MailBrowser) -> None:
    sent = {name: value for name, value in BOTH.items() if name != "ailleurs"}
    assert desk.post(PAGE, {**sent, "debut": "2030-12-20", "fin": "2030-12-24"}).status_code == 302
    assert "Pour les autres" not in text_of(desk.mail)
    assert desk.post(PAGE, {**BOTH, "debut": "2030-12-20", "fin": "2030-12-24"}).status_code == 302
    text = text_of(desk.mail)
    assert text.index('envelope :domain :matches "from" ["ac-amiens.fr", "*.ac-amiens.fr"]') < text.index("Pour les c")
    assert text.index("Pour les collègues.") < text.index("else") < text.index("Pour les autres.")
    page = body(desk.get(PAGE))
    assert re.search(r'name="ailleurs"[^>]* checked', page)
    desk.post(PAGE, {**sent, "debut": "2030-12-20", "fin": "2030-12-24", "texte_ailleurs": ""})
    assert "Pour les autres." in body(desk.get(PAGE))  # for the next time
    assert Preferences.objects.get().absence_apart is False


def test_the_switch_alone_says_whether_anything_goes_out(desk: MailBrowser) -> None:
    dates = {"debut": "2030-12-20", "fin": "2030-12-24"}
    off = {name: value for name, value in BOTH.items() if name != "reponse"}
    assert re.search(r'role="switch"[^>]*>', body(desk.get(PAGE)))
    assert not re.search(r'role="switch"[^>]* checked', body(desk.get(PAGE)))
    assert desk.post(PAGE, {**off, **dates}).status_code == 302
    assert not Preferences.objects.exists()
    desk.post(PAGE, {**BOTH, **dates})
    page = body(desk.get(PAGE))
    assert re.search(r'role="switch"[^>]* checked', page)
    assert "Rien ne part avant" in page
    assert desk.post(PAGE, {"debut": "", "texte": ""}).status_code == 302  # nothing is asked of what is switched off
    assert not active(desk)[1]
    assert "Pour les collègues." in body(desk.get(PAGE))  # for the next time


def test_whom_to_call_stands_at_the_end_of_what_is_answered(desk: MailBrowser) -> None:
    sent = {**BOTH, "debut": "2030-12-20", "fin": "2030-12-24", "urgence": "Karim Belkacem, 03 22 00 00 00"}
    aside = body(desk.post(PAGE, {**sent, "apercu": "1"}, **HTMX)).partition('id="apercu-corps"')[2]
    assert "En cas d’urgence\u00a0: Karim Belkacem" in aside
    desk.post(PAGE, sent)
    kept = Preferences.objects.get()
    assert kept.absence_text.endswith("Karim Belkacem, 03 22 00 00 00")
    assert "Karim" not in kept.absence_outside


def test_the_preview_follows_what_is_typed_also_without_dates(desk: MailBrowser) -> None:
    sent: dict[str, object] = {"reponse": "1", "debut": "", "fin": "", "texte": "Je tape.", "apercu": "1"}
    answer = desk.post(PAGE, sent, **HTMX)
    assert (answer.status_code, "Je tape." in body(answer).partition('id="apercu-corps"')[2]) == (200, True)
    assert not Preferences.objects.exists()


def test_another_text_that_is_empty_is_asked_for(desk: MailBrowser) -> None:
    response = desk.post(PAGE, {**BOTH, "texte_ailleurs": " "})
    assert response.status_code == 422
    assert "Écrivez ce qu’ils liront" in body(response)
    assert not Preferences.objects.exists()


def test_a_preview_of_both_keeps_nothing(desk: MailBrowser) -> None:
    page = body(desk.post(PAGE, {**BOTH, "debut": "2030-12-21", "fin": "2030-12-24", "apercu": "1"}))
    aside = page.partition('<aside class="preview"')[2]
    assert "Pour les collègues." in aside
    assert "Pour les autres." in aside
    assert "Tous les autres" in aside
    assert not Preferences.objects.exists()
    assert not active(desk)[1]


def test_the_page_says_the_day_of_return_and_widens_in_one_press(desk: MailBrowser) -> None:
    monday, friday = "2030-12-02", "2030-12-06"
    page = body(desk.post(PAGE, {**BOTH, "debut": monday, "fin": friday, "apercu": "1"}))
    assert "Jour de retour\u00a0: lundi 9\u00a0décembre" in page
    wider = re.search(r'name="elargir" value="([^"]+)"', page)
    assert wider
    assert wider[1] == "2030-11-30 2030-12-08"
    page = body(desk.post(PAGE, {**BOTH, "debut": monday, "fin": friday, "elargir": wider[1]}))
    assert 'name="debut" value="2030-11-30"' in page
    assert 'name="fin" value="2030-12-08"' in page
    assert 'name="elargir"' not in page
    assert "Pour les autres." in page
    assert not Preferences.objects.exists()
    assert desk.post(PAGE, {**BOTH, "elargir": "n’importe quoi"}).status_code == 422


@pytest.mark.parametrize(
    ("first", "last", "said", "wider"),
    [
        # A week of work: the week-ends around it are offered.
        (date(2027, 1, 11), date(2027, 1, 15), ["retour\u00a0: lundi 18"], (date(2027, 1, 9), date(2027, 1, 17))),
        # Christmas holidays as the zone has them: both ends are week-ends, nothing to add.
        (
            date(2026, 12, 19), date(2027, 1, 3),
            ["samedi 19\u00a0décembre, n’est pas travaillé", "vendredi 18\u00a0décembre", "dimanche 3", "lundi 4"],
            None,
        ),
        # The eve of a public holiday that makes a long week-end.
        (
            date(2027, 5, 13), date(2027, 5, 17),
            ["lundi 17\u00a0mai, n’est pas travaillé (jour férié)", "mardi 18\u00a0mai"],
            None,
        ),
        # Back while the zone is on holiday: offices work, classes do not.
        (
            date(2027, 2, 15), date(2027, 2, 19), ["lundi 22\u00a0février", "vacances d’hiver", "lundi 8\u00a0mars"],
            (date(2027, 2, 13), date(2027, 2, 21)),
        ),
    ],
)  # fmt: skip
def test_what_the_calendar_says(first: date, last: date, said: list[str], wider: tuple[date, date] | None) -> None:
    found = absence_calendar.absence_hint(first, None, last, None)
    words = " ".join(found.said)
    for part in said:
        assert part in words
    assert found.wider == wider


def test_with_an_hour_the_return_is_that_day() -> None:
    found = absence_calendar.absence_hint(date(2027, 1, 12), hour(14), date(2027, 1, 14), hour(10, 30))
    assert found.said == ["Jour de retour\u00a0: jeudi 14\u00a0janvier à 10\u00a0h\u00a030."]
    assert found.wider is None
    saturday = absence_calendar.absence_hint(date(2027, 1, 12), None, date(2027, 1, 16), hour(12))
    assert "lundi 18" in " ".join(saturday.said)


def times_sunk(*words: str) -> int:
    files = [file.read_text(errors="replace") for file in (data_folder() / "sink").iterdir()]
    return sum(all(word in text for word in words) for text in files)
