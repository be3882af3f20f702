"""The HR officer's side: the queue, decisions and their preview, two officers at once, campaigns, the table."""

import csv
import io
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.audit.models import Entry
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.requests import decisions, status_changes
from vaguemestre.career.requests.status_changes import State
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.career.tests.requesting import acts, address, begin, bring, decide, fill, make_campaign, send, sent
from vaguemestre.courier.models import Parcel
from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen
from vaguemestre.testing import make_account, make_person


def colleagues(enter: Enter, count: int) -> list[ServiceRequest]:
    return [sent(enter(make_account(make_person(f"Prénom{n}", "Dupont")))) for n in range(count)]


def bulk(
    browser: Client, rows: list[ServiceRequest], decision: str = "accepted", reason: str = ""
) -> dict[str, object]:
    return {"choix": [f"{one.pk}:{one.version}" for one in rows], "decision": decision, "reason": reason}


def test_taken_in_charge_then_decided_and_read(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.somme)
    one = sent(teacher)
    assert officer.get(address("desk-request", one)).status_code == 200
    assert officer.post(address("desk-examination", one), {"version": one.version}).status_code == 302
    assert "Prise en charge" in teacher.get(address("request", one)).context["standing"]
    one.refresh_from_db()
    assert decide(officer, one, "refused").status_code == 422, "without a reason"
    assert decide(officer, one, "refused", reason="Le justificatif est trop ancien.").status_code == 302
    page = teacher.get(address("request", one)).content.decode()
    assert "Le justificatif est trop ancien." in page
    assert acts(office.teacher.key) == [
        "career.request-sent", "career.request-seen", "career.request-taken", "career.request-seen",
        "career.request-refused",
    ]  # fmt: skip
    mails = list(Parcel.objects.order_by("pk"))
    assert [mail.to for mail in mails] == [office.teacher.address] * 3
    assert not any("ancien" in mail.text + mail.subject or "Refus" in mail.text + mail.subject for mail in mails)
    # Decided, it is neither withdrawn nor decided again.
    assert teacher.post(address("request-withdrawal", one)).status_code == 409
    one.refresh_from_db()
    assert decide(officer, one).status_code == 409
    assert [event.state for event in one.events.order_by("pk")] == ["sent", "received", "refused"]


def test_documents_asked_for_are_brought_and_sent_again(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.somme)
    campaign = make_campaign(Kind.PART_TIME)
    one = begin(teacher, Kind.PART_TIME, campaign)
    fill(teacher, one)
    send(teacher, one)
    one.refresh_from_db()
    decide(officer, one, "asked", reason="Le livret de famille.")
    Campaign.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert "Le livret de famille." in teacher.get(address("request-documents", one)).content.decode()
    assert fill(teacher, one, quota="50") == 409, "the rest is as it was sent"
    assert send(teacher, one).status_code == 422, "nothing was brought"
    assert bring(teacher, one, "livret").status_code == 302
    incomplete = {"etat": "incompletes"}
    assert officer.get(reverse("career:desk-requests"), incomplete).context["found"].paginator.count == 1
    assert send(teacher, one).status_code == 302, "after the end: the office has asked for it"
    one.refresh_from_db()
    assert one.state == "sent"
    assert officer.get(reverse("career:desk-requests"), incomplete).context["found"].paginator.count == 0
    assert decide(officer, one).status_code == 302


def test_a_second_decision_is_refused_in_words_and_sends_nothing(office: Office, enter: Enter) -> None:
    one = sent(enter(office.teacher))
    first, second = enter(office.somme), enter(office.rectorat)
    for officer in (first, second):
        officer.get(address("desk-request", one))
    assert decide(first, one).status_code == 302
    mails = Parcel.objects.count()
    answer = decide(second, one, "refused", reason="Non.")
    assert answer.status_code == 409
    assert "n’est pas enregistrée" in answer.context["refused"]
    one.refresh_from_db()
    assert (one.state, one.reason, Parcel.objects.count()) == ("accepted", "", mails)
    assert one.events.count() == 2


