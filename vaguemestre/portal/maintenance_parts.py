"""What a maintenance closes does not work for anybody who looks, however well it answers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from vaguemestre.maintenance import state as maintenance_state
from vaguemestre.maintenance.models import Part
from vaguemestre.portal.service_state import WORDS, Service, State

SIGNING_IN, READING, APPLICATIONS = (WORDS[part][0] for part in ("database", "reading", "applications"))
SIGNING_IN_CLOSED = _("Signing in is closed for the maintenance.")
WEB_CLOSED = _("On telephones and in mail programs. On the web, closed for the maintenance.")


def with_maintenance(state: State, now: datetime) -> State:
    row = maintenance_state.current(now)
    return replace(state, services=[_under(one, row.parts) for one in state.services]) if row else state


def _under(service: Service, closed: Sequence[Part]) -> Service:
    if not service.works:
        return service
    if (service.name is SIGNING_IN or service.name is APPLICATIONS) and Part.SIGN_IN in closed:
        return replace(service, sentence=SIGNING_IN_CLOSED, closed=True)
    if service.name is READING and {Part.SIGN_IN, Part.WEBMAIL} & set(closed):
        return replace(service, sentence=WEB_CLOSED)
    return service
