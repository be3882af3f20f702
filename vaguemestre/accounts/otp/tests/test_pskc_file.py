"""Files of seeds: those of the RFC's three kinds, and dirty ones."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pskc import PSKC

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp import otp_values, pskc_file, stock
from vaguemestre.accounts.otp.pskc_file import PskcFileError, read_pskc
from vaguemestre.accounts.otp.testing import SECRET, make_key
from vaguemestre.accounts.secret_sealing import Purpose, unseal
from vaguemestre.audit.models import Entry

HOTP = "urn:ietf:params:xml:ns:keyprov:pskc:hotp"
TOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
KEY = bytes(range(16))
SEEDS = Path(__file__).parents[4] / "seeds"


def container(*keys: dict[str, Any]) -> PSKC:
    made = PSKC()
    for number, facts in enumerate(keys or ({},)):
        usual: dict[str, Any] = {
            "serial": f"77{number:03}", "algorithm": HOTP, "secret": SECRET, "response_length": 6,
            "response_encoding": "DECIMAL",
        }  # fmt: skip
        made.add_key(**{name: value for name, value in (usual | facts).items() if value is not None})
    return made


def written(made: PSKC) -> bytes:
    file = io.BytesIO()
    made.write(file)
    return file.getvalue()


def test_in_the_clear() -> None:
    timed = {"algorithm": TOTP, "time_interval": 60, "response_length": 8, "algorithm_suite": "HMAC-SHA256"}
    first, second = read_pskc(written(container({"counter": 5}, timed))).seeds
    assert (first.serial, first.kind, first.counter, first.secret) == ("77000", OtpKey.Kind.HOTP, 5, SECRET)
    assert (second.kind, second.period, second.digits, second.algorithm) == (OtpKey.Kind.TOTP, 60, 8, "sha256")


def test_under_a_pre_shared_key() -> None:
    made = container()
    made.encryption.setup_preshared_key(algorithm="AES128-CBC", key=KEY)
    content = written(made)
    assert SECRET not in content
    assert read_pskc(content, key=KEY).seeds[0].secret == SECRET


def test_under_a_passphrase() -> None:
    made = container()
    made.encryption.setup_pbkdf2("les tilleuls sentent en juin")
    content = written(made)
    assert read_pskc(content, passphrase="les tilleuls sentent en juin").seeds[0].secret == SECRET


def test_a_wrong_key_gives_no_seed_and_tells_no_secret() -> None:
    made = container()
    made.encryption.setup_preshared_key(algorithm="AES128-CBC", key=KEY)
    reading = read_pskc(written(made), key=bytes(16))
    assert reading.seeds == []
    assert [line.serial for line in reading.bad] == ["77000"]
    assert "12345678" not in str(reading)


def test_without_its_key_an_encrypted_file_is_refused_whole() -> None:
    made = container()
    made.encryption.setup_preshared_key(algorithm="AES128-CBC", key=KEY)
    with pytest.raises(PskcFileError):
        read_pskc(written(made))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"pas du XML",
        b"<a/>",
        b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><k>&x;</k>',
        b"\xff\xfe<\0k\0/\0>\0",
        written(PSKC()),
        b"x" * (pskc_file.LARGEST + 1),
    ],
)
def test_what_is_no_pskc_file_is_refused(content: bytes) -> None:
    with pytest.raises(PskcFileError):
        read_pskc(content)


@pytest.mark.parametrize(
    "facts",
    [
        {"serial": None},
        {"serial": "<script>"},
        {"serial": "../etc"},
        {"algorithm": "urn:ietf:params:xml:ns:keyprov:pskc:pin"},
        {"algorithm": None},
        {"secret": b"court"},
        {"secret": None},
        {"response_length": 4},
        {"response_encoding": "HEXADECIMAL"},
        {"algorithm_suite": "HMAC-MD5"},
        {"algorithm": TOTP, "time_interval": 86400},
        {"algorithm": TOTP, "time_drift": 5000},
    ],
)
def test_each_bad_key_is_told_by_its_place(facts: dict[str, object]) -> None:
    reading = read_pskc(written(container({}, facts)))
    assert [seed.serial for seed in reading.seeds] == ["77000"]
    assert [line.place for line in reading.bad] == [2]


def test_a_serial_twice_in_one_file_is_told() -> None:
    reading = read_pskc(written(container({}, {"serial": "77000"})))
    assert len(reading.seeds) == 1
    assert len(reading.bad) == 1


def test_all_or_nothing(db: None) -> None:
    reading = read_pskc(written(container({}, {"secret": b"court"}, {})))
    with pytest.raises(stock.BadLinesError):
        stock.add_to_stock(reading, department="80", by="test", now=timezone.now())
    assert not OtpKey.objects.exists()
    assert not Entry.objects.filter(act="otp-key.imported").exists()
    done = stock.add_to_stock(reading, department="80", by="test", now=timezone.now(), without_bad=True)
    assert done.added == ["77000", "77002"]


def test_a_known_serial_keeps_its_secret_and_holder(db: None) -> None:
    known = make_key(serial="77000", department="02", counter=41)
    reading = read_pskc(written(container({"secret": b"another secret of 20"}, {})))
    done = stock.add_to_stock(reading, department="80", by="test", now=timezone.now())
    assert (done.added, done.known) == (["77001"], ["77000"])
    known.refresh_from_db()
    assert (unseal(known.secret, Purpose.FACTOR), known.department, known.counter) == (SECRET, "02", 41)


def test_the_secret_is_kept_sealed(db: None) -> None:
    stock.add_to_stock(read_pskc(written(container())), department="80", by="test", now=timezone.now())
    key = OtpKey.objects.get()
    assert SECRET.decode() not in key.secret
    assert otp_values.code_at(key, 0) == "755224"


def test_the_demonstration_s_file_by_command(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    options = {"key_file": SEEDS / "otp-stock.key", "department": "80"}
    call_command("otp", "import", SEEDS / "otp-stock.pskc.xml", **options)
    call_command("otp", "import", SEEDS / "otp-stock.pskc.xml", **options)
    assert OtpKey.objects.filter(department="80", state=OtpKey.State.STOCK).count() == 5
    call_command("otp", "list")
    assert "5" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(db: None, tmp_path: Path) -> None:
    file = tmp_path / "graines.xml"
    file.write_bytes(b"rien")
    for arguments in (["--department", "75"], ["--department", "80"], ["--department", "80", "--key-file", str(file)]):
        with pytest.raises(CommandError):
            call_command("otp", "import", str(file), *arguments)
    with pytest.raises(CommandError):
        call_command("otp", "import", str(tmp_path / "absent.xml"), "--department", "80")


def test_a_demonstration_s_key_is_shown_and_never_one_of_production(
    db: None, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    key = make_key(OtpKey.Kind.TOTP)
    call_command("demo-fob", key.serial)
    assert capsys.readouterr().out.strip().isdigit()
    settings.INSTANCE = settings.INSTANCE.model_copy(update={"mode": "production"})
    with pytest.raises(CommandError):
        call_command("demo-fob", key.serial)
    assert not capsys.readouterr().out
