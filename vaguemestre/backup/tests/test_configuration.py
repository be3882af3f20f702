"""Two places apart, each with a password of its own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from vaguemestre.backup.errors import InsideDataError, NotConfiguredError, PasswordFileError, SamePlaceError
from vaguemestre.backup.places.configuration import BackupConfiguration, BackupTarget, configured, require_sound


def test_two_places_with_two_passwords_are_sound(configuration: BackupConfiguration) -> None:
    require_sound(configuration)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/srv/copies", "/srv/copies"),
        ("/srv/copies", "/srv/./copies/"),
        ("/srv/copies", "/srv/copies/secrets"),
        ("sftp:copies@elsewhere:/srv/copies", "sftp:copies@ELSEWHERE:/srv/copies/"),
        ("sftp:copies@elsewhere:/srv/copies", "sftp://copies@elsewhere//srv/copies"),
        ("rest:https://elsewhere/copies", "rest:https://other@elsewhere/copies/"),
        ("s3:https://elsewhere/bucket", "s3:https://elsewhere/bucket/secrets"),
    ],
)
def test_one_place_for_both_is_refused(configuration: BackupConfiguration, first: str, second: str) -> None:
    mail, secrets = (
        replace(configuration.mail, address=first),
        replace(configuration.secrets, address=second),
    )
    with pytest.raises(SamePlaceError):
        require_sound(replace(configuration, mail=mail, secrets=secrets))


@pytest.mark.parametrize("second", ["sftp:secrets@elsewhere:/srv/copies", "sftp:copies@third:/srv/copies", "/srv/two"])
def test_another_place_is_another_place(configuration: BackupConfiguration, second: str) -> None:
    mail = replace(configuration.mail, address="sftp:copies@elsewhere:/srv/copies")
    require_sound(replace(configuration, mail=mail, secrets=replace(configuration.secrets, address=second)))


def test_one_password_for_both_is_refused(configuration: BackupConfiguration) -> None:
    configuration.secrets.password_file.write_bytes(configuration.mail.password_file.read_bytes() + b"\n")
    with pytest.raises(SamePlaceError):
        require_sound(configuration)


def test_what_lies_in_the_data_folder_is_refused(
    configuration: BackupConfiguration, target: Callable[[str], BackupTarget], tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(configuration.data)
    for inside in (
        replace(configuration.mail, address=str(link / "copies")),
        replace(configuration.mail, password_file=configuration.data / "secrets" / "backup.password"),
    ):
        with pytest.raises(InsideDataError):
            require_sound(replace(configuration, mail=inside))


def test_a_password_that_is_missing_empty_or_open_to_others_is_refused(configuration: BackupConfiguration) -> None:
    file = configuration.mail.password_file
    file.chmod(0o640)
    with pytest.raises(PasswordFileError):
        require_sound(configuration)
    file.chmod(0o600)
    file.write_text("\n")
    with pytest.raises(PasswordFileError):
        require_sound(configuration)
    file.unlink()
    with pytest.raises(PasswordFileError):
        require_sound(configuration)


def test_without_a_section_nothing_is_configured(settings: LazySettings) -> None:
    settings.BACKUP = None
    with pytest.raises(NotConfiguredError):
        configured()
