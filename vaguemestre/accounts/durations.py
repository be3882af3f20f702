"""Spans of time in words."""

from datetime import timedelta

from django.utils.translation import gettext as _, ngettext

MINUTE = timedelta(minutes=1)


def wait_text(wait: timedelta) -> str:
    """Rounded up: nobody comes back a few seconds too early."""
    minutes = max(1, -(-wait // MINUTE))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def idle_text(limit: timedelta) -> str:
    return _("an hour") if limit == 60 * MINUTE else wait_text(limit)


def too_many_tries_text(wait: timedelta) -> str:
    """In one line, for mail programs."""
    return _("Too many tries. Start again in %(wait)s, or call your DSDEN.") % {"wait": wait_text(wait)}
