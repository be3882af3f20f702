"""Why a message did not arrive, by the enhanced status codes of RFC 3463: our own words, and what to do."""

from django.utils.translation import gettext as _

from vaguemestre.webmail.people.correspondents import is_outside


def status_text(status: str, address: str) -> str:
    """For a status that no list has, only that it was refused."""
    words = {"address": address, "domain": address.rpartition("@")[2]}
    klass, _dot, rest = status.partition(".")
    subject = rest.partition(".")[0]
    if rest in {"1.1", "1.0"} and not is_outside(address):
        return _("%(address)s does not exist in the academy. Look the person up, then send it again.") % words
    exact, general = _exact().get(rest), _general().get(subject)
    if klass == "4" and rest == "4.7":
        exact = _("the server of %(domain)s did not answer for days. Try again later, or reach the person otherwise.")
    return (exact or general or _("%(address)s was refused by the server of %(domain)s. Check the address.")) % words


def is_wrong_address(status: str) -> bool:
    """The address itself is what was refused: sent there again, it comes back."""
    return status.partition(".")[2].startswith("1.")


def late_text(address: str) -> str:
    words = {"address": address, "domain": address.rpartition("@")[2]}
    return (
        _("%(address)s: the server of %(domain)s does not take the message yet. It is tried again by itself.") % words
    )


def _exact() -> dict[str, str]:
    no_box = _("%(address)s does not exist at %(domain)s. Check its spelling, or ask the person.")
    no_domain = _("the domain %(domain)s receives no mail. Check what stands after the @.")
    full = _("the mailbox of %(address)s is full. Tell the person otherwise, or try again in a few days.")
    large = _("the message is too large for %(domain)s. Send the files in parts, or as a link.")
    return {
        "1.0": no_box, "1.1": no_box, "1.2": no_domain, "1.10": no_domain, "4.4": no_domain,
        "1.3": _("%(address)s is not written as an address. Check its spelling."),
        "1.6": _("%(address)s has moved, and left no other address."),
        "2.1": _("the mailbox of %(address)s is closed. Reach the person otherwise."),
        "2.2": full, "2.3": large, "3.4": large,
        "4.1": _("the server of %(domain)s did not answer. Try again later."),
        "4.7": _("the server of %(domain)s did not answer for days. Try again later, or reach the person otherwise."),
        "7.1": _("%(domain)s refuses this message. Ask the person whether they may receive it."),
    }  # fmt: skip


def _general() -> dict[str, str]:
    """By the subject alone."""
    return {
        "1": _("the address %(address)s was refused. Check its spelling."),
        "2": _("the mailbox of %(address)s did not take the message. Try again later."),
        "3": _("the server of %(domain)s cannot take the message. Try again later."),
        "4": _("the server of %(domain)s could not be reached. Try again later."),
        "6": _("the server of %(domain)s cannot read this message. Send it as plain text, without its files."),
        "7": _("%(domain)s refuses this message by its own rules. Reach the person otherwise."),
    }
