"""Lines of advice: each once, one a day, none to whoever wants none."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from vaguemestre.academy.facts import academy
from vaguemestre.portal.guidance.articles import read_articles
from vaguemestre.testing import Cast
from vaguemestre.webmail.compose import attached_files
from vaguemestre.webmail.compose.compose_form import AttachedFile, compose_form
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults, summary, tips
from vaguemestre.webmail.screens.settings_pages import summary_text
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.presets import Saying

URL = "/webmail/astuces/"
DAY = timedelta(days=1)
TEMPLATES = Path(tips.__file__).parent.parent / "templates" / "webmail"


def offered(desk: MailBrowser) -> list[str]:
    [names] = re.findall(r'data-offered="([^"]*)"', body(desk.get(desk.url())))
    return str(names).split()


def test_it_is_said_once_and_no_other_that_day(desk: MailBrowser, now: datetime) -> None:
    account = desk.mail.account
    assert offered(desk) == [name for name in tips.TIPS if name != tips.BACK]
    answer = desk.post(URL, {"astuce": "several"}, **HTMX)
    assert "tenez Maj" in body(answer)
    assert '/bv/aide/choisir-plusieurs/"' in body(answer)
    assert offered(desk) == []
    for again in ("several", "labels"):
        assert desk.post(URL, {"astuce": again}, **HTMX).status_code == 204
    assert tips.say_tip(account, "several", now + DAY) is None
    assert tips.say_tip(account, "labels", now + DAY) == tips.TIPS["labels"]
    assert Preferences.objects.get().tips["said"] == ["several", "labels"]
    assert Preferences.objects.get().chosen == []  # nobody has chosen anything


@pytest.mark.parametrize("wrong", ["", "autre", "back", "<b>"])
def test_what_is_not_offered_is_not_said(desk: MailBrowser, wrong: str) -> None:
    assert desk.post(URL, {"astuce": wrong}, **HTMX).status_code == 204
    assert Preferences.objects.get().tips == {}


def test_no_more_of_them_until_the_settings_say_so(desk: MailBrowser, now: datetime) -> None:
    desk.post(URL, {"astuce": "several"}, **HTMX)
    answer = desk.post(f"{URL}arret/", {}, **HTMX)
    assert "Plus aucune astuce" in body(answer)
    assert "button-small" in body(answer)
    assert offered(desk) == []
    assert tips.say_tip(desk.mail.account, "several", now) is None
    display = "/webmail/reglages/liste/"
    assert 'name="astuces" value="non" checked' in body(desk.get(display))
    desk.post(display, {"astuces": "oui"})
    assert "several" in offered(desk)  # whoever wants them again gets them again
    desk.post(URL, {"astuce": "several"}, **HTMX)
    desk.post(display, {"astuces": "oui", "densite": "compact"})
    assert offered(desk) == []
    assert desk.post(f"{URL}arret/", {"retour": "/webmail/"}).status_code == 302


def test_no_link_is_advised_where_no_file_travels_so(
    desk: MailBrowser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = academy()
    assert "heavy" in offered(desk)
    without = facts.model_copy(update={"links": facts.links.model_copy(update={"largest_mb": 0})})
    monkeypatch.setattr(tips, "academy", lambda: without)
    assert "heavy" not in offered(desk)
    assert tips.say_tip(desk.mail.account, "heavy", now) is None


def test_the_authority_may_want_none(desk: MailBrowser, says: Saying, now: datetime) -> None:
    says(offers_tips=(False, True))
    assert offered(desk) == []
    assert tips.say_tip(desk.mail.account, "several", now) is None
    authority_defaults.save_choices(desk.mail.account, now, offers_tips=True)
    assert summary.load_settings_summary(desk.mail.account, now).tips == ""


@pytest.mark.parametrize(("ended", "due"), [(-1, False), (0, True), (2, True), (4, False)])
def test_who_comes_back_from_an_absence_is_told_in_the_first_days(
    desk: MailBrowser, now: datetime, ended: int, due: bool
) -> None:
    ends = now - ended * DAY - timedelta(minutes=1)
    Preferences.objects.create(account=desk.mail.account, absence_on=True, absence_ends=ends, changed_at=now)
    assert (tips.BACK in offered(desk)) == due


def test_each_is_earned_by_something_and_leads_to_an_article() -> None:
    html = "\n".join(path.read_text("utf-8") for path in sorted(TEMPLATES.glob("**/*.html")))
    earned = set(re.findall(r'data-(?:earns|hints)="([a-z]+)', html))
    earned.add(summary_text.REDIRECTED)
    assert earned == set(tips.TIPS)
    assert {tip.article for tip in tips.TIPS.values()} <= set(read_articles("fr"))


def test_each_is_one_line_in_french() -> None:
    with translation.override("fr"):
        for name, tip in tips.TIPS.items():
            assert 40 < len(str(tip.said)) < 125, name


def test_what_is_there_earns_one(desk: MailBrowser) -> None:
    assert 'data-hints="operators"' in body(desk.get("/webmail/recherche/?q=rien+de+tel"))
    assert 'data-hints="operators"' not in body(desk.get("/webmail/recherche/?q=rien"))
    many = ", ".join(f"p{n}@exemple.test" for n in range(11))
    assert 'data-hints="many"' in body(desk.get(f"/webmail/ecrire/?mailto=mailto:{many}"))
    assert 'data-hints="many"' not in body(desk.get(f"/webmail/ecrire/?mailto=mailto:?bcc={many}"))


def test_files_that_take_more_than_half_of_a_message_earn_one(cast: Cast) -> None:
    empty = compose_form(MailboxAccess.own(cast.teacher), "0" * 32, DraftContent(), back="/").files
    file = AttachedFile(1, "film.mp4", "14 Mo")
    assert not empty.heavy
    assert replace(empty, attached=[file], limit=attached_files.size_limit() // 3).heavy
    assert not replace(empty, attached=[file], limit=attached_files.size_limit() * 2 // 3).heavy


def test_a_redirection_earns_one(desk: MailBrowser, now: datetime) -> None:
    with timezone.override("Europe/Paris"):
        [banner] = summary_text.banners(summary.SettingsSummary(target="x@exemple.test"), now)
    assert banner.earns == summary_text.REDIRECTED
