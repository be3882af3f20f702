"""For tests of circulars: an officer, a second person with the right to approve, and people to write to."""

from datetime import timedelta

from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.circulars.approval import approve, ask_approval
from vaguemestre.circulars.drafts import new_circular
from vaguemestre.circulars.models import Circular
from vaguemestre.lists.access import asker_of
from vaguemestre.lists.models import ApprovalRight
from vaguemestre.lists.question import Question
from vaguemestre.lists.testing import college, people, posted
from vaguemestre.testing import make_account, make_accounts, make_person, make_school

TEACHERS = Question(functions=frozenset({"ENS"}))


def officer() -> Account:
    return posted("GEST", "dsden", category="ADMD")


def second_person(first: str = "Hélène", last: str = "Wattebled", *, given_by: str = "one") -> Account:
    """Given and confirmed long ago, by two others."""
    account = make_account(make_person(first, last, category="CHEF", function="DIR", school=make_school("0809777X")))
    today = timezone.localdate()
    ApprovalRight.objects.create(
        holder=account, starts=today - timedelta(days=1), ends=today + timedelta(days=60), given_by=given_by,
        given_at=timezone.now(), confirmed_by="another", confirmed_at=timezone.now(),
    )  # fmt: skip
    return account


def teachers(count: int) -> list[Account]:
    return make_accounts(people(count, college()))


def draft(author: Account, question: Question = TEACHERS) -> Circular:
    now = timezone.now()
    circular = new_circular(asker_of(author, timezone.localdate()), question, "Les professeurs", now=now)
    circular.subject, circular.text = "Réunion déplacée", "La réunion est déplacée à jeudi."
    circular.save()
    return circular


def submitted(author: Account, approver: Account) -> Circular:
    circular = draft(author)
    ask_approval(circular, approver.key, author, now=timezone.now())
    return circular


def approved(author: Account, approver: Account) -> Circular:
    circular = submitted(author, approver)
    approve(circular, approver, circular.digest, now=timezone.now())
    circular.refresh_from_db()
    return circular
