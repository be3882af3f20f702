"""A failed or late backup is said to those whom it concerns, in words."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.backup import errors
from vaguemestre.backup.places import section_at_start
from vaguemestre.backup.status import backup_status, operator_mail, outcomes, sentences
from vaguemestre.backup.status.outcomes import Task
from vaguemestre.courier.models import Parcel
from vaguemestre.testing import Cast, make_account, make_person, make_school
from vaguemestre.web.findings import Severity
from vaguemestre.web.metrics import metrics_text

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SECTION = {
    "repository": "/srv/copies", "password_file": Path("/etc/one"), "credentials_file": None,
    "secrets_repository": "/mnt/secrets", "secrets_password_file": Path("/etc/two"), "secrets_credentials_file": None,
    "keep_days": 14, "keep_weeks": 8, "keep_months": 6, "late_hours": 26, "processors": 1, "upload_kib": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def data(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    settings.BACKUP = SECTION
    return tmp_path


@pytest.fixture
def administrator() -> Account:
    desk = make_school("0809001Z", kind="rectorat")
    return make_account(make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk))


def codes() -> list[tuple[str, str]]:
    return [(str(one.task), one.code) for one in backup_status.troubles(NOW)]


def test_never_run_failed_late_and_well(data: Path) -> None:
    assert codes() == [("backup", "never")]
    outcomes.write_failure(data, Task.BACKUP, NOW, "target-full", "/srv/copies")
    assert codes() == [("backup", "target-full")]
    outcomes.write_success(data, Task.REVOCATIONS, NOW)
    outcomes.write_success(data, Task.BACKUP, NOW - timedelta(hours=27), run="x")
    assert codes() == [("backup", "late")]
    outcomes.write_success(data, Task.BACKUP, NOW - timedelta(hours=25), run="x")
    assert codes() == []
    outcomes.write_failure(data, Task.REHEARSAL, NOW, "damaged", "u.1")
    outcomes.write_failure(data, Task.CHECK, NOW, "damaged", "/srv/copies")
    outcomes.write_success(data, Task.REVOCATIONS, NOW - timedelta(hours=3))
    assert codes() == [("backup-check", "damaged"), ("rehearsal", "damaged"), ("revocations", "late")]


def test_a_task_that_never_ran_is_said_once_it_is_due(data: Path) -> None:
    outcomes.write_success(data, Task.BACKUP, NOW - timedelta(days=17), run="x")
    outcomes.write_success(data, Task.BACKUP, NOW, run="y")
    assert codes() == [("backup-check", "never"), ("rehearsal", "never"), ("revocations", "never")]
    assert "vaguemestre backup rehearse" in backup_status.troubles(NOW)[1].text(NOW)


def test_a_service_that_is_older_than_the_check_has_its_time_for_the_first(data: Path) -> None:
    for task in (Task.BACKUP, Task.REHEARSAL, Task.REVOCATIONS):
        outcomes.write_success(data, task, NOW - timedelta(days=100))
        outcomes.write_success(data, task, NOW)
    outcomes.note_due(data, Task.CHECK, NOW - timedelta(days=15))
    outcomes.note_due(data, Task.CHECK, NOW)
    assert codes() == []
    assert [one.code for one in backup_status.troubles(NOW + timedelta(hours=1))] == []
    outcomes.note_due(data, Task.CHECK, NOW)
    later = [(str(one.task), one.code) for one in backup_status.troubles(NOW + timedelta(days=2))]
    assert ("backup-check", "never") in later


def test_damage_that_a_check_found_is_said_by_mail_check_and_gauge_until_one_is_clean(
    administrator: Account, data: Path
) -> None:
    for task in (Task.BACKUP, Task.REHEARSAL, Task.REVOCATIONS):
        outcomes.write_success(data, task, NOW)
    outcomes.write_failure(data, Task.CHECK, NOW, "damaged", "/srv/copies: restic’s words")
    (finding,) = backup_status.backup_findings(NOW)
    assert finding.severity == Severity.ALARM
    assert "Vérification des sauvegardes\N{NO-BREAK SPACE}: Abîmé" in finding.sentence
    assert "/srv/copies" in finding.sentence
    assert "vaguemestre backup check" in finding.remedy
    assert "vaguemestre_backup_failing 1\n" in metrics_text(NOW)
    assert f"vaguemestre_backup_check_age_seconds {backup_status.NEVER}\n" in metrics_text(NOW)
    operator_mail.tell_operators("", NOW)
    assert "/srv/copies" in Parcel.objects.get(to=administrator.address).text
    outcomes.write_success(data, Task.CHECK, NOW)
    assert backup_status.troubles(NOW) == []
    assert "vaguemestre_backup_check_age_seconds 0\n" in metrics_text(NOW)


def test_a_failure_keeps_what_was_known_of_the_last_good_one(data: Path) -> None:
    outcomes.write_success(data, Task.REVOCATIONS, NOW)
    outcomes.write_success(data, Task.BACKUP, NOW - timedelta(days=3), run="x")
    outcomes.write_failure(data, Task.BACKUP, NOW, "wrong-password", "/srv/copies")
    (trouble,) = backup_status.troubles(NOW)
    assert "il y a 3 jours" in trouble.text(NOW)
    assert "Mettez le bon dans le fichier du mot de passe" in trouble.text(NOW)


def test_production_without_a_backup_is_a_trouble_and_a_demo_is_not(settings: LazySettings) -> None:
    settings.BACKUP = None
    assert codes() == []
    settings.EXAMPLES = False
    assert codes() == [("backup", "not-configured")]


def test_a_change_that_waits_for_a_restart_is_said_at_once(settings: LazySettings, data: Path) -> None:
    for task in Task:
        outcomes.write_success(data, task, NOW)
    file = data / "instance.toml"
    file.write_text('host = "a"\n')
    section_at_start.note_section(data)
    file.write_text('host = "b"\n')
    assert codes() == []
    file.write_text('host = "b"\n[backup]\nrepository = "/srv/copies"\n')
    (finding,) = backup_status.backup_findings(NOW)
    assert "[backup]" in finding.sentence
    assert finding.remedy.endswith("systemctl restart vaguemestre.target")
    settings.BACKUP, settings.EXAMPLES = None, False  # in a process that started before
    assert codes() == [("backup", "not-restarted")]
    section_at_start.note_section(data)
    settings.BACKUP = SECTION
    assert codes() == []


def test_every_cause_has_its_words() -> None:
    causes = {one.code for one in _all_errors(errors.BackupError)}
    assert causes <= set(sentences.CAUSES)
    assert "vaguemestre-rehearsal" in sentences.cause_sentence("a later version's", task=Task.REHEARSAL)


def _all_errors(of: type[errors.BackupError]) -> list[type[errors.BackupError]]:
    return [of, *(one for below in of.__subclasses__() for one in _all_errors(below))]


def test_the_gauges_move(data: Path) -> None:
    assert f"vaguemestre_backup_age_seconds {backup_status.NEVER}" in metrics_text(NOW)
    outcomes.write_success(data, Task.BACKUP, NOW - timedelta(minutes=5), run="x")
    text = metrics_text(NOW)
    assert "vaguemestre_backup_age_seconds 300\n" in text
    assert "vaguemestre_backup_failing 0\n" in text


def test_administrators_are_told_by_mail_once_a_day(administrator: Account, data: Path) -> None:
    operator_mail.tell_operators("", NOW)
    operator_mail.tell_operators("", NOW + timedelta(hours=1))
    (parcel,) = Parcel.objects.all()
    assert parcel.to == administrator.address
    assert parcel.subject == "Les sauvegardes demandent votre attention"
    operator_mail.tell_operators("", NOW + timedelta(hours=25))
    assert Parcel.objects.count() == 2
    outcomes.write_success(data, Task.BACKUP, NOW, run="x")
    operator_mail.tell_operators("", NOW)
    outcomes.write_failure(data, Task.BACKUP, NOW, "locked", "")
    operator_mail.tell_operators("", NOW)
    assert Parcel.objects.count() == 3


def test_the_home_of_administrators_says_it_and_no_other(client: Client, administrator: Account, cast: Cast) -> None:
    sign_in(client, administrator, strong=True)
    assert "Rien n’a encore abouti" in client.get("/portail/").content.decode()
    sign_in(client, cast.teacher)
    assert "sauvegarde" not in client.get("/portail/").content.decode()


def test_it_is_a_finding(data: Path) -> None:
    outcomes.write_failure(data, Task.BACKUP, NOW, "target-full", "/srv/copies")
    (finding,) = backup_status.backup_findings(NOW)
    assert finding.severity == Severity.ALARM
    assert "pleine" in finding.sentence or "plein" in finding.sentence
    assert "vaguemestre backup run" in finding.remedy


def test_what_root_writes_of_it_can_be_read_under_the_umask_of_the_units(data: Path) -> None:
    former = os.umask(0o077)
    try:
        outcomes.write_success(data, Task.BACKUP, NOW)
    finally:
        os.umask(former)
    assert (data / "backup" / "state").stat().st_mode & 0o777 == 0o755
