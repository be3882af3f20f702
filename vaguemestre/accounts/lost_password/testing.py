"""A person who has lost a password, from the form to the link in the mail."""

import re
from datetime import date, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.captcha.testing import read_from
from vaguemestre.accounts.models import Account, RescueContact, ResetLink
from vaguemestre.accounts.testing import make_account
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.courier.mail import DELIVER
from vaguemestre.courier.models import Parcel
from vaguemestre.people.numen import Numen

NUMEN, OTHER = "20E9512345ABC", "20E9500000XYZ"
BORN = date(1984, 3, 12)
RESCUE = "agathe@maison.example"
PAGE = "/bv/mot-de-passe/"
LINK_PAGE = "/bv/mot-de-passe/nouveau/"


def make_forgetful(numen: str = NUMEN, *, rescue: str | None = RESCUE, **facts: Any) -> Account:
    """Somebody with a NUMEN and, unless told otherwise, a confirmed rescue contact."""
    known = Numen(numen)
    account = make_account(numen_cipher=known.encrypted(), numen_lookup=known.lookup, birth_date=BORN, **facts)
    if rescue:
        RescueContact.objects.create(account=account, email=rescue, confirmed_at=timezone.now())
    return account


def fill(client: Client, *, numen: str = NUMEN, born: date = BORN, **more: str) -> dict[str, str]:
    page = client.get(PAGE).content.decode()
    boxes = {"numen": numen, "jour": str(born.day), "mois": str(born.month), "annee": str(born.year)}
    return boxes | read_from(page, now=timezone.now()) | more


def answer_all(now: datetime | None = None) -> None:
    """What the tasks process does a second later; the courier's own act is left aside, there may be no Postfix."""
    moment = now or timezone.now()
    Due.objects.filter(job=DELIVER.name).delete()
    due.run(moment)


def links_mailed() -> list[tuple[str, str]]:
    """(To whom, address) of every mail with a reset link, oldest first."""
    found = []
    for parcel in Parcel.objects.order_by("pk"):
        if address := re.search(r"https?://\S+lien=[\w-]+", parcel.text):
            found.append((parcel.to, address[0]))
    return found


def living_links(account: Account) -> int:
    return ResetLink.objects.filter(account=account, ended_at=None, expires_at__gt=timezone.now()).count()
