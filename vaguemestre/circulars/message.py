"""A circular as the bytes that travel: the same for everybody, so that each copy has one Message-ID."""

from email.utils import localtime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.circulars.models import Circular, Dispatch
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.message_builder import Formatted, build_message
from vaguemestre.web.date_text import clock_time, full_date

_PAGE = (
    '<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"></head>'
    '<body style="font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5">\n{}\n</body></html>\n'
)  # mail programs want styles written out


def message_id(mailing: Dispatch) -> str:
    return f"{mailing.message_token}@{academy().domain}"


def message_of(mailing: Dispatch) -> bytes:
    """In French, as the authority writes. No absence answers it, and no list takes it round again."""
    circular, domain = mailing.circular, academy().domain
    withdrawn = mailing.kind == Dispatch.Kind.WITHDRAWAL
    author = Account.objects.get(pk=circular.author)
    sender, answers = Address(circular.author_name, author.address), circular.reply_to or author.address
    with translation.override("fr"):
        head = (
            f"List-Id: <{circular.key}.circulaires.{domain}>\r\nPrecedence: list\r\n"
            "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"
        )
        return head.encode() + build_message(
            sender=sender, to=[Address(circular.list_name or _("Recipients of a circular"), answers)],
            reply_to=Address("", answers), subject=subject_of(mailing),
            text=withdrawal_text(circular) if withdrawn else text_of(circular),
            formatted=None if withdrawn else Formatted(html_of(circular)), date=localtime(mailing.started_at),
            message_id=message_id(mailing), in_reply_to=_message_before(mailing),
        )  # fmt: skip


def _message_before(mailing: Dispatch) -> str:
    """The message that this one follows in a conversation; empty: none."""
    circular = mailing.circular
    about = circular if mailing.kind != Dispatch.Kind.FIRST else circular.corrects
    return message_id(about.mailings.get(kind=Dispatch.Kind.FIRST)) if about else ""


def subject_of(mailing: Dispatch) -> str:
    if mailing.kind == Dispatch.Kind.REMINDER:
        return _("Reminder: %s") % mailing.circular.subject
    if mailing.kind == Dispatch.Kind.WITHDRAWAL:
        return _("Circular withdrawn: %s") % mailing.circular.subject
    return mailing.circular.subject


def withdrawal_text(circular: Circular) -> str:
    """The stub that its readers keep: who withdrew it, when and why."""
    return "\n\n".join([withdrawal_sentence(circular), circular.withdrawal_reason])


def withdrawal_sentence(circular: Circular) -> str:
    account = Account.every.get(pk=circular.withdrawn_by)
    at = timezone.localtime(circular.withdrawn_at)
    return _("%(name)s withdrew this circular on %(day)s at %(time)s.") % {
        "name": account.display_name, "day": full_date(at), "time": clock_time(at),
    }  # fmt: skip


def text_of(circular: Circular) -> str:
    """With its files as links, which open after authentication, and the foot."""
    url, files = f"{settings.ORIGIN}{reverse('circulars:circular', args=[circular.key])}", list(circular.files.all())
    parts = [circular.text]
    if files:
        title = ngettext("Attached file, after sign-in:", "Attached files, after sign-in:", len(files))
        links = (f"- {one.name}\n  {settings.ORIGIN}{file_url(circular, one.pk)}" for one in files)
        parts.append("\n".join([title, *links]))
    return "\n\n".join([*parts, f"-- \n{foot_text()}\n{url}"])


def html_of(circular: Circular) -> str:
    """The same text, with links by name."""
    files = [(f"{settings.ORIGIN}{file_url(circular, one.pk)}", one) for one in circular.files.all()]
    url = f"{settings.ORIGIN}{reverse('circulars:circular', args=[circular.key])}"
    context = {"circular": circular, "files": files, "foot": foot_text(), "url": url}
    return _PAGE.format(render_to_string("circulars/mail.html", context))


def foot_text() -> str:
    return _("The sender sees how many have seen this circular, never who.")


def file_url(circular: Circular, number: int) -> str:
    return reverse("circulars:file", args=[circular.key, number])
