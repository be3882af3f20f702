"""Signed envelopes (S/MIME) as mail programs close them, with a certificate that nobody vouches for."""

from base64 import encodebytes
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

ANNE = "anne@librairie.example"
HEAD = (
    "Content-Type: application/pkcs7-mime; smime-type={}; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def of_curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def of_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(key: Key, name: str, address: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité d’essai")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(0x00FEDCBA98765432)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        .sign(key, SHA256())
    )


def sealed(
    content: bytes, *options: PKCS7Options,
    key: Key | None = None, certified: Key | None = None, name: str = "Anne Auteur", address: str = ANNE,
    digest: SHA256 | SHA384 | SHA512 | None = None,
) -> bytes:  # fmt: skip
    """The bytes of smime.p7m."""
    key = key or of_curve()
    builder = PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate(certified or key, name, address), key, digest or SHA256())
    return builder.sign(Encoding.DER, [PKCS7Options.Binary, *options])


def entity(envelope: bytes, kind: str = "signed-data") -> bytes:
    """With its head, as it stands in a message or inside another envelope."""
    return HEAD.format(kind).encode() + encodebytes(envelope).replace(b"\n", b"\r\n")


def mail(envelope: bytes, subject: str = "Sous pli", *, kind: str = "signed-data", sender: str = ANNE) -> bytes:
    head = (
        f"From: Anne Auteur <{sender}>\r\nTo: mathilde.lefevre@ac-amiens.fr\r\nSubject: {subject}\r\n"
        f"Date: Tue, 24 Nov 2026 10:00:00 +0100\r\nMessage-ID: <{subject.replace(' ', '_')}@librairie.example>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    return head.encode() + entity(envelope, kind)


def letter(text: str = "Texte visible été.", html: str = "", *files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