def test_a_decision_on_what_was_sent_again_meanwhile_is_refused(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.somme)
    one = sent(teacher)
    shown = one.version
    decisions.decide_request(
        one, _officer(office), State.ASKED, "Un autre justificatif.", version=shown, now=timezone.now()
    )
    bring(teacher, one, "domicile")
    send(teacher, one)
    assert officer.post(address("desk-decision", one), {"decision": "accepted", "version": shown}).status_code == 409
    one.refresh_from_db()
    assert one.state == "sent"


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_is_taken(office: Office, enter: Enter) -> None:
    one, officer = sent(enter(office.teacher)), _officer(office)
    start, outcomes = threading.Barrier(2), []

    def deciding_at_once(decision: State) -> None:
        try:
            start.wait(30)
            decisions.decide_request(one, officer, decision, "Motif.", version=one.version, now=timezone.now())
            outcomes.append("taken")
        except status_changes.OvertakenError:
            outcomes.append("overtaken")
        finally:
            connection.close()

    threads = [threading.Thread(target=deciding_at_once, args=(kind,)) for kind in (State.ACCEPTED, State.REFUSED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["overtaken", "taken"]
    assert one.events.count() == 2
    assert Parcel.objects.count() == 2  # its arrival, one decision


@pytest.mark.parametrize(
    "said", [{"decision": "sent"}, {"decision": "draft"}, {"decision": ""}, {"version": "x"}, {"version": "-1"}]
)
def test_a_forged_decision(office: Office, enter: Enter, said: dict[str, str]) -> None:
    one = sent(enter(office.teacher))
    assert decide(enter(office.somme), one, **{"decision": "accepted", **said}).status_code in {409, 422}
    one.refresh_from_db()
    assert one.state == "sent"


def test_only_the_officers_who_serve_the_person(office: Office, enter: Enter) -> None:
    teacher = enter(office.teacher)
    one = sent(teacher)
    oise, colleague = enter(office.oise), enter(make_account(make_person("Karim", "Belkacem")))
    for browser in (oise, colleague, teacher):
        assert browser.get(address("desk-request", one)).status_code == 404
        assert decide(browser, one).status_code == 404
        for name in ("desk-examination", "desk-account-number"):
            assert browser.post(address(name, one), {"version": one.version}).status_code == 404
    for name in ("desk-requests", "desk-export", "desk-campaigns", "desk-new-campaign"):
        assert [browser.get(reverse(f"career:{name}")).status_code for browser in (teacher, oise)] == [404, 200]
    assert oise.get(reverse("career:desk-requests")).context["found"].paginator.count == 0
    # In bulk neither: what is not served is not there.
    seen = oise.post(reverse("career:desk-preview"), bulk(oise, [one]))
    assert seen.context["happening"] == seen.context["left"] == []
    done = oise.post(reverse("career:desk-decisions"), bulk(oise, [one]))
    assert (done.context["done"], done.context["left"]) == ([], [])
    assert teacher.post(reverse("career:desk-decisions"), bulk(teacher, [one])).status_code == 404
    one.refresh_from_db()
    assert one.state == "sent"
    assert not Entry.objects.filter(actor=office.oise.key, subject=office.teacher.key).exists()


def test_a_draft_is_not_in_the_queue_nor_at_its_address(office: Office, enter: Enter) -> None:
    one, officer = begin(enter(office.teacher)), enter(office.somme)
    assert officer.get(address("desk-request", one)).status_code == 404
    assert officer.get(reverse("career:desk-requests"), {"etat": "toutes"}).context["found"].paginator.count == 0


def test_decisions_in_bulk_after_their_preview(office: Office, enter: Enter) -> None:
    rows, officer = colleagues(enter, 4), enter(office.somme)
    decided = rows[3]
    decide(officer, decided)
    mails = Parcel.objects.count()
    shown = officer.post(reverse("career:desk-preview"), bulk(officer, rows))
    assert shown.status_code == 200
    assert [one.request.pk for one in shown.context["happening"]] == [row.pk for row in rows[:3]]
    assert [one.request.pk for one in shown.context["left"]] == [decided.pk]
    assert Parcel.objects.count() == mails, "a preview changes nothing"
    assert set(ServiceRequest.objects.exclude(pk=decided.pk).values_list("state", flat=True)) == {"sent"}
    # One is decided meanwhile by a colleague: it is left alone and named.
    decide(enter(office.rectorat), rows[0], "refused", reason="Non.")
    tokens = [one.request.token for one in shown.context["happening"]]
    recorded = officer.post(reverse("career:desk-decisions"), {"choix": tokens, "decision": "accepted"})
    assert recorded.context["done"] == rows[1:3]
    assert recorded.context["left"] == rows[:1]
    assert Parcel.objects.count() == mails + 3
    # The same answer sent a second time does nothing more.
    again = officer.post(reverse("career:desk-decisions"), {"choix": tokens, "decision": "accepted"})
    assert (again.context["done"], len(again.context["left"])) == ([], 3)
    assert Parcel.objects.count() == mails + 3


def test_a_bulk_decision_needs_requests_and_reasons(office: Office, enter: Enter) -> None:
    rows, officer = colleagues(enter, 1), enter(office.somme)
    page = reverse("career:desk-preview")
    assert officer.post(page, {"decision": "accepted"}).status_code == 422
    assert officer.post(page, {"choix": ["x:y", "::", ""], "decision": "accepted"}).status_code == 422
    assert officer.post(page, bulk(officer, rows, "refused")).status_code == 422
    assert officer.post(reverse("career:desk-decisions"), bulk(officer, rows, "refused")).status_code == 422
    assert ServiceRequest.objects.get().state == "sent"


def test_the_queue_by_kind_campaign_state_department_and_corps(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.rectorat)
    sent(teacher)
    campaign = make_campaign(Kind.PART_TIME)
    one = begin(teacher, Kind.PART_TIME, campaign)
    fill(teacher, one)
    send(teacher, one)

    def shown(**asked: str | int) -> int:
        return int(officer.get(reverse("career:desk-requests"), asked).context["found"].paginator.count)

    def says_since_when(**asked: str) -> bool:
        return "La plus ancienne d’abord" in officer.get(reverse("career:desk-requests"), asked).content.decode()

    assert [shown(), shown(etat="acceptees"), shown(etat="toutes"), shown(etat="x")] == [2, 0, 2, 2]
    assert [says_since_when(), says_since_when(etat="acceptees")] == [True, False]
    assert [shown(demande=Kind.ADDRESS), shown(demande=Kind.LEAVE), shown(demande="x")] == [1, 0, 2]
    assert [shown(campagne=campaign.pk), shown(campagne=campaign.pk + 1), shown(campagne="x")] == [1, 0, 2]
    assert [shown(departement="80"), shown(departement="60"), shown(corps="Certifié"), shown(corps="PLP")] == [
        2,
        0,
        2,
        0,
    ]


def test_the_table_runs_nothing_and_tells_no_number(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.somme)
    numen = Numen("20E0312345ABC")
    Person.objects.filter(pk=office.teacher.person.pk).update(
        numen_lookup=numen.lookup, numen_cipher=numen.encrypted(), last_name="=HYPERLINK(1)"
    )
    one = begin(teacher, Kind.ALLOWANCE)
    fill(teacher, one, text="=cmd|' /C calc'!A0")
    bring(teacher, one, "situation")
    send(teacher, one)
    one.refresh_from_db()
    decide(officer, one, "refused", reason="@SUM(1+1)")
    bank = begin(teacher, Kind.BANK)
    fill(teacher, bank)
    bring(teacher, bank, "rib")
    send(teacher, bank)
    answer = officer.get(reverse("career:desk-export"), {"etat": "toutes"})
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
    assert "20E0312345ABC" not in text
    assert "3M02" not in text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="demandes.csv"'
    assert Entry.objects.filter(actor=office.somme.key, act="career.requests-exported").count() == 1
    assert len(list(csv.reader(io.StringIO(
        b"".join(enter(office.oise).get(reverse("career:desk-export"), {"etat": "toutes"})).decode("utf-8-sig")
    )))) == 1  # fmt: skip


def _campaign(**more: object) -> dict[str, object]:
    return {
        "kind": Kind.TRANSFER, "title": "Mouvement de la Somme", "opens_at": "2026-11-01T08:00",
        "closes_at": "2099-12-16T12:00", "department": "80", "corps": "", "documents": ["livret"], "most_wishes": "5",
        **more,
    }  # fmt: skip


def test_a_campaign_is_opened_changed_and_closed(office: Office, enter: Enter) -> None:
    officer, teacher = enter(office.somme), enter(office.teacher)
    assert officer.post(reverse("career:desk-new-campaign"), _campaign()).status_code == 302
    made = Campaign.objects.get()
    assert (made.documents, made.most_wishes, made.signed) == (["livret"], 5, office.somme.display_name)
    assert timezone.localtime(made.closes_at).hour == 12
    page = reverse("career:desk-campaign", args=[made.pk])
    assert officer.post(page, _campaign(title="Mouvement 2099", kind=Kind.PART_TIME)).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.kind) == ("Mouvement 2099", Kind.TRANSFER)
    one = begin(teacher, Kind.TRANSFER, made)
    closing = reverse("career:desk-campaign-closing", args=[made.pk])
    for _twice in range(2):
        assert officer.post(closing).status_code == 302
    made.refresh_from_db()
    assert made.closes_at <= timezone.now()
    assert send(teacher, one).status_code == 422
    said = Entry.objects.filter(actor=office.somme.key, act__startswith="career.campaign").order_by("pk")
    assert [entry.act for entry in said] == [
        "career.campaign-opened", "career.campaign-changed", "career.campaign-closed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"closes_at": "2026-10-01T08:00"}, {"opens_at": "bientôt"}, {"department": "60"},
        {"department": ""}, {"kind": Kind.ADDRESS}, {"documents": ["passeport"]}, {"most_wishes": "0"},
    ],
)  # fmt: skip
def test_a_campaign_with_a_mistake(office: Office, enter: Enter, wrong: dict[str, object]) -> None:
    answer = enter(office.somme).post(reverse("career:desk-new-campaign"), _campaign(**wrong))
    assert answer.status_code == 422
    assert not Campaign.objects.exists()


