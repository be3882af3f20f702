"""What a person has in force, in words: for the banners, the settings and Mon compte."""

from datetime import datetime

from django.utils.translation import gettext as _, ngettext, pgettext

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.models import Account
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.models.display_choices import Font, Motion, Spacing
from vaguemestre.webmail.preferences.summary import Banner, Display, SettingsSummary
from vaguemestre.webmail.rules.absence_reply import from_text, until_text

REDIRECTED = "redirected"  # the tip that it earns


def banners(standing: SettingsSummary, now: datetime) -> list[Banner]:
    shown = []
    if standing.starts and standing.ends and standing.starts <= now:
        shown.append(
            Banner(
                _("The absence reply goes out, %s.") % until_text(standing.ends), "calendar",
                _("Stop"), reverse("webmail:absence-end"), reverse("webmail:absence"),
            )
        )  # fmt: skip
    if standing.target:
        words = (
            _("Mail is redirected to %s, and a copy stays here.")
            if standing.keeps_copy
            else _("Mail is redirected to %s: nothing new arrives here.")
        )
        shown.append(
            Banner(
                words % standing.target, "forward",
                _("Stop"), reverse("webmail:redirection-removal"), reverse("webmail:redirection"), earns=REDIRECTED,
            )
        )  # fmt: skip
    return shown


def suspension_banners(account: Account, now: datetime) -> list[Banner]:
    """Said before anybody writes in vain. No query."""
    why = mailbox_closure.sending_closed_text(account, now)
    return [Banner(why, "triangle-alert")] if why else []


def summary_sentence(standing: SettingsSummary, now: datetime) -> str:
    """Signature de vos fonctions, aucune absence, pas de redirection."""
    said = ", ".join((signature_text(standing), absence_text(standing, now), redirection_text(standing)))
    return f"{said[:1].upper()}{said[1:]}."


def signature_text(standing: SettingsSummary) -> str:
    if standing.no_signature:
        return _("no signature")
    return _("your own signature") if standing.own_signature else _("signature of your posts")


def absence_text(standing: SettingsSummary, now: datetime) -> str:
    if standing.starts is None or standing.ends is None:
        return _("no absence")
    if standing.starts > now:
        return _("absence planned from %s") % from_text(standing.starts)
    return _("absence reply %s") % until_text(standing.ends)


def redirection_text(standing: SettingsSummary) -> str:
    if not standing.target:
        return _("no redirection")
    words = _("redirection to %s with a copy here") if standing.keeps_copy else _("redirection to %s without a copy")
    return words % standing.target


def arrival_text(standing: SettingsSummary) -> str:
    notice = {
        Preferences.Notifying.NOTHING: _("no notice"),
        Preferences.Notifying.ARRIVAL: _("a notice without words of the message"),
        Preferences.Notifying.WORDS: _("a notice with sender and subject"),
    }[Preferences.Notifying(standing.notifies)]
    more = [_("a sound")] if standing.sounds else []
    more += [_("unread messages in the title")] if standing.counts_in_title else []
    return ", ".join([notice, *more])


def sending_text(standing: SettingsSummary) -> str:
    seconds = standing.undo_seconds
    if not seconds:
        return _("messages leave at once")
    return ngettext("%s second to call a message back", "%s seconds to call a message back", seconds) % seconds


def signature_words(standing: SettingsSummary, *, shared: bool = False) -> str:
    if standing.no_signature:
        return pgettext("a signature", "none")
    return standing.signature_line or (_("the name of the mailbox") if shared else _("filled in from your post"))


def absence_words(standing: SettingsSummary, now: datetime) -> str:
    if standing.starts is None or standing.ends is None:
        return _("none planned")
    return absence_text(standing, now)


def redirection_words(standing: SettingsSummary) -> str:
    if not standing.target:
        return pgettext("a redirection", "none")
    return (_("to %s, a copy here") if standing.keeps_copy else _("to %s, no copy here")) % standing.target


def images_words(standing: SettingsSummary, senders: int) -> str:
    if standing.contact_images:
        return _("on request, but for my contacts")
    if senders:
        return ngettext("on request, but for %d sender", "on request, but for %d senders", senders) % senders
    return _("on request")


def receipts_text(standing: SettingsSummary) -> str:
    answering = {
        Preferences.Answering.ASK: _("I am asked before one leaves"),
        Preferences.Answering.NEVER: _("I never send one"),
        Preferences.Answering.INSIDE: _("sent to colleagues without asking me"),
        Preferences.Answering.ALWAYS: _("sent without asking me"),
    }[Preferences.Answering(standing.answers_receipts)]
    return f"{answering}, {_('I ask for one each time')}" if standing.asks_receipts else answering


def display_text(display: Display) -> str:
    size = {
        Preferences.TextSize.NORMAL: _("normal text"),
        Preferences.TextSize.LARGE: _("large text"),
        Preferences.TextSize.LARGER: _("very large text"),
    }[Preferences.TextSize(display.text_size)]
    theme = {
        Preferences.Theme.AUTO: _("colours of the device"),
        Preferences.Theme.LIGHT: _("light colours"),
        Preferences.Theme.DARK: _("dark colours"),
    }[Preferences.Theme(display.theme)]
    apart = [
        *([_("OpenDyslexic letters")] if display.font == Font.DYSLEXIC else []),
        *([_("wide spacing")] if display.spacing == Spacing.WIDE else []),
        *([_("nothing moves")] if display.motion == Motion.LESS else []),
    ]
    return ", ".join([size, *apart, theme])


def reading_text(standing: SettingsSummary) -> str:
    display = standing.display
    lines = _("one line a message") if display.density == Preferences.Density.COMPACT else _("three lines a message")
    pane = {
        Preferences.Pane.RIGHT: _("read on the right"),
        Preferences.Pane.BELOW: _("read below"),
        Preferences.Pane.NONE: _("read in place of the list"),
    }[Preferences.Pane(display.pane)]
    return ", ".join([lines, pane, *([_("plain text")] if display.reads_plain else [])])
