"""What may be asked, under which heading, with which documents. The forms are in `forms`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.career.models import Kind

# Which document is meant; a campaign chooses among them those that it requires.
DOCUMENTS: dict[str, Promise] = {
    "domicile": _("Proof of your new address, of less than three months"),
    "rib": _("Bank details (RIB) in your name"),
    "livret": _("Family record book"),
    "situation": _("Proof of the situation that you state"),
    "autre": _("Another document"),
}
OTHER = "autre"


@dataclass(frozen=True, slots=True)
class Service:
    kind: Kind
    summary: Promise
    question: Promise  # the title of its form
    by_campaign: bool = False
    documents: tuple[str, ...] = ()  # required; of a campaign's kind, the campaign says which

    @property
    def label(self) -> str:
        return str(self.kind.label)


SERVICES: dict[str, Service] = {
    one.kind.value: one
    for one in (
        Service(
            Kind.TRANSFER, _("Your wishes, in order, for another school."), _("Why do you ask for a transfer?"),
            by_campaign=True,
        ),
        Service(
            Kind.PART_TIME, _("Between 50 and 90 percent, for a school year or a part of it."),
            _("Which share of full time, and when?"), by_campaign=True,
        ),
        Service(
            Kind.ADDRESS, _("Where letters of the authority reach you."), _("What is your new address?"),
            documents=("domicile",),
        ),
        Service(
            Kind.BANK, _("The account on which you are paid."), _("On which account are you to be paid?"),
            documents=("rib",),
        ),
        Service(Kind.LEAVE, _("Training, family or personal reasons."), _("Which leave, and when?"),
                documents=("situation",)),
        Service(Kind.ALLOWANCE, _("What your situation gives you a right to."), _("Which allowance do you ask for?"),
                documents=("situation",)),
    )
}  # fmt: skip


def document(slot: str) -> str:
    return str(DOCUMENTS.get(slot, DOCUMENTS[OTHER]))
