"""The only doors from somebody and an id to what they may see. "Not yours" and "does not exist" are the same 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import CvLine, Enclosure, Guide, GuideVersion, Topic


def own_topics(account: Account) -> QuerySet[Topic]:
    return Topic.objects.filter(account=account)


def own_topic(account: Account, key: UUID) -> Topic:
    return _found(own_topics(account).filter(pk=key).select_related("account__person").first())


def topics_served(officer: HrOfficer) -> QuerySet[Topic]:
    return Topic.objects.filter(officer.served("account__")).select_related("account__person")


def topic_served(officer: HrOfficer, key: UUID) -> Topic:
    return _found(topics_served(officer).filter(pk=key).first())


def account_served(officer: HrOfficer, key: str) -> Account:
    accounts = Account.objects.filter(officer.served("")).select_related("person")
    return _found(accounts.filter(pk=key).first())


def own_enclosure(account: Account, key: UUID) -> Enclosure:
    found = Enclosure.objects.select_related("message").filter(message__thread__account=account, pk=key)
    return _found(found.first())


def enclosure_served(officer: HrOfficer, key: UUID) -> Enclosure:
    served = Enclosure.objects.select_related("message__thread").filter(officer.served("message__thread__account__"))
    return _found(served.filter(pk=key).first())


def own_cv_line(account: Account, pk: int) -> CvLine:
    return _found(CvLine.objects.filter(account=account, pk=pk).first())


def guide_named(slug: str, *, hidden: bool = False) -> Guide:
    """`hidden`: also one that is no longer shown, for whoever writes them."""
    guides = Guide.objects.filter(slug=slug) if hidden else Guide.objects.filter(slug=slug, shown=True)
    return _found(guides.first())


def guide_version(guide: Guide, number: int) -> GuideVersion:
    return _found(guide.versions.filter(number=number).first())


def writes_guides(officer: HrOfficer | None) -> HrOfficer:
    """Pages for the whole authority are written by those who serve it whole. Raises Http404 for the others."""
    if officer is None or officer.departments is not None:
        raise Http404("career")
    return officer


def _found[T](found: T | None) -> T:
    if found is None:
        raise Http404("career")
    return found
