"""The second person: never the author, nor whom the author appointed; exactly as it was read."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.circulars.approval import (
    ApprovalFault,
    ApprovalFaultError,
    approve,
    ask_approval,
    hand_back,
    possible_approvers,
    take_back,
)
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.testing import approved, draft, officer, second_person, submitted, teachers
from vaguemestre.courier.models import Parcel
from vaguemestre.lists.approval_rights import end_right
from vaguemestre.lists.models import ApprovalRight
from vaguemestre.lists.question import Question

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def fault(act: object) -> ApprovalFault:
    with pytest.raises(ApprovalFaultError) as caught:
        act()  # type: ignore[operator]
    return caught.value.fault


def test_it_leaves_once_another_has_approved_it() -> None:
    teachers(3)
    author, approver = officer(), second_person()
    circular = submitted(author, approver)
    assert circular.mailings.get().state == Dispatch.State.PREPARED
    approve(circular, approver, circular.digest, now=timezone.now())
    assert circular.mailings.get().state == Dispatch.State.SENDING
    assert {"circular.submitted", "circular.approved"} <= set(Entry.objects.values_list("act", flat=True))
    assert set(Parcel.objects.values_list("to", flat=True)) == {author.address, approver.address}


def test_the_author_is_not_among_those_who_approve() -> None:
    author, other = officer(), second_person()
    ApprovalRight.objects.create(
        holder=author, starts=TODAY, ends=TODAY, given_by="x", given_at=timezone.now(), confirmed_by="y",
        confirmed_at=timezone.now(),
    )  # fmt: skip
    assert [one.key for one in possible_approvers(author.key, TODAY)] == [other.key]
    teachers(1)
    assert fault(lambda: ask_approval(draft(author), author.key, author, now=timezone.now())) == ApprovalFault.APPROVER


def test_for_the_database_too() -> None:
    teachers(1)
    circular = submitted(officer(), second_person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Circular.objects.filter(pk=circular.pk).update(approver=circular.author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Circular.objects.filter(pk=circular.pk).update(state=Circular.State.APPROVED, digest="")


@pytest.mark.parametrize("act", ["given_by", "confirmed_by"])
def test_whom_the_author_appointed_within_a_month_does_not_approve(act: str) -> None:
    author, approver = officer(), second_person()
    right = ApprovalRight.objects.get(holder=approver)
    ApprovalRight.objects.filter(pk=right.pk).update(**{act: author.key})
    assert possible_approvers(author.key, TODAY) == []
    ApprovalRight.objects.filter(pk=right.pk).update(given_at=timezone.now() - timedelta(days=31))
    assert [one.key for one in possible_approvers(author.key, TODAY)] == [approver.key]


def test_a_right_that_ended_meanwhile_approves_nothing() -> None:
    teachers(1)
    approver = second_person()
    circular = submitted(officer(), approver)
    end_right(ApprovalRight.objects.get(holder=approver), by="x", now=timezone.now())
    seen = circular.digest
    assert fault(lambda: approve(circular, approver, seen, now=timezone.now())) == ApprovalFault.APPROVER


def test_another_than_who_was_asked_does_not_approve() -> None:
    teachers(1)
    circular, other = submitted(officer(), second_person()), second_person("Alain", "Autre")
    assert fault(lambda: approve(circular, other, circular.digest, now=timezone.now())) == ApprovalFault.CHANGED


@pytest.mark.parametrize("field", ["subject", "text", "reply_to", "author_name", "question"])
def test_what_changed_since_it_was_read_is_not_approved(field: str) -> None:
    teachers(1)
    approver = second_person()
    circular = submitted(officer(), approver)
    Circular.objects.filter(pk=circular.pk).update(**{field: "{}"})
    assert fault(lambda: approve(circular, approver, circular.digest, now=timezone.now())) == ApprovalFault.CHANGED


def test_one_recipient_more_is_a_change_as_well() -> None:
    teachers(1)
    approver = second_person()
    circular = submitted(officer(), approver)
    Delivery.objects.create(mailing=circular.mailings.get(), account=teachers(1)[0])
    assert fault(lambda: approve(circular, approver, circular.digest, now=timezone.now())) == ApprovalFault.CHANGED


def test_taken_back_it_is_a_draft_that_is_approved_again() -> None:
    teachers(1)
    approver = second_person()
    circular = submitted(officer(), approver)
    seen = circular.digest
    take_back(circular)
    assert circular.state == Circular.State.DRAFT
    assert not circular.mailings.exists()
    assert fault(lambda: approve(circular, approver, seen, now=timezone.now())) == ApprovalFault.CHANGED


def test_approved_it_is_taken_back_by_nobody() -> None:
    teachers(1)
    circular = approved(officer(), second_person())
    take_back(circular)
    assert circular.state == Circular.State.APPROVED
    assert circular.mailings.exists()


def test_handed_back_with_a_sentence_that_its_author_gets() -> None:
    teachers(1)
    author, approver = officer(), second_person()
    circular = submitted(author, approver)
    hand_back(circular, approver, "La date manque.", now=timezone.now())
    circular.refresh_from_db()
    assert (circular.state, circular.remark) == (Circular.State.RETURNED, "La date manque.")
    assert "La date manque." in Parcel.objects.get(to=author.address).text
    assert not circular.mailings.exists()


def test_nothing_incomplete_is_submitted() -> None:
    author, approver = officer(), second_person()
    circular = draft(author, Question(functions=frozenset({"ENS"}), disciplines=frozenset({"Sanskrit"})))
    assert fault(lambda: ask_approval(circular, approver.key, author, now=timezone.now())) == ApprovalFault.NOBODY
    circular.text = ""
    assert fault(lambda: ask_approval(circular, approver.key, author, now=timezone.now())) == ApprovalFault.TEXT
    circular.subject = ""
    assert fault(lambda: ask_approval(circular, approver.key, author, now=timezone.now())) == ApprovalFault.SUBJECT
