"""Shared by tests: bringing."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.moving import import_jobs, import_run, target_folders
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.models import Intake
from vaguemestre.moving.uploaded_files import store_upload
from vaguemestre.testing import MailAccount

LINE = b"From anne@x.example Mon Mar  2 08:30:00 2020\n"


def raw(number: int, body: bytes = b"corps \xe9\xff\n", head: bytes = b"") -> bytes:
    return head + b"Message-ID: <n%d@x.example>\nSubject: n%d\nFrom: a@b.example\n\n" % (number, number) + body


def box(*messages: bytes) -> bytes:
    return b"".join(LINE + message + b"\n" for message in messages)


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def take_in(account: MailAccount, files: dict[str, bytes], folder: str = "Reprise") -> Intake:
    def target() -> tuple[MailboxId, str, bool]:
        with open_mailbox_of(account.key) as session:
            found, made = target_folders.ensure_named(session, folder)
        assert found.id
        return found.id, target_folders.folder_text(found), made

    sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return import_jobs.begin_import(
        account.account, list(files), target, lambda place: store_upload(sent, place), now=timezone.now()
    )


def bring(intake: Intake, seconds: float = 60) -> Intake:
    with TestCase.captureOnCommitCallbacks(execute=True):
        for _slice in range(2000):
            if not import_run.go_on(now=timezone.now(), seconds=seconds):
                break
    intake.refresh_from_db()
    return intake


def sums(intake: Intake) -> tuple[int, int, int, int]:
    parts = list(intake.parts.all())
    names = ("brought_count", "known", "deleted", "refused")
    brought, known, deleted, refused = (sum(getattr(part, name) for part in parts) for name in names)
    return brought, known, deleted, refused


def folders(account: MailAccount) -> dict[str, Folder]:
    with open_mailbox_of(account.key) as session:
        return {str(folder.name): folder for folder in session.folders()}


def subjects(account: MailAccount, folder: str) -> list[str]:
    with open_mailbox_of(account.key) as session:
        found = next(one for one in session.folders() if one.name == folder)
        assert found.id
        return sorted(row.subject for row in session.page(found.id, count=200).rows)
