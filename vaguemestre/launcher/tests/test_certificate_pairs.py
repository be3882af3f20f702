"""What is refused before anything is put anywhere, and in which words."""

import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.testing.certificates import TestAuthority, pem
from vaguemestre.launcher.tls.pairs import joined_pem, parse_joined, read_pair, remarks, require_usable

NOW = datetime.datetime.now(datetime.UTC)  # OpenSSL has no other
HOST = "messagerie.example.fr"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def signer() -> TestAuthority:
    return TestAuthority.made(NOW)


def judged(files: tuple[Path, Path], now: datetime.datetime = NOW) -> str:
    """The words of the refusal; none when it may be installed."""
    try:
        require_usable(read_pair(*files), *files, HOST, now)
    except LauncherError as refused:
        return str(refused)
    return ""


def test_one_for_the_host_is_taken(signer: TestAuthority, tmp_path: Path) -> None:
    assert judged(signer.files(tmp_path, [HOST])) == ""
    assert judged(signer.files(tmp_path, ["*.example.fr"])) == ""


def test_one_for_other_names_is_not(signer: TestAuthority, tmp_path: Path) -> None:
    said = judged(signer.files(tmp_path, ["www.autre.example", "*.messagerie.example.fr", "example.fr"]))
    assert f"n’est pas pour {HOST}" in said
    assert "www.autre.example" in said


def test_one_of_a_clock_an_hour_ahead_waits(signer: TestAuthority, tmp_path: Path) -> None:
    said = judged(signer.files(tmp_path, [HOST]), NOW - 25 * HOUR)
    assert "n’est pas valide avant" in said
    assert "timedatectl" in said
    assert judged(signer.files(tmp_path, [HOST]), NOW - 23 * HOUR) == ""


def test_one_that_has_ended_is_refused(signer: TestAuthority, tmp_path: Path) -> None:
    assert "a pris fin" in judged(signer.files(tmp_path, [HOST], days=10), NOW + datetime.timedelta(days=11))


def test_the_chain_is_judged_by_its_dates_too(signer: TestAuthority, tmp_path: Path) -> None:
    files = signer.files(tmp_path, [HOST], days=1000)
    assert judged(files) == ""
    assert "a pris fin" in judged(files, NOW + datetime.timedelta(days=850))


def test_the_key_is_its_own(signer: TestAuthority, tmp_path: Path) -> None:
    certificate, _key = signer.files(tmp_path, [HOST])
    _other, key = signer.files(tmp_path, [HOST], "other")
    assert judged((certificate, key)) == f"{key} n’est pas la clé de {certificate}."


def test_the_order_of_the_chain(signer: TestAuthority, tmp_path: Path) -> None:
    chain, key = signer.files(tmp_path, [HOST])
    own = read_pair(chain, key).certificate
    chain.write_bytes(pem(signer.certificate, own))
    assert "doit être le premier" in judged((chain, key))
    chain.write_bytes(pem(own, signer.root))
    assert "Root of the test" in judged((chain, key))
    chain.write_bytes(pem(own, signer.certificate, signer.root))
    assert judged((chain, key)) == ""


def test_a_key_behind_a_password_and_files_that_are_something_else(signer: TestAuthority, tmp_path: Path) -> None:
    chain, key = signer.files(tmp_path, [HOST])
    private = read_pair(chain, key).key
    form = serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(b"secret")
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, locked))
    assert "mot de passe" in judged((chain, key))
    assert "PEM" in judged((chain, chain))
    assert str(tmp_path / "none") in judged((tmp_path / "none", key))


def test_an_authority_that_the_web_would_not_believe(signer: TestAuthority, tmp_path: Path) -> None:
    """One of the house, without what the law of certificates (RFC 5280) asks of it."""
    house = TestAuthority.made(NOW, by_the_book=False)
    assert "key usage" in judged(house.files(tmp_path, [HOST]))


def test_a_weak_key_is_refused_as_openssl_does(signer: TestAuthority, tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - which is what it is about
    assert "KEY_TOO_SMALL" in judged(signer.files(tmp_path, [HOST], key=weak))


def test_what_is_wrong_and_no_reason_to_refuse(signer: TestAuthority, tmp_path: Path) -> None:
    chain, key = signer.files(tmp_path, [HOST, "autoconfig.example.fr"])
    names = [HOST, "autoconfig.example.fr", "mta-sts.example.fr"]
    (missing,) = remarks(read_pair(chain, key), chain, key, names)
    assert "mta-sts.example.fr" in missing
    chain.write_bytes(pem(read_pair(chain, key).certificate))
    key.chmod(0o644)
    _missing, alone, readable = remarks(read_pair(chain, key), chain, key, names)
    assert "un seul certificat" in alone
    assert "chmod 600" in readable


def test_all_pairs_are_kept_in_one_file(signer: TestAuthority, tmp_path: Path) -> None:
    usual = read_pair(*signer.files(tmp_path, [HOST]))
    other = read_pair(*signer.files(tmp_path, [HOST], "alt", key=rsa.generate_private_key(65537, 2048)))
    read = parse_joined(joined_pem([usual, other]))
    assert [pair.chain for pair in read] == [usual.chain, other.chain]
    assert [pair.key_pem for pair in read] == [usual.key_pem, other.key_pem]
