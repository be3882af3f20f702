"""A message in a signed envelope (S/MIME, RFC 8551, 5652): what it holds in clear, what its signature is worth.

That a signature matches says that the key of the certificate within signed these bytes. Who gave out the certificate
is not judged: anybody can make one in any name.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from vaguemestre.mailbox.containers.ber import BerReader, Element
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.mime.header_text import clean_text
from vaguemestre.mailbox.signature_status import SignatureMatch, SignatureStatus

TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
KEPT_CERTIFICATES = 20
KEPT_SIGNERS = 5
NAME_LIMIT = 100
LONGEST_KEY = 8192  # bits of RSA: beyond, only what is made to cost
_DATA, _SIGNED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
# SHA-1 and MD5 prove nothing any more: signatures made with them are as good as unread.
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_RSA, _RSA_PSS = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"
_RSA_WITH = {"1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512"}
_EC_WITH = {"1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512"}
# What the library says of certificates that are none.
_UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType,
)  # fmt: skip
_SEQUENCE, _SET, _NUMBER, _OCTETS = 0x30, 0x31, 0x02, 0x04
_FIRST, _FIRST_SIMPLE = 0xA0, 0x80  # [0], of several values or of one


@dataclass(frozen=True, slots=True)
class SignedMessage:
    content: bytes
    seal: SignatureStatus


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate | None
    match: SignatureMatch


def read_signed_message(raw: bytes) -> SignedMessage:
    """What is cut off is kept as far as it goes. Raises `UnpackError` when it is no signed message: encrypted, say."""
    reader = BerReader(raw)
    kind, *held = reader.inside(reader.whole())
    if reader.identifier(kind) != _SIGNED or not held:
        raise UnpackError("kind")
    fields = [one for wrapped in reader.inside(held[0]) for one in reader.inside(wrapped)]
    place = next((at for at, one in enumerate(fields) if one.tag == _SEQUENCE), None)
    if place is None:
        raise UnpackError("content")
    content = _content(reader, fields[place])
    with contextlib.suppress(UnpackError):
        return SignedMessage(content, _seal(reader, fields[place + 1 :], content))
    return SignedMessage(content, SignatureStatus(SignatureMatch.UNKNOWN))


def _content(reader: BerReader, encapsulated: Element) -> bytes:
    kind, *held = reader.inside(encapsulated)
    if reader.identifier(kind) != _DATA or not held:
        raise UnpackError("content")
    content = b"".join(reader.octets(one) for one in reader.inside(held[0]) if one.tag & 0x1F == _OCTETS)
    if not content:
        raise UnpackError("content")
    return content


def _seal(reader: BerReader, after: list[Element], content: bytes) -> SignatureStatus:
    certificates = [
        certificate
        for one in after
        if one.tag == _FIRST
        for element in reader.inside(one)[:KEPT_CERTIFICATES]
        if (certificate := _certificate(reader.encoded(element)))
    ]
    listed = reader.inside(after[-1]) if after and after[-1].tag == _SET and not reader.cut else []
    signers = [_signer(reader, one, certificates, content) for one in listed[: KEPT_SIGNERS + 1]]
    matches = {signer.match for signer in signers}
    match = (
        SignatureMatch.NO
        if SignatureMatch.NO in matches
        else SignatureMatch.YES
        if matches == {SignatureMatch.YES}
        else SignatureMatch.UNKNOWN
    )
    if len(listed) > KEPT_SIGNERS and match is SignatureMatch.YES:
        match = SignatureMatch.UNKNOWN
    certificate = signers[0].certificate if signers else None
    return _described(certificate, match) if certificate else SignatureStatus(match)


def _certificate(encoded: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(encoded)
    except _UNREADABLE:
        return None


def _described(certificate: x509.Certificate, match: SignatureMatch) -> SignatureStatus:
    try:
        subject, issuer = certificate.subject, certificate.issuer
        addresses = [*_texts(subject, NameOID.EMAIL_ADDRESS), *_alternative_addresses(certificate)]
        return SignatureStatus(
            match,
            name=next(_texts(subject, NameOID.COMMON_NAME), ""),
            addresses=tuple(dict.fromkeys(one.lower() for one in addresses))[:KEPT_SIGNERS],
            issuer=next(_texts(issuer, NameOID.COMMON_NAME), "") or next(_texts(issuer, NameOID.ORGANIZATION_NAME), ""),
        )
    except _UNREADABLE:  # what it says cannot be read
        return SignatureStatus(match)


def _texts(name: x509.Name, kind: x509.ObjectIdentifier) -> Iterator[str]:
    for attribute in name.get_attributes_for_oid(kind):
        if isinstance(attribute.value, str) and (text := clean_text(attribute.value)[:NAME_LIMIT]):
            yield text


def _alternative_addresses(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _UNREADABLE:
        return []
    return [clean_text(address)[:NAME_LIMIT] for address in names.get_values_for_type(x509.RFC822Name)]


def _signer(reader: BerReader, info: Element, certificates: list[x509.Certificate], content: bytes) -> _Signer:
    fields = reader.inside(info)
    if len(fields) < 5:
        return _Signer(None, SignatureMatch.UNKNOWN)
    _version, who, digested, *rest = fields
    certificate = next((one for one in certificates if _is_of(reader, who, one)), None)
    attributes = rest.pop(0) if rest and rest[0].tag == _FIRST else None
    algorithm = _HASHES.get(reader.identifier(reader.inside(digested)[0]))
    if certificate is None or algorithm is None or len(rest) < 2:
        return _Signer(certificate, SignatureMatch.UNKNOWN)
    how, signature = reader.identifier(reader.inside(rest[0])[0]), reader.octets(rest[1])
    signed = [content]
    if attributes is not None:
        found = _attribute(reader, attributes, _DIGEST), _attribute(reader, attributes, _CONTENT_TYPE)
        if found[0] is None or found[1] is None or reader.identifier(found[1]) != _DATA:
            return _Signer(certificate, SignatureMatch.UNKNOWN)
        if reader.octets(found[0]) != _digest(content, algorithm):
            return _Signer(certificate, SignatureMatch.NO)
        signed = _as_signed(reader, attributes)
    matches = [_matches(certificate, how, algorithm, signature, one) for one in signed]
    return _Signer(
        certificate,
        SignatureMatch.YES if SignatureMatch.YES in matches else next(iter(matches), SignatureMatch.UNKNOWN),
    )


def _as_signed(reader: BerReader, attributes: Element) -> list[bytes]:
    """As the set that they are, not as the field [0] that they travel as; in order too, which some forget."""
    head = reader.encoded(attributes)[1 : attributes.start - attributes.begin]
    if head[0] == 0x80:  # not as it was signed
        return []
    listed = [reader.encoded(one) for one in reader.inside(attributes)]
    return [bytes([_SET]) + head + b"".join(one) for one in (listed, sorted(listed))]


def _is_of(reader: BerReader, who: Element, certificate: x509.Certificate) -> bool:
    """By issuer and number, or by the name that the certificate gives its key."""
    if who.tag == _FIRST_SIMPLE:
        try:
            key = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except _UNREADABLE:
            return False
        return key == reader.octets(who)
    parts = reader.inside(who)
    try:
        issuer, number = parts
        return (
            number.tag == _NUMBER
            and int.from_bytes(reader.body(number), signed=True) == certificate.serial_number
            and reader.encoded(issuer) == certificate.issuer.public_bytes()
        )
    except _UNREADABLE:
        return False


def _attribute(reader: BerReader, attributes: Element, kind: str) -> Element | None:
    """Its one value; None where there is none, or more than one."""
    values = [
        value
        for one in reader.inside(attributes)
        if len(parts := reader.inside(one)) == 2 and reader.identifier(parts[0]) == kind
        for value in reader.inside(parts[1])
    ]
    return values[0] if len(values) == 1 else None


def _digest(content: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(content)
    return made.finalize()


def _matches(
    certificate: x509.Certificate, how: str, algorithm: hashes.HashAlgorithm, signature: bytes, signed: bytes
) -> SignatureMatch:
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size <= LONGEST_KEY:
            if how == _RSA or _RSA_WITH.get(how) == algorithm.name:
                key.verify(signature, signed, padding.PKCS1v15(), algorithm)
                return SignatureMatch.YES
            if how == _RSA_PSS:  # with the parameters that everybody takes; with others nothing is said
                with contextlib.suppress(InvalidSignature):
                    key.verify(signature, signed, padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO), algorithm)
                    return SignatureMatch.YES
        elif isinstance(key, ec.EllipticCurvePublicKey) and _EC_WITH.get(how) == algorithm.name:
            key.verify(signature, signed, ec.ECDSA(algorithm))
            return SignatureMatch.YES
    except InvalidSignature:
        return SignatureMatch.NO
    except _UNREADABLE:
        pass
    return SignatureMatch.UNKNOWN
