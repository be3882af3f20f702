"""A wrong academy.toml says file, key and reason; a right one is Amiens."""

import re
from pathlib import Path

import pytest

from vaguemestre.academy.facts import AcademyFileError, academy, read_academy
from vaguemestre.academy.testing.facts import refused


def test_amiens_is_read() -> None:
    facts = academy()
    assert facts.domain == "ac-amiens.fr"
    assert [department.code for department in facts.departments] == ["02", "60", "80"]
    somme = facts.department("80")
    assert somme is not None
    assert somme.office.phone == "03 22 71 25 00"
    assert facts.department("75") is None


@pytest.mark.parametrize(
    ("good", "wrong", "key", "reason"),
    [
        ('zone = "B"', 'zone = "D"', "zone", "'A', 'B' or 'C'"),
        ('domain = "ac-amiens.fr"', 'domain = "AC Amiens"', "domain", "match pattern"),
        ('domain = "ac-amiens.fr"', "", "domain", "Field required"),
        ("quota_mb = 2048", 'quota_mb = "2048"', "mail.quota_mb", "valid integer"),
        ("quota_mb = 2048", "quota_mb = 0", "mail.quota_mb", "greater than or equal to 1"),
        ("quota_mb", "quota_bm", "mail.quota_bm", "Extra inputs are not permitted"),
        ("quota_mb", "quota_bm", "mail.quota_mb", "Field required"),
        ("closing_share_percent = 5", "closing_share_percent = 101", "feed.closing_share_percent", "less than"),
        ('uai_prefix = "060"', 'uai_prefix = "60"', "departments.1.uai_prefix", "match pattern"),
        ("03 22 71 25 00", "0322712500", "departments.2.office.phone", "match pattern"),
        ("last = 2026-11-01", "last = 2026-10-01", "school_holidays.0", "last is before first"),
        ("security_officers = []", 'security_officers = ["rssi"]', "help_desk.security_officers.0", "match pattern"),
        ('key = "scolarite-2d"', 'key = "scolarite-1d"', "arena", "each key once"),
        ('key = "scolarite-2d"', 'key = "Scolarité"', "arena.domains.1.key", "match pattern"),
        ("include_numen = true", "include_numen = 1", "letter.include_numen", "valid boolean"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, amiens: str, good: str, wrong: str, key: str, reason: str) -> None:
    assert good in amiens
    message = refused(tmp_path, amiens.replace(good, wrong, 1))
    assert any(f": {key} - " in line and reason in line for line in message.splitlines()), message


def test_keys_of_a_former_version_are_no_wrong_ones(tmp_path: Path, amiens: str) -> None:
    """An upgrade keeps the operator's file, and must not stop at it."""
    file, former = tmp_path / "academy.toml", tmp_path / "former.toml"
    file.write_text(amiens, encoding="utf-8")
    former.write_text(amiens.replace("[mail]\n", '[mail]\nimap_host = "x.fr"\nsmtp_host = "x.fr"\n'), encoding="utf-8")
    assert read_academy(former) == read_academy(file)


def test_an_authority_may_name_no_security_officers(tmp_path: Path, amiens: str) -> None:
    file = tmp_path / "academy.toml"
    file.write_text(re.sub(r"^security_officers.*\n", "", amiens, flags=re.MULTILINE), encoding="utf-8")
    assert read_academy(file).help_desk.security_officers == []


def test_every_wrong_key_is_named_at_once(tmp_path: Path, amiens: str) -> None:
    message = refused(tmp_path, amiens.replace('zone = "B"', 'zone = "D"').replace("quota_mb", "quote_mb"))
    assert {": zone - ", ": mail.quote_mb - ", ": mail.quota_mb - "} <= {
        f": {line.split(': ')[1].split(' - ')[0]} - " for line in message.splitlines()
    }


def test_bad_toml_says_where(tmp_path: Path, amiens: str) -> None:
    assert "line 1" in refused(tmp_path, 'name = "Amiens\n' + amiens)


def test_a_file_in_another_encoding(tmp_path: Path, amiens: str) -> None:
    assert "utf-8" in refused(tmp_path, amiens.encode("cp1252", errors="replace"))


def test_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(AcademyFileError, match=r"nowhere\.toml"):
        read_academy(tmp_path / "nowhere.toml")
