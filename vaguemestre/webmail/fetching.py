"""The way to strangers' servers. The only place of this room that reads `settings.OUTSIDE`."""

from django.conf import settings

from vaguemestre.mailbox.fetcher.guard import Guard


def shows_images() -> bool:
    """Whether this installation fetches remote images at all."""
    return bool(settings.OUTSIDE["images"])


def guard() -> Guard:
    return Guard(settings.OUTSIDE["refused"], settings.OUTSIDE["permitted"])
