"""The HR officer's side of « Votre courrier »: the subjects of those they serve, by department, corps and state."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.career.access import topics_served
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Topic

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """As the address says; what it says wrongly is not a filter."""

    STATES: ClassVar[dict[str, Promise]] = {
        "attente": _("waiting for an answer"),
        "repondu": _("with an answer"),
        "termine": _("done"),
        "tout": _("all"),
    }

    state: str
    department: str
    corps: str

    @property
    def query(self) -> str:
        said = {"etat": self.state, "departement": self.department, "corps": self.corps}
        return urlencode({name: value for name, value in said.items() if value})


def filters_of(asked: QueryDict, officer: HrOfficer) -> Filters:
    state, department = asked.get("etat", ""), asked.get("departement", "")
    return Filters(
        state if state in Filters.STATES else "attente",
        department if department in dict(officer.places) else "",
        asked.get("corps", "")[:60],
    )


def queued_topics(officer: HrOfficer, filters: Filters) -> QuerySet[Topic]:
    """Whoever has waited longest comes first; what waits for nobody, latest first."""
    found = topics_served(officer)
    if filters.department:
        found = found.filter(account__person__department=filters.department)
    if filters.corps:
        found = found.filter(account__person__corps=filters.corps)
    match filters.state:
        case "attente":
            return found.filter(done_at=None, waits_for_office=True).order_by("last_at", "pk")
        case "repondu":
            found = found.filter(done_at=None, waits_for_office=False)
        case "termine":
            found = found.exclude(done_at=None)
    return found.order_by("-last_at", "pk")


def page_of(officer: HrOfficer, filters: Filters, number: str) -> Page[Topic]:
    """Two queries."""
    return Paginator(queued_topics(officer, filters), A_PAGE).get_page(number)


def corps_known(officer: HrOfficer) -> list[str]:
    names = topics_served(officer).exclude(account__person__corps=None).order_by()
    return sorted({name for name in names.values_list("account__person__corps", flat=True).distinct() if name})
