"""A circular while it is written: its text, its list, its files."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.circulars.archive import searched_text
from vaguemestre.circulars.departure import chosen_departure
from vaguemestre.circulars.models import Circular, CircularFile
from vaguemestre.handouts.sealed_files import keep_file, remove_file
from vaguemestre.lists.access import Asker
from vaguemestre.lists.models import SavedList
from vaguemestre.lists.question import Question
from vaguemestre.lists.saved_lists import own_lists, saved_question, shared_lists
from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.shared_mailboxes.access import SharedBox, boxes_of
from vaguemestre.shared_mailboxes.models import MailboxRights

LONGEST_TEXT = 50_000
MOST_FILES, LARGEST_FILE = 10, 25 * 1024 * 1024
WRITING_RIGHTS = (MailboxRights.MEMBER, MailboxRights.OWNER)


class FileFaultError(ValueError):
    """Too large, or too many."""


def new_circular(asker: Asker, question: Question, list_name: str, *, now: datetime) -> Circular:
    post = asker.posts[0]
    return Circular.objects.create(
        key=secrets.token_hex(16), place=post.place, post=post.kind, author=asker.account.key,
        author_name=asker.account.display_name, question=question.as_text(), list_name=list_name[:80], changed_at=now,
    )  # fmt: skip


def new_correction(original: Circular, asker: Asker, *, now: datetime) -> Circular:
    """With its text and its list, without its files. One that is begun already is taken up."""
    begun = original.corrections.exclude(state=Circular.State.APPROVED).first()
    if begun is not None:
        return begun
    subject = (_("Correction: %s") % original.subject)[:200]
    return Circular.objects.create(
        key=secrets.token_hex(16), place=original.place, post=original.post, author=asker.account.key,
        author_name=asker.account.display_name, question=original.question, list_name=original.list_name,
        subject=subject, text=original.text, corrects=original, changed_at=now,
    )  # fmt: skip


def usable_lists(asker: Asker) -> list[SavedList]:
    return [*own_lists(asker.posts), *shared_lists(asker.posts)]


def answer_boxes(account: Account) -> list[SharedBox]:
    """Where answers may go besides their author."""
    return [one for one in boxes_of(account, timezone.localdate()) if one.right in WRITING_RIGHTS]


def save_draft(circular: Circular, data: QueryDict, asker: Asker, *, now: datetime) -> None:
    """The last to write is its author. The caller has taken it back from the second person.

    Raises DepartureError once all but the time of departure is saved."""
    circular.author, circular.author_name = asker.account.key, asker.account.display_name
    circular.subject = " ".join(data.get("subject", "").split())[:200]
    circular.text = data.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_TEXT]
    boxes = {one.address for one in answer_boxes(asker.account)}
    circular.reply_to = data.get("reply_to", "") if data.get("reply_to") in boxes else ""
    chosen = next((one for one in usable_lists(asker) if str(one.pk) == data.get("list")), None)
    if chosen is not None:
        circular.question, circular.list_name = saved_question(chosen).as_text(), chosen.name
    circular.search_text, circular.changed_at, circular.leaves_at = searched_text(circular), now, None
    circular.save()
    circular.leaves_at = chosen_departure(data.get("day", ""), data.get("time", ""), now)
    circular.save(update_fields=["leaves_at"])


def add_files(circular: Circular, files: Iterable[UploadedFile[bytes]]) -> None:
    """Raises FileFaultError; those before it are kept."""
    for file in files:
        size = file.size or 0
        if size > LARGEST_FILE or not size or circular.files.count() >= MOST_FILES:
            raise FileFaultError(file.name or "")
        _add_file(circular, file, size)


def _add_file(circular: Circular, file: UploadedFile[bytes], size: int) -> None:
    source: BinaryIO = file  # type: ignore[assignment]  # it reads as one
    kept = keep_file(source, size)
    CircularFile.objects.create(
        circular=circular, key=kept.key, name=safe_filename(file.name or "")[:255], size=size, digest=kept.digest,
        key_number=kept.key_number,
    )  # fmt: skip


def drop_file(circular: Circular, number: int) -> None:
    for file in circular.files.filter(pk=number):
        file.delete()
        remove_file(file.key)


def delete_circular(circular: Circular) -> None:
    """With its files. The caller knows that it has not left."""
    keys = list(circular.files.values_list("key", flat=True))
    with transaction.atomic():
        circular.delete()
        for key in keys:
            transaction.on_commit(partial(remove_file, key))


def kept_files() -> list[str]:
    """`handouts.ports.kept_files`."""
    return list(CircularFile.objects.values_list("key", flat=True))
