"""The owners of boxes that a feed announces are those that it brings."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.people import testing
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import REMPARTS, row
from vaguemestre.shared_mailboxes.members import let_in
from vaguemestre.shared_mailboxes.models import MailboxRights, SharedMailbox
from vaguemestre.shared_mailboxes.owner_changes import owner_changes
from vaguemestre.shared_mailboxes.periods import owners_of
from vaguemestre.shared_mailboxes.testing import NOW

pytestmark = pytest.mark.django_db
NEXT = NOW + timedelta(days=1)
DAY = today(NEXT)
HEAD, TEACHER = {"category": "CHEF"}, {"category": "CERT"}
FIRST = (row(1, **HEAD), row(2, **HEAD), row(3, **HEAD, **REMPARTS), row(4), row(5, **REMPARTS))


def owners() -> dict[str, list[str]]:
    return {
        box.account.address: sorted(one.display_name for one in owners_of(box.pk, DAY))
        for box in SharedMailbox.objects.select_related("account")
    }


@pytest.mark.parametrize(
    "rows",
    [
        FIRST,
        FIRST[1:],
        (FIRST[0], row(2, **HEAD, **REMPARTS), *FIRST[2:]),
        (*FIRST[:2], row(3, **HEAD), *FIRST[3:]),
        (row(1, **TEACHER), *FIRST[1:3], row(4, **HEAD, **REMPARTS), FIRST[4]),
        (row(1, **HEAD, usual_name="Autre"), *FIRST[1:3], row(4, **HEAD, duty_end=today(NOW).isoformat()), FIRST[4]),
        (*FIRST, row(6, **HEAD), row(7, **HEAD, posting1_starts="2027-01-01", duty_start="2027-01-01")),
        (*FIRST[:2], FIRST[3]),
    ],
)
def test_the_owners_announced_are_those_that_follow(
    take: Callable[..., None], tmp_path: Path, rows: tuple[dict[str, str], ...]
) -> None:
    take(*FIRST)
    box = SharedMailbox.objects.get(place="0809901C")
    let_in(box, Account.objects.get(person__hr_key="RH4"), MailboxRights.OWNER, None, by="test", now=NOW)
    before = owners()
    announced = owner_changes(compare(testing.feed(tmp_path, rows, dated=DAY), DAY), DAY)
    assert owners() == before, "it only reads"
    take(*rows, now=NEXT)
    after = owners()
    assert [one.address for one in announced] == sorted(one for one in after if after[one] != before[one])
    assert [(sorted(one.before), sorted(one.after)) for one in announced] == [
        (before[one.address], after[one.address]) for one in announced
    ]
