"""What the public page does with what was typed: the same two rows whoever it is about, and nothing else.

Whether such a person exists is looked up in the tasks process, so that neither time nor work tells anything.
"""

import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import ResetAsk
from vaguemestre.clock import due
from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen

ANSWER = due.Job("accounts.recovery.answer")
# Read aloud on the phone: no 0, O, 1 or I; B and D, M and N sound alike.
_SIGNS = "23456789ACEFGHJKLMPQRTUVWXYZ"
_GROUPS, _GROUP = 2, 4
NUMBER = f"[{_SIGNS}]{{{_GROUP}}}-[{_SIGNS}]{{{_GROUP}}}"


def take_request(numen: Numen, birth_date: date, *, by_desk: bool, now: datetime) -> str:
    """The number that the person may be asked for on the phone; it is given to everybody."""
    number = _number()
    with transaction.atomic():
        asked = ResetAsk.objects.create(
            number=number, numen_lookups=numen.lookups, birth_date_hash=_birth_date_hash(numen.lookup, birth_date),
            by_desk=by_desk, asked_at=now,
        )  # fmt: skip
        due.at(now, ANSWER, str(asked.pk))
    return number


def person_asked_about(asked: ResetAsk) -> Person | None:
    person = Person.objects.filter(numen_lookup__in=asked.numen_lookups).first()
    if person is None:
        return None
    born = {_birth_date_hash(lookup, person.birth_date) for lookup in asked.numen_lookups}
    return person if asked.birth_date_hash in born else None


def _birth_date_hash(numen_lookup: str, birth_date: date) -> str:
    """Keyed, and another one for each NUMEN: there are few days to be born on."""
    return salted_hmac("vaguemestre.reset.birth", f"{numen_lookup} {birth_date}", algorithm="sha256").hexdigest()


def _number() -> str:
    groups = ("".join(secrets.choice(_SIGNS) for _sign in range(_GROUP)) for _group in range(_GROUPS))
    return "-".join(groups)