def test_a_campaign_of_the_whole_academie_is_the_rectorat_s_to_change(office: Office, enter: Enter) -> None:
    whole, oise = make_campaign(title="Académique"), make_campaign(title="Oise", department="60")
    somme, rectorat = enter(office.somme), enter(office.rectorat)
    for one in (whole, oise):
        page = reverse("career:desk-campaign", args=[one.pk])
        assert [somme.get(page).status_code, rectorat.get(page).status_code] == [404, 200]
        assert somme.post(reverse("career:desk-campaign-closing", args=[one.pk])).status_code == 404
    rows = somme.get(reverse("career:desk-campaigns")).context["rows"]
    assert [row[0].title for row in rows] == ["Académique"]
    # And the rectorat may open one for everybody.
    assert rectorat.post(reverse("career:desk-new-campaign"), _campaign(department="")).status_code == 302


def test_questions_of_the_officer_s_pages(
    office: Office, enter: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows, officer = colleagues(enter, 4), enter(office.somme)
    for name, count in (("desk-requests", QUEUE), ("desk-campaigns", 4)):
        officer.get(reverse(f"career:{name}"))
        with django_assert_num_queries(count):
            officer.get(reverse(f"career:{name}"))
    with django_assert_num_queries(REQUEST):
        officer.get(address("desk-request", rows[0]))
    with django_assert_num_queries(PREVIEW):
        officer.post(reverse("career:desk-preview"), bulk(officer, rows))


def test_questions_do_not_grow_with_the_queue(
    office: Office, enter: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now, officer = timezone.now(), enter(office.somme)
    ServiceRequest.objects.bulk_create(
        ServiceRequest(
            account=office.teacher,
            kind=Kind.LEAVE,
            state=State.SENT,
            changed_at=now,
            sent_at=now + timedelta(seconds=n),
        )
        for n in range(230)
    )
    page = reverse("career:desk-requests")
    officer.get(page)
    with django_assert_num_queries(QUEUE):
        shown = officer.get(page, {"par": "200", "page": "1"})
    assert len(shown.context["found"]) == 200
    with django_assert_num_queries(PREVIEW):
        preview = officer.post(reverse("career:desk-preview"), bulk(officer, list(shown.context["found"])))
    assert len(preview.context["happening"]) == 200


def test_the_filters_are_kept_from_the_list_to_the_decision_and_back(office: Office, enter: Enter) -> None:
    rows, officer = colleagues(enter, 3), enter(office.somme)
    kept = "?etat=a-traiter&demande=adresse&par=200"
    links = officer.get(reverse("career:desk-requests") + kept).content.decode()
    shown = address("desk-request", rows[0]) + kept
    assert shown.replace("&", "&amp;") in links
    first = officer.get(shown)
    assert first.context["next"] == rows[1]
    assert first.content.decode().count("demande=adresse") >= 4
    said = {"decision": "accepted", "reason": "", "version": first.context["found"].version}
    decided = officer.post(address("desk-decision", rows[0]) + kept, said)
    assert decided.headers["Location"] == shown
    assert officer.get(shown).context["next"] == rows[1]
    assert officer.get(address("desk-request", rows[2]) + kept).context["next"] is None
    preview = officer.post(reverse("career:desk-preview") + kept, bulk(officer, rows[1:]))
    assert reverse("career:desk-decisions") + kept.replace("&", "&amp;") in preview.content.decode()
    done = officer.post(
        reverse("career:desk-decisions") + kept,
        {"choix": [one.request.token for one in preview.context["happening"]], "decision": "accepted"},
    )
    assert reverse("career:desk-requests") + kept.replace("&", "&amp;") in done.content.decode()


# The session and whose posts the officer holds; then what the page is about.
QUEUE, REQUEST, PREVIEW = 8, 9, 5


def _officer(office: Office) -> HrOfficer:
    return HrOfficer(office.somme, frozenset({"80"}), frozenset())
