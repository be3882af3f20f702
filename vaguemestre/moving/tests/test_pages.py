"""The page of an import: sending, watching, stopping, taking back; and who may not."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.testing import sign_in
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.moving import connection, import_jobs, import_run
from vaguemestre.moving.models import Intake, Part, Refusal
from vaguemestre.moving.testing.bringing import LINE, bring, folders, packed, raw
from vaguemestre.testing import Cast, MailAccount, make_mail_account

pytestmark = pytest.mark.usefixtures("daemons")
PAGE = "/import/"
State = Intake.State


@pytest.fixture
def visitor(client: Client, mail_account: MailAccount) -> Iterator[Client]:
    sign_in(client, mail_account.account)
    yield client
    for key in Intake.objects.values_list("key", flat=True):
        import_jobs.delete_files(key)


def send(client: Client, files: dict[str, bytes], **fields: str) -> int:
    sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
    form = {"dossier": "nouveau", "nom": "Ancienne boîte", **fields, "fichiers": sent}
    return client.post("/import/fichiers/", form).status_code


def text(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_sent_watched_and_taken_back(visitor: Client, mail_account: MailAccount) -> None:
    assert 'enctype="multipart/form-data"' in text(visitor)
    assert 'data-help="moving"' in text(visitor)
    assert 'id="aide"' in text(visitor)  # where the help opens
    assert send(visitor, {"a.mbox": LINE + raw(1) + b"\n" + LINE + raw(2)}) == 302
    assert send(visitor, {"b.eml": raw(3)}) == 302  # pressed twice, or in another window
    [intake] = Intake.objects.all()
    assert "every 2s" in text(visitor)
    part = visitor.get("/import/etat/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    bring(intake)
    page = text(visitor)
    assert "2 messages importés dans « Ancienne boîte »".replace(" »", "\u00a0»").replace("« ", "«\u00a0") in page
    assert f"/webmail/dossiers/{intake.target}/" in page
    visitor.post(f"/import/{intake.key}/annulation/")
    bring(intake)
    assert intake.state == State.UNDONE
    assert "Ancienne boîte" not in folders(mail_account)


def test_into_a_folder_that_is_there(visitor: Client, mail_account: MailAccount) -> None:
    inbox = folders(mail_account)["INBOX"]
    assert send(visitor, {"1.eml": raw(1)}, dossier=str(inbox.id)) == 302
    bring(Intake.objects.get())
    assert folders(mail_account)["INBOX"].total == 1
    trash = folders(mail_account)["Trash"]
    assert send(visitor, {"1.eml": raw(1)}, dossier=str(trash.id)) == 422
    assert send(visitor, {"1.eml": raw(1)}, dossier="0" * 32) == 422


@pytest.mark.parametrize("name", ["", "   ", "a/b", "x" * 101, "a\u202eb", "*", "Corbeille\0", "Trash"])
def test_names_that_a_folder_cannot_bear(visitor: Client, name: str) -> None:
    assert send(visitor, {"1.eml": raw(1)}, nom=name) == 422
    assert not Intake.objects.exists()


def test_nothing_sent_or_nothing_of_mail(visitor: Client) -> None:
    assert visitor.post("/import/fichiers/", {"dossier": "nouveau", "nom": "x"}).status_code == 422
    answer = visitor.post(
        "/import/fichiers/", {"dossier": "nouveau", "nom": "x", "fichiers": SimpleUploadedFile("<b>.txt", b"Bonjour")}
    )
    assert answer.status_code == 422
    assert "&lt;b&gt;.txt" in answer.content.decode()
    assert "<b>.txt" not in answer.content.decode()
    assert not Intake.objects.exists()


def test_an_archive_that_would_fill_the_disk(visitor: Client) -> None:
    assert send(visitor, {"a.zip": packed({"a.mbox": LINE + raw(1) + b"x" * 40_000_000})}) == 422
    assert not Intake.objects.exists()


def test_somebody_else_s_is_not_there(visitor: Client, client: Client) -> None:
    send(visitor, {"1.eml": raw(1)})
    [intake] = Intake.objects.all()
    sign_in(client, make_mail_account("Nadia", "Benhamou").account)
    for act in ("arret", "reprise", "annulation"):
        assert client.post(f"/import/{intake.key}/{act}/").status_code == 404
        assert client.post(f"/import/{'0' * 32}/{act}/").status_code == 404
    assert str(intake.key) not in text(client)
    intake.refresh_from_db()
    assert intake.state == State.RUNNING


def test_the_web_server_asks_who_may_send(client: Client, visitor: Client, cast: Cast) -> None:
    assert visitor.get("/import/droit/").status_code == 204
    assert Client().get("/import/droit/").status_code == 403
    sign_in(client, cast.leaver)
    assert client.get("/import/droit/").status_code == 403


def test_without_the_mail_server_it_says_so(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    root = import_jobs.folder_of("x").parent
    before = set(root.iterdir())
    dead = Pool(Endpoint("127.0.0.1", 1), lambda _key: "x")
    monkeypatch.setattr(connection, "_pool", lambda: dead)
    page = visitor.get(PAGE)
    assert page.status_code == 200
    assert "ne répond pas" in page.content.decode()
    assert send(visitor, {"1.eml": raw(1)}) == 503
    assert not Intake.objects.exists()
    assert set(root.iterdir()) - before <= {root / "bringing.lock"}


def test_a_report_that_shows_what_strangers_wrote(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(visitor, {"1.eml": raw(1)})
    bring(Intake.objects.get())
    part = Part.objects.get()
    Refusal.objects.bulk_create(
        Refusal(part=part, place=place, subject="<script>x</script>", reason="large") for place in range(1, 151)
    )
    Part.objects.update(refused=1234, known=7, deleted=2, label="<i>.eml")
    page = text(visitor)
    assert "<script>x" not in page
    assert "&lt;i&gt;.eml" in page
    assert "1\u202f134" in page
    with django_assert_num_queries(7):
        visitor.get(PAGE)


ENDS = [
    *((State.PAUSED, failure) for failure in ("full", "closed", "away", "refused")),
    *((State.FAILED, failure) for failure in ("gone", "disk", "broken")),
    *((state, "") for state in (State.STOPPED, State.UNDOING, State.UNDONE, State.DONE)),
]


@pytest.mark.parametrize(("state", "failure"), ENDS)
def test_every_end_has_its_sentence(visitor: Client, state: Intake.State, failure: str) -> None:
    send(visitor, {"1.eml": raw(1)})
    Intake.objects.update(state=state, failure=failure, finished_at=timezone.now())
    [intake] = Intake.objects.all()
    page = text(visitor)
    assert ("reprise/" in page) == (state == State.PAUSED)
    assert ("arret/" in page) == (state == State.PAUSED)
    assert ('enctype="multipart' in page) == (state not in Intake.OPEN)
    visitor.post(f"/import/{intake.key}/reprise/")
    intake.refresh_from_db()
    assert intake.state == (State.RUNNING if state == State.PAUSED else state)


def test_a_part_of_the_settings(visitor: Client) -> None:
    assert 'href="/import/"' in visitor.get("/webmail/reglages/").content.decode()
    assert import_run.SLICE_SECONDS < 8  # the tasks process gives a task so long when it stops
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == 500
