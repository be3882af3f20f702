"""« Les services », on the person's side: each kind from its form to the office, what is refused, what is withdrawn."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.career import retention
from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.models import Campaign, Kind, RequestDocument, ServiceRequest
from vaguemestre.career.requests import campaigns, drafts, status_changes
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.career.tests.requesting import (
    FACTS,
    IBAN,
    PDF,
    acts,
    address,
    begin,
    bring,
    fill,
    make_campaign,
    send,
    sent,
)
from vaguemestre.courier.models import Parcel
from vaguemestre.testing import make_account, make_person


def test_a_change_of_address_from_the_form_to_the_office(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    assert begin(browser).pk == one.pk, "a draft begun twice is one"
    assert fill(browser, one) == 302
    assert send(browser, one).status_code == 422, "a required document is missing"
    assert bring(browser, one, "domicile").status_code == 302
    review = browser.get(address("request-review", one)).content.decode()
    assert "3 rue des Prés" in review
    assert send(browser, one).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.version) == ("sent", 1)
    page = browser.get(address("request", one)).content.decode()
    assert "Votre bureau gestionnaire l’a reçue." in page
    assert acts(office.teacher.key) == ["career.request-sent"]
    mail = Parcel.objects.get()
    assert mail.to == office.teacher.address
    assert address("request", one) in mail.text
    assert not any(word in mail.text + mail.subject for word in ("Prés", "dresse", "piece"))
    # Once it is gone, its steps are no longer there to change.
    assert fill(browser, one, street="Ailleurs") == 409
    assert bring(browser, one, "autre").status_code == 409
    assert one.documents.count() == 1
    assert send(browser, one).status_code == 409
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize("kind", [Kind.BANK, Kind.LEAVE, Kind.ALLOWANCE, Kind.PART_TIME])
def test_each_other_kind_reaches_the_office(office: Office, enter: Enter, kind: str) -> None:
    browser = enter(office.teacher)
    campaign = make_campaign(kind, documents=["situation"]) if kind == Kind.PART_TIME else None
    one = begin(browser, kind, campaign)
    assert fill(browser, one) == 302
    for slot in drafts.required_documents(one):
        bring(browser, one, slot)
    assert send(browser, one).status_code == 302
    queue = enter(office.somme).get(reverse("career:desk-requests"))
    assert [row.pk for row in queue.context["found"]] == [one.pk]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Kind.ADDRESS, {"postal_code": "8000"}),
        (Kind.ADDRESS, {"street": ""}),
        (Kind.ADDRESS, {"starts": "2087-01-01"}),
        (Kind.BANK, {"iban": "FR14 2004 1010 0505 0001 3M02 607"}),
        (Kind.BANK, {"iban": "FR142004101005050001"}),
        (Kind.BANK, {"iban": ""}),
        (Kind.LEAVE, {"ends": "2020-01-01"}),
        (Kind.LEAVE, {"sort": "vacances"}),
        (Kind.ALLOWANCE, {"text": "   "}),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    office: Office, enter: Enter, kind: str, wrong: dict[str, str]
) -> None:
    browser = enter(office.teacher)
    one = begin(browser, kind)
    assert fill(browser, one, **wrong) == 422
    one.refresh_from_db()
    assert (one.facts, one.iban_sealed) == ({}, "")


def test_part_time_only_by_the_shares_of_the_list(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser, Kind.PART_TIME, make_campaign(Kind.PART_TIME))
    assert [fill(browser, one, quota=share) for share in ("75", "100", "80")] == [422, 422, 302]


def test_an_iban_is_sealed_and_shown_masked(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser, Kind.BANK)
    fill(browser, one)
    bring(browser, one, "rib")
    one.refresh_from_db()
    plain = IBAN.replace(" ", "")
    assert plain not in str(one.facts) + one.iban_sealed
    for name in ("request-facts", "request-review"):
        text = browser.get(address(name, one)).content.decode()
        assert "FR14 •••• 2606" in text
        assert plain not in text.replace(" ", "")
    # An empty field keeps it.
    assert fill(browser, one, iban="", holder="M. Lefèvre") == 302
    before = one.iban_sealed
    one.refresh_from_db()
    assert (one.iban_sealed, one.facts) == (before, {"holder": "M. Lefèvre"})
    send(browser, one)
    officer = enter(office.somme)
    page = officer.get(address("desk-request", one)).content.decode()
    assert plain not in page.replace(" ", "")
    shown = officer.post(address("desk-account-number", one))
    assert shown.context["number"] == IBAN
    assert "career.iban-seen" in acts(office.teacher.key)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.pdf", b"MZ\x90\0 %PDF-1.7"),
        ("page.pdf", b"<html><script>alert(1)</script>%PDF-1.4"),
        ("essai.sh", b"#!/bin/sh\nrm -rf /\n"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("archive.zip", b"PK\x03\x04"),
        ("bombe.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\x02\0\0\0"),
        ("lourd.pdf", PDF + b"\0" * attached_files.LARGEST),
    ],
)
def test_a_document_that_is_a_script_or_a_bomb_leaves_nothing(
    office: Office, enter: Enter, name: str, content: bytes
) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    answer = bring(browser, one, "domicile", name, content)
    assert answer.status_code == 422
    assert answer.context["refused"]
    assert not RequestDocument.objects.exists()
    assert not list(Path(django_settings.CAREER["files"]).iterdir())


def test_a_document_goes_to_the_two_sides_and_is_saved_not_opened(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    bring(browser, one, "domicile", "facture é.html")
    piece = RequestDocument.objects.get()
    mine, desk = reverse("career:request-document", args=[piece.pk]), reverse("career:desk-document", args=[piece.pk])
    somme, oise = enter(office.somme), enter(office.oise)
    assert somme.get(desk).status_code == 404, "a draft is the person's own"
    fill(browser, one)
    send(browser, one)
    for answer in (browser.get(mine), somme.get(desk)):
        assert b"".join(answer) == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''facture%20%C3%A9.html.pdf"
        assert answer.headers["Content-Security-Policy"] == attached_files.ALONE
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    colleague = enter(make_account(make_person("Karim", "Belkacem")))
    for stranger in (oise, colleague):
        assert [stranger.get(page).status_code for page in (mine, desk)] == [404, 404]
    assert acts(office.teacher.key) == ["career.request-sent", "career.document-seen"]
    assert attached_files.path_of(piece).stat().st_mode & 0o777 == 0o600


def test_a_document_is_removed_while_it_is_the_person_s(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    bring(browser, one, "domicile")
    removal = reverse("career:request-document-removal", args=[RequestDocument.objects.get().pk])
    colleague = enter(make_account(make_person("Karim", "Belkacem")))
    assert colleague.post(removal).status_code == 404
    assert browser.post(removal).status_code == 302
    assert not RequestDocument.objects.exists()
    one = sent(browser)
    removal = reverse("career:request-document-removal", args=[one.documents.get().pk])
    assert browser.post(removal).status_code == 409
    assert one.documents.count() == 1


def test_somebody_else_s_request_is_no_request(office: Office, enter: Enter) -> None:
    one = begin(enter(office.teacher))
    colleague = enter(make_account(make_person("Karim", "Belkacem")))
    for name in ("request", "request-facts", "request-wishes", "request-documents", "request-review"):
        assert colleague.get(address(name, one)).status_code == 404
        assert colleague.get(reverse(f"career:{name}", args=[uuid4()])).status_code == 404
    for name in ("request-facts", "request-wishes", "request-wish-order", "request-wish-removal", "request-documents",
                 "request-sending", "request-withdrawal", "request-removal"):  # fmt: skip
        assert colleague.post(address(name, one), FACTS[one.kind]).status_code == 404
    assert ServiceRequest.objects.get().state == "draft"


def test_a_forged_state_is_nothing(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    forged = {"state": "accepted", "version": "9", "sent_at": "2026-01-01", "reason": "x", "facts": "{}"}
    fill(browser, one, **forged)
    bring(browser, one, "domicile")
    browser.post(address("request-sending", one), forged)
    one.refresh_from_db()
    assert (one.state, one.version, one.reason) == ("sent", 1, "")
    assert set(one.facts) == {"complement", "street", "postal_code", "city", "starts"}
    # And of no kind that is not one.
    assert browser.post(reverse("career:new-request"), {"demande": "promotion"}).status_code == 422


def test_a_request_is_withdrawn_until_it_is_decided(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = sent(browser)
    assert browser.post(address("request-withdrawal", one)).status_code == 302
    assert browser.post(address("request-withdrawal", one)).status_code == 409
    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert [mail.subject for mail in Parcel.objects.order_by("pk")][-1].endswith("votre demande est retirée")
    assert Parcel.objects.count() == 2
    assert [event.state for event in one.events.order_by("pk")] == ["sent", "withdrawn"]


def test_a_draft_is_deleted_with_its_documents(
    office: Office, enter: Enter, django_capture_on_commit_callbacks: object
) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    bring(browser, one, "domicile")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert browser.post(address("request-removal", one)).status_code == 302
    assert not ServiceRequest.objects.exists()
    assert not list(Path(django_settings.CAREER["files"]).iterdir())
    one = sent(browser)
    assert browser.post(address("request-removal", one)).status_code == 409


def test_until_the_last_second_and_not_one_later(office: Office, enter: Enter) -> None:
    browser, campaign = enter(office.teacher), make_campaign(Kind.PART_TIME)
    one = begin(browser, Kind.PART_TIME, campaign)
    fill(browser, one)
    one.refresh_from_db()
    with pytest.raises(drafts.NotOpenError):
        drafts.send_request(one, now=campaign.closes_at + timedelta(seconds=1))
    assert ServiceRequest.objects.get().state == "draft"
    assert not Parcel.objects.exists()
    drafts.send_request(one, now=campaign.closes_at)
    assert ServiceRequest.objects.get().state == "sent"


def test_a_campaign_that_is_over_says_so(office: Office, enter: Enter) -> None:
    browser, campaign = enter(office.teacher), make_campaign(Kind.PART_TIME)
    one = begin(browser, Kind.PART_TIME, campaign)
    fill(browser, one)
    Campaign.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    answer = send(browser, one)
    assert answer.status_code == 422
    assert "Elle a fermé le" in answer.context["refused"]


@pytest.mark.parametrize(
    "changed", [{"department": "60"}, {"corps": "PLP"}, {"opens_at": timezone.now() + timedelta(days=1)}]
)
def test_a_campaign_is_for_those_it_concerns_when_it_is_open(
    office: Office, enter: Enter, changed: dict[str, Any]
) -> None:
    browser = enter(office.teacher)
    campaign = make_campaign(**changed)
    answer = browser.post(reverse("career:new-request"), {"demande": Kind.TRANSFER, "campagne": campaign.pk})
    assert answer.status_code == 422
    assert not ServiceRequest.objects.exists()
    # Nor through the campaign of another kind, nor without one.
    other = make_campaign(Kind.PART_TIME)
    for said in ({"campagne": other.pk}, {}, {"campagne": "-1"}):
        assert browser.post(reverse("career:new-request"), {"demande": Kind.TRANSFER, **said}).status_code == 422


def test_who_left_the_department_meanwhile_sends_no_more(office: Office, enter: Enter) -> None:
    browser, campaign = enter(office.teacher), make_campaign(Kind.PART_TIME, department="80")
    one = begin(browser, Kind.PART_TIME, campaign)
    fill(browser, one)
    office.teacher.person.department = "60"
    office.teacher.person.save()
    assert send(browser, one).status_code == 422


def test_one_request_a_campaign_and_another_after_a_withdrawal(office: Office, enter: Enter) -> None:
    browser, campaign = enter(office.teacher), make_campaign(Kind.PART_TIME)
    first = begin(browser, Kind.PART_TIME, campaign)
    assert begin(browser, Kind.PART_TIME, campaign).pk == first.pk
    fill(browser, first)
    send(browser, first)
    assert begin(browser, Kind.PART_TIME, campaign).pk == first.pk
    browser.post(address("request-withdrawal", first))
    assert begin(browser, Kind.PART_TIME, campaign).pk != first.pk


def test_the_page_says_what_is_open_and_until_when(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    text = browser.get(reverse("career:requests")).content.decode()
    assert "Aucune campagne ne vous est ouverte en ce moment." in text
    make_campaign(title="Mouvement à venir", opens_at=timezone.now() + timedelta(days=2))
    running = make_campaign(title="Mouvement ouvert")
    offers = browser.get(reverse("career:requests")).context["offers"]
    assert {one.title: one.can_begin for one in offers if one.campaign} == {
        "Mouvement à venir": False, "Mouvement ouvert": True,
    }  # fmt: skip
    begin(browser, Kind.TRANSFER, running)
    text = browser.get(reverse("career:requests")).content.decode()
    assert "Un brouillon" in text
    assert " style=" not in text


def test_a_campaign_of_a_corps_is_for_that_corps(office: Office) -> None:
    campaign = make_campaign(corps="Certifié")
    person = office.teacher.person
    assert campaigns.campaigns_for_person(person, timezone.now()) == [campaign]
    person.corps = None
    assert campaigns.campaigns_for_person(person, timezone.now()) == []


def test_octets_of_requests_are_kept_by_the_sweep(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    bring(browser, begin(browser), "domicile")
    folder = Path(django_settings.CAREER["files"])
    (folder / str(uuid4())).write_bytes(b"undone")
    attached_files.sweep(timezone.now() + timedelta(days=3))
    assert [place.name for place in folder.iterdir()] == [str(RequestDocument.objects.get().pk)]


def test_a_purge_takes_requests_and_documents_along(
    office: Office, enter: Enter, django_capture_on_commit_callbacks: object
) -> None:
    sent(enter(office.teacher))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        retention.forget_account(office.teacher.key, timezone.now())
    assert not ServiceRequest.objects.exists()
    assert not list(Path(django_settings.CAREER["files"]).iterdir())


def test_two_windows_the_second_is_told(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    one = sent(browser)
    with pytest.raises(status_changes.OvertakenError):
        drafts.discard_draft(one)
    answer = browser.post(address("request-facts", one), FACTS[one.kind])
    assert answer.status_code == 409
    assert "a changé entre-temps" in answer.context["refused"]


# The session, the officer's function for those who may be one, letters unread; then what the page is about.
PAGES = {"request-facts": 5, "request-documents": 6, "request-review": 8}


@pytest.mark.parametrize("name", PAGES)
def test_questions_of_a_step(
    office: Office, enter: Enter, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = enter(office.teacher)
    one = begin(browser)
    fill(browser, one)
    for number in range(4):
        bring(browser, one, "domicile", f"{number}.pdf")
    with django_assert_num_queries(PAGES[name]):
        browser.get(address(name, one))


def test_questions_of_the_page_do_not_grow_with_it(
    office: Office, enter: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = enter(office.teacher)
    for number in range(4):
        make_campaign(title=f"Campagne {number}")
        one = sent(browser)
    with django_assert_num_queries(4):
        browser.get(reverse("career:requests"))
    with django_assert_num_queries(5):
        browser.get(address("request", one))


def test_an_officer_asks_as_anybody_and_never_decides_on_their_own(office: Office, enter: Enter) -> None:
    mine: Account = office.somme
    one = sent(enter(mine))
    assert enter(mine).get(address("desk-request", one)).status_code == 404
    assert enter(office.rectorat).get(address("desk-request", one)).status_code == 200
