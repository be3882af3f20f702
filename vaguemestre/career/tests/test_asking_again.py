"""Refused in a campaign, a request is corrected and sent again while the campaign lasts."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.models import Campaign, Kind
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.career.tests.requesting import PDF, address, begin, bring, decide, fill, make_campaign, send


def test_a_refused_request_is_corrected_and_sent_again_while_its_campaign_lasts(office: Office, enter: Enter) -> None:
    browser, officer = enter(office.teacher), enter(office.rectorat)
    campaign = make_campaign(documents=["situation"])
    first = begin(browser, Kind.TRANSFER, campaign)
    fill(browser, first)
    browser.post(address("request-wishes", first), {"departement": "80"})
    bring(browser, first, "situation")
    send(browser, first)
    first.refresh_from_db()
    assert "Corriger" not in browser.get(address("request", first)).content.decode()
    decide(officer, first, "refused", reason="Il manque le livret.")
    page = browser.get(address("request", first)).content.decode()
    assert "Corriger et renvoyer" in page
    assert "Corriger et renvoyer" in browser.get(reverse("career:requests")).content.decode()
    second = begin(browser, Kind.TRANSFER, campaign)
    assert (second.follows, second.facts, second.wishes.count()) == (first, first.facts, 1)
    assert begin(browser, Kind.TRANSFER, campaign) == second
    assert "Corriger et renvoyer" not in browser.get(address("request", first)).content.decode()
    [copied] = second.documents.all()
    [kept] = first.documents.all()
    assert attached_files.path_of(copied).read_bytes() == attached_files.path_of(kept).read_bytes() == PDF
    fill(browser, second, text="Avec le livret de famille.")
    assert send(browser, second).status_code == 302
    first.refresh_from_db()
    assert (first.state, first.reason, first.facts["text"]) == (
        "refused", "Il manque le livret.", "Mon conjoint travaille à Corbie.",
    )  # fmt: skip
    page = officer.get(address("desk-request", second)).content.decode()
    assert "une première a été refusée" in page
    assert address("desk-request", first) in page
    assert "nouvelle demande" in officer.get(reverse("career:desk-requests")).content.decode()


def test_a_refused_request_stays_so_once_its_campaign_is_over(office: Office, enter: Enter) -> None:
    browser, officer = enter(office.teacher), enter(office.rectorat)
    campaign = make_campaign(Kind.PART_TIME)
    one = begin(browser, Kind.PART_TIME, campaign)
    fill(browser, one)
    send(browser, one)
    one.refresh_from_db()
    decide(officer, one, "refused", reason="Non.")
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert "Corriger" not in browser.get(address("request", one)).content.decode()
    said = {"demande": Kind.PART_TIME, "campagne": campaign.pk}
    assert browser.post(reverse("career:new-request"), said).status_code == 422
