"""What the rooms above tell one another of people to write to (`web.ports`)."""

from collections.abc import Callable

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.lookup import FoundPerson
from vaguemestre.web.ports import Port

# Whom the composer proposes besides, by (account, what was typed), from what is at hand.
correspondent_sources = Port[Callable[[Account, str], list[FoundPerson]]]("contacts.correspondent_sources")
