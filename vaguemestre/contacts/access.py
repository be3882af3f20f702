"""The only ways from a signed-in person and a number to what is theirs. Somebody else's is a 404, as what is not."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.contacts.models import Collected, Contact, Group, Undoable, Upload

LARGEST = 2**63 - 1
MOST_CHOSEN = 2000


def contact_for(account: Account, number: int) -> Contact:
    """With its addresses, numbers and groups."""
    found = _whole(account).filter(pk=_small(number)).first()
    if found is None:
        raise Http404("contact")
    return found


def chosen(request: StaffRequest) -> list[Contact]:
    """The cards ticked in a list. What is gone meanwhile is left out; what is somebody else's as well."""
    return list(_whole(request.account).filter(pk__in=_numbers(_values(request))))


def contacts_by_number(account: Account, numbers: Iterable[int]) -> dict[int, Contact]:
    return {one.pk: one for one in _whole(account).filter(pk__in=list(numbers))}


def group_for(account: Account, number: int) -> Group:
    found = Group.objects.filter(account=account, pk=_small(number)).first()
    if found is None:
        raise Http404("group")
    return found


def group_named(request: StaffRequest, field: str = "groupe") -> Group | None:
    """The group that a form or an address names; None when it names none. A wrong one is a wrong address."""
    wanted = request.POST.get(field, "") or request.GET.get(field, "")
    if not wanted:
        return None
    return group_for(request.account, next(iter(_numbers([wanted])), 0))


def collected_chosen(request: StaffRequest) -> list[Collected]:
    return list(Collected.objects.filter(account=request.account, pk__in=_numbers(_values(request))))


def upload_for(account: Account, key: str) -> Upload:
    found = Upload.objects.select_related("account").filter(account=account, key=key).first()
    if found is None:
        raise Http404("upload")
    return found


def undoable_for(account: Account, key: str) -> Undoable | None:
    """None for a word that is spent, too old or somebody else's: the page says that it is too late."""
    return Undoable.objects.select_related("account").filter(account=account, key=key).first()


def _whole(account: Account) -> QuerySet[Contact]:
    return Contact.objects.filter(account=account).prefetch_related("addresses", "numbers", "groups")


def _values(request: StaffRequest) -> list[str]:
    return request.POST.getlist("choix") or request.GET.getlist("choix")


def _numbers(values: Iterable[str]) -> list[int]:
    """Whatever is typed into a form: only what may be the number of a row."""
    found = {int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19}
    return sorted(found)[:MOST_CHOSEN]


def _small(number: int) -> int:
    return number if 0 <= number <= LARGEST else 0
