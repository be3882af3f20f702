import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from pydantic import ValidationError

from vaguemestre.academy.facts import academy
from vaguemestre.engine import tls_policy
from vaguemestre.instance import Tls
from vaguemestre.launcher.data_folder import folder, secrets
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.tls import authority

NOW = datetime.datetime(2026, 9, 1, 6, 0, tzinfo=datetime.UTC)


@pytest.fixture
def data(open_folder: Path) -> Path:
    folder.lay_out(open_folder)
    secrets.ensure(open_folder / "secrets", database_exists=False)
    return open_folder


def server(data: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((data / "tls" / "server.pem").read_bytes())


def test_the_certificate_names_the_host_and_is_signed_by_the_authority(data: Path) -> None:
    authority.ensure(data, "messagerie.example.fr", Tls(), now=NOW)
    names = server(data).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    asked_by_programs = [f"autoconfig.{academy().domain}", f"autodiscover.{academy().domain}", academy().domain]
    assert names.get_values_for_type(x509.DNSName) == [
        "messagerie.example.fr", "localhost", *asked_by_programs, f"mta-sts.{academy().domain}",
    ]  # fmt: skip
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    server(data).verify_directly_issued_by(x509.load_pem_x509_certificate((data / "tls" / "ca.pem").read_bytes()))
    ssl.create_default_context().load_cert_chain(data / "tls" / "server.pem", data / "tls" / "server.key")


def test_there_is_one_of_each_kind_and_both_are_trusted(data: Path) -> None:
    authority.ensure(data, "localhost", Tls(), now=NOW)
    root = x509.load_pem_x509_certificate((data / "tls" / "ca.pem").read_bytes())
    (usual, _), (other, _) = tls_policy.certificates(data)
    kinds = []
    for file in (usual, other):
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        certificate.verify_directly_issued_by(root)
        kinds.append(type(certificate.public_key()).__name__)
    assert kinds == ["ECPublicKey", "RSAPublicKey"]


def test_kept_while_good_renewed_before_its_end(data: Path) -> None:
    authority.ensure(data, "localhost", Tls(), now=NOW)
    first, root = server(data), (data / "tls" / "ca.pem").read_bytes()
    authority.ensure(data, "localhost", Tls(), now=NOW + datetime.timedelta(days=300))
    assert server(data) == first
    authority.ensure(data, "localhost", Tls(), now=NOW + datetime.timedelta(days=370))
    assert server(data) != first
    assert (data / "tls" / "ca.pem").read_bytes() == root


def test_another_host_gets_another_certificate(data: Path) -> None:
    authority.ensure(data, "localhost", Tls(), now=NOW)
    first = server(data)
    authority.ensure(data, "messagerie.example.fr", Tls(), now=NOW)
    assert server(data) != first


def test_own_certificates_are_used_as_they_are(data: Path, open_folder: Path) -> None:
    authority.ensure(data, "localhost", Tls(), now=NOW)
    own = open_folder / "own.pem"
    own.write_bytes((data / "tls" / "server.pem").read_bytes())
    key = open_folder / "own.key"
    key.write_bytes((data / "tls" / "server.key").read_bytes())
    authority.ensure(data, "localhost", Tls(certificate=own, key=key), now=NOW)
    assert (data / "tls" / "ca.pem").read_bytes().startswith(own.read_bytes())  # and what is shown until a reload
    assert len(tls_policy.certificates(data)) == 1  # the local authority's other one is gone
    authority.ensure(data, "localhost", Tls(certificate=own, key=key, alt_certificate=own, alt_key=key), now=NOW)
    assert len(tls_policy.certificates(data)) == 2
    assert (data / "tls" / "ca.pem").read_bytes() == own.read_bytes()


def test_a_certificate_without_its_key_is_named() -> None:
    with pytest.raises(ValidationError, match="given together"):
        Tls(certificate=Path("/own.pem"))


def test_an_own_certificate_that_cannot_be_read_is_named(data: Path) -> None:
    with pytest.raises(LauncherError, match=r"/nowhere/own\.pem"):
        authority.ensure(data, "localhost", Tls(certificate=Path("/nowhere/own.pem"), key=Path("/nowhere/k")), now=NOW)
