"""What waits to leave is readable in no file of the database: not in its rows, its log, nor what it has wiped."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from vaguemestre.courier import delivery, mail
from vaguemestre.courier.models import Parcel, TextMessage

TOKEN = "lien=Wq7xJ2mD0nY8cR4tK1vB6sH9pL3fZ5aE"
CODE = "code 73914682 pour choisir un nouveau mot de passe"


@pytest.mark.parametrize("settled", [False, True])
def test_no_file_of_the_database_shows_a_token(transactional_db: None, daemons: None, settled: bool) -> None:
    now = timezone.now()
    parcel = mail.send_mail("lea@boite.example", "Repère de ce mail-ci", f"https://exemple.fr/?{TOKEN}", now=now)
    message = TextMessage.objects.create(to="+33612345678", text=CODE, queued_at=now, until=now + timedelta(days=1))
    assert (Parcel.objects.get().text.rpartition("?")[2], TextMessage.objects.get().text) == (TOKEN, CODE)
    if settled:
        delivery.settle_parcel(parcel, Parcel.State.TAKEN, now)
        message.delete()
    files = b"".join(file.read_bytes() for file in database_files())
    assert "Repère de ce mail-ci".encode() in files, "these are the files that it is in"
    assert TOKEN.encode() not in files
    assert CODE.encode() not in files


@pytest.mark.django_db
def test_a_text_under_another_key_is_given_up(settings: LazySettings) -> None:
    now = timezone.now()
    parcel = mail.send_mail("lea@boite.example", "Sujet", "Code", now=now)
    kept = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "une autre clé", [kept]
    assert Parcel.objects.get().text == "Code", "a key that was changed with care opens it still"
    settings.SECRET_KEY_FALLBACKS = []
    delivery.deliver(str(parcel.pk), now)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.refusal) == (Parcel.State.REFUSED, delivery.OTHER_KEY)


@pytest.mark.django_db
def test_what_waited_before_the_upgrade_is_sealed_by_it() -> None:
    now = timezone.now()
    parcel = mail.send_mail("lea@boite.example", "Sujet", "Code", now=now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courier_parcel SET text = 'Code clair' WHERE id = %s", [parcel.pk])
    assert Parcel.objects.get().text == ""
    before = MigrationLoader(connection).project_state(("courier", "0002_text_messages")).apps
    import_module("vaguemestre.courier.migrations.0003_texts_are_sealed").seal_waiting(before, None)
    assert Parcel.objects.get().text == "Code clair"


def database_files() -> list[Path]:
    """The tables and what the server writes beside them; the whole cluster on PostgreSQL."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        return [file, *file.parent.glob(f"{file.name}-*")]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    return [file for part in ("base", "pg_wal") for file in (folder / part).rglob("*") if file.is_file()]
