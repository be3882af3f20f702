"""The way to strangers' servers. The only place of this room that reads `settings.OUTSIDE`."""

from django.conf import settings

from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard


def shows_images() -> bool:
    return bool(settings.OUTSIDE["images"])


def fetch_guard() -> Guard:
    return Guard(settings.OUTSIDE["refused"], settings.OUTSIDE["permitted"])
