"""Whether lists are on: off until the authority decides; on in a demo, whose people are invented."""

from django.conf import settings

from vaguemestre.academy.facts import academy


def lists_are_on() -> bool:
    return academy().lists.enabled or settings.DEMO
