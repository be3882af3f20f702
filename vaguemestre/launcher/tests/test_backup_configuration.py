"""`[backup]` of instance.toml, as the room `backup` reads it."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from pydantic import ValidationError

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import UnfinishedRestoreError
from vaguemestre.backup.places.configuration import configured
from vaguemestre.instance import Backup


def test_the_section_is_read(settings: LazySettings, tmp_path: Path) -> None:
    section = Backup(repository="/srv/copies", secrets_repository="sftp:secrets@elsewhere:/srv/secrets", keep_days=3)
    settings.BACKUP, settings.DATA = section.model_dump(), tmp_path
    read = configured()
    assert (read.mail.address, read.secrets.folder, read.keep_days) == ("/srv/copies", None, 3)
    unfinished_restore.keep(tmp_path, unfinished_restore.UnfinishedRestore(None, None, ""))
    with pytest.raises(UnfinishedRestoreError):  # a copy of what is not whole
        configured()


@pytest.mark.parametrize("address", ["copies", "rest:http://elsewhere/", "s3:https://key:word@elsewhere/", "ftp:x"])
def test_an_address_that_is_none_or_holds_a_password_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Backup(repository=address, secrets_repository="/srv/secrets")
