"""Making an archive, in slices of a few seconds: folders are listed, written one after the other as mbox, then packed.

What is written is on disk before the row says so; a crash costs one slice. Reads through Dovecot's administration: the
owner may no longer sign in.
"""

import logging
import os
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, is_zipfile

from django.conf import settings
from django.db import transaction
from django.db.models import F

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.contacts import vcards
from vaguemestre.engine import mailboxes
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.exports import archive_contents, export_jobs, folder_names, links
from vaguemestre.exports.mbox import Mbox
from vaguemestre.exports.models import Export, ExportedFolder

logger = logging.getLogger(__name__)
SLICE_SECONDS = 3.0
PIECE = 64 * 1024
ATTEMPTS = 20  # in a row that led nowhere
LEFT_FREE = 1024**3  # of the disk, for the mail that arrives
COMPRESSION = 1  # mail is text and what is compressed already: more costs time and gains little
State = Export.State


class NoRoomError(Exception):
    """The disk would not hold it."""


@export_jobs.MAKING.register
def go_on(*, now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    """One slice of the oldest export. False: nothing is left to do, or it waits for the clock's next look."""
    if settings.DATA is None:
        return False
    with hold_machine_lock(settings.DATA / export_jobs.FOLDER / "making.lock") as mine:
        export = Export.objects.filter(state__in=Export.UNDER_WAY).order_by("ordered_at", "key").first()
        if not mine or export is None:
            return False
        try:
            _slice(export, now, time.monotonic() + seconds)
        except (DoveadmUnavailableError, DoveadmRefusedError) as error:
            logger.warning("export %s: %s", export.key[:8], error)
            return _tried_in_vain(export, "mailbox", now)
        except (NoRoomError, OSError, BadZipFile) as error:
            logger.warning("export %s: %s", export.key[:8], error)
            _fail(export, "room" if isinstance(error, NoRoomError) else "disk", now)
    return Export.objects.filter(state__in=Export.UNDER_WAY).exists()


def _slice(export: Export, now: datetime, until: float) -> None:
    folder = export_jobs.folder_of(export.key)
    if folder is None:
        return
    if export.state == State.WAITING:
        _begin(export, folder)
    for part in export.folders.order_by("number"):
        if part.done < part.total:
            _write(export, part, folder, until)
        if time.monotonic() >= until:
            return
    for part in export.folders.filter(packed=False).order_by("number"):
        _pack(part, folder)
        if time.monotonic() >= until:
            return
    _finish(export, folder, now)


def _begin(export: Export, folder: Path) -> None:
    found = mailboxes.folders(export.account_id)
    need = 2 * sum(one.octets for one in found)
    if shutil.disk_usage(folder.parent).free < need + LEFT_FREE:
        raise NoRoomError(f"{need} octets")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with transaction.atomic():
        export.folders.all().delete()
        ExportedFolder.objects.bulk_create(
            ExportedFolder(export=export, number=number, name=one.name, total=one.messages)
            for number, one in enumerate(sorted(found, key=lambda one: (one.name != "INBOX", one.name)))
            if one.messages
        )
        export.state, export.total = State.MAKING, sum(one.messages for one in found)
        Export.objects.filter(pk=export.pk, state=State.WAITING).update(state=export.state, total=export.total)


def _write(export: Export, part: ExportedFolder, folder: Path, until: float) -> None:
    with (folder / f"{part.number}.mbox").open("ab") as file:
        # What a crash left behind the last message that counts.
        file.truncate(part.octets)
        file.seek(part.octets)
        mbox, written, ended = Mbox(file), 0, True
        with mailboxes.messages(export.account_id, part.name, after=part.after) as messages:
            for message in messages:
                mbox.begin(message.received, message.flags)
                for piece in message.text.pieces():
                    mbox.feed(piece)
                mbox.end()
                part.after, written = message.uid, written + 1
                if time.monotonic() >= until:
                    ended = False
                    break
        file.flush()
        os.fsync(file.fileno())
        part.octets = file.tell()
    # Messages may have gone since the list was made: a folder is over when its last one is.
    part.done += written
    if ended:
        part.total = part.done
    part.save(update_fields=["after", "done", "total", "octets"])
    Export.objects.filter(pk=export.pk).update(done=F("done") + written, attempts=0)


def _pack(part: ExportedFolder, folder: Path) -> None:
    archive = folder / export_jobs.ARCHIVE
    name = _names(part.export)[part.number]
    if archive.exists() and not is_zipfile(archive):
        # A crash in the middle of packing. The folders are still there: pack them all again.
        archive.unlink()
        part.export.folders.update(packed=False)
        return
    with ZipFile(archive, "a", ZIP_DEFLATED, compresslevel=COMPRESSION) as packing:
        if name not in packing.namelist():
            packing.write(folder / f"{part.number}.mbox", name)
    ExportedFolder.objects.filter(pk=part.pk).update(packed=True)


def _finish(export: Export, folder: Path, now: datetime) -> None:
    export.refresh_from_db(fields=["done"])
    archive, account = folder / export_jobs.ARCHIVE, Account.objects.select_related("person").get(pk=export.account_id)
    with ZipFile(archive, "a", ZIP_DEFLATED, compresslevel=COMPRESSION) as packing:
        for name, text in archive_contents.archive_files(account, export, now).items():
            if name not in packing.namelist():
                packing.writestr(name, text)
        _pack_contacts(packing, account)
        _pack_waiting(packing, account)
    for file in folder.glob("*.mbox"):
        file.unlink()
    with transaction.atomic():
        ready = Export.objects.filter(pk=export.pk, state=State.MAKING).update(
            state=State.READY,
            total=F("done"),
            size=archive.stat().st_size,
            finished_at=now,
            expires_at=now + export_jobs.KEPT,
        )
        if ready:
            journal.record("system", "export.ready", account.key, export=export.key[:8])
            notices.tell_owner(
                account, Notice.Kind.EXPORT, now=now, to_rescue=account.has_left(today(now)), change="ready",
                until=today(now + export_jobs.KEPT).isoformat(),
            )  # fmt: skip
            export.refresh_from_db()
            if links.is_link_wanted(export, now):
                links.send_link(export, by="system", now=now)


def _pack_contacts(packing: ZipFile, account: Account) -> None:
    """A card after the other; an empty address book is no file, and the page to read first says so."""
    cards = vcards.vcard_chunks(account)
    first = next(cards, None)
    if first is None or archive_contents.CONTACTS in packing.namelist():
        return
    with packing.open(archive_contents.CONTACTS, "w") as file:
        file.write(first)
        for card in cards:
            file.write(card)


def _pack_waiting(packing: ZipFile, account: Account) -> None:
    """What waits for its hour lies in no folder, and has not left either."""
    waiting = archive_contents.waiting_messages(account)
    if not waiting or archive_contents.WAITING in packing.namelist():
        return
    with packing.open(archive_contents.WAITING, "w") as file:
        mbox = Mbox(cast(BinaryIO, file))
        for written, path in waiting:
            mbox.begin(int(written.timestamp()), "")
            with path.open("rb") as message:
                while piece := message.read(PIECE):
                    mbox.feed(piece)
            mbox.end()


def _tried_in_vain(export: Export, failure: str, now: datetime) -> bool:
    Export.objects.filter(pk=export.pk).update(attempts=F("attempts") + 1)
    if export.attempts + 1 >= ATTEMPTS:
        _fail(export, failure, now)
    return False


def _fail(export: Export, failure: str, now: datetime) -> None:
    export_jobs.delete_files(export.key)
    with transaction.atomic():
        failed = Export.objects.filter(pk=export.pk, state__in=Export.UNDER_WAY).update(
            state=State.FAILED, failure=failure, finished_at=now
        )
        if failed:
            journal.record("system", "export.failed", export.account_id, export=export.key[:8], failure=failure)
            notices.tell_owner(export.account, Notice.Kind.EXPORT, now=now, change="failed")


def _names(export: Export) -> dict[int, str]:
    taken: set[str] = set()
    return {part.number: folder_names.path_of(part.name, taken) for part in export.folders.order_by("number")}
