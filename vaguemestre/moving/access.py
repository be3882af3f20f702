"""The only ways from a signed-in person to an import. Somebody else's is a 404, as what is not."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.moving.models import Intake


def own_intake(account: Account, key: str) -> Intake:
    """Its owner's alone: what people wrote to one another is nobody else's to bring."""
    intake = Intake.objects.filter(pk=key, account=account).first()
    if intake is None:
        raise Http404("intake")
    return intake


def latest_of(account: Account) -> Intake | None:
    return Intake.objects.filter(account=account).order_by("-asked_at", "-key").first()


def is_under_way(account: Account) -> bool:
    return Intake.objects.filter(account=account, state__in=Intake.OPEN).exists()
