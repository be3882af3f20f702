"""Signed envelopes: what they hold, that a signature is said to match only when it does, and what hostile ones cost."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options
from hypothesis import given, settings, strategies as some

from vaguemestre.mailbox.containers import ber, signed_message
from vaguemestre.mailbox.containers.ber import Element
from vaguemestre.mailbox.containers.nested_parts import container_kind, piece_at, piece_of, unpack
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.signature_status import SignatureMatch, SignatureStatus
from vaguemestre.mailbox.testing.large_specimens import LARGE
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.testing.smime import ANNE, entity, letter, mail, of_curve, of_rsa, sealed
from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.mailbox.values import PiecePath

LETTER = letter()
P7M = Part(None, "application/pkcs7-mime", {"smime-type": "signed-data"})


def envelope_of(specimen: str) -> bytes:
    return b64decode(BY_NAME[specimen].make().partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("key", [of_curve, of_rsa])
@pytest.mark.parametrize("digest", [SHA256(), SHA384(), SHA512()])
@pytest.mark.parametrize("options", [(), (PKCS7Options.NoAttributes,)])
def test_what_it_holds_and_that_the_signature_matches(
    key: Callable[[], object], digest: SHA256, options: tuple[PKCS7Options, ...]
) -> None:
    found = signed_message.read_signed_message(sealed(LETTER, *options, key=key(), digest=digest))  # type: ignore[arg-type]
    assert found.content == LETTER
    assert found.seal == SignatureStatus(SignatureMatch.YES, "Anne Auteur", (ANNE,), "Autorité d’essai")


@pytest.mark.parametrize("options", [(), (PKCS7Options.NoAttributes,)])
@pytest.mark.parametrize("key", [of_curve, of_rsa])
def test_one_letter_or_the_signature_changed(key: Callable[[], object], options: tuple[PKCS7Options, ...]) -> None:
    raw = sealed(LETTER, *options, key=key())  # type: ignore[arg-type]
    for place in (raw.index(b"visible"), len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert signed_message.read_signed_message(bytes(changed)).seal.match is SignatureMatch.NO


def test_the_content_of_one_under_the_signature_of_another() -> None:
    """Both whole: the digest that was signed is that of other bytes."""
    one, other = sealed(LETTER), sealed(LETTER.replace(b"visible", b"faussee"))
    begin, end = one.index(LETTER[:20]), one.index(LETTER[:20]) + len(LETTER)
    assert (
        signed_message.read_signed_message(one[:begin] + other[begin:end] + one[end:]).seal.match is SignatureMatch.NO
    )


def test_a_certificate_of_another_key_proves_nothing() -> None:
    """Under the same names and number, as whoever forges one would make it."""
    assert (
        signed_message.read_signed_message(sealed(LETTER, key=of_curve(), certified=of_rsa())).seal.match
        is not SignatureMatch.YES
    )
    forger = ec.generate_private_key(ec.SECP256R1())
    assert (
        signed_message.read_signed_message(sealed(LETTER, key=forger, certified=of_curve())).seal.match
        is SignatureMatch.NO
    )


def test_without_its_certificate_nothing_is_said() -> None:
    raw = sealed(LETTER, PKCS7Options.NoCerts)
    assert signed_message.read_signed_message(raw) == signed_message.SignedMessage(
        LETTER, SignatureStatus(SignatureMatch.UNKNOWN)
    )


def test_open_ended_lengths_and_octets_in_pieces() -> None:
    found = signed_message.read_signed_message(envelope_of("signed_envelope_open_ended"))
    assert b"Texte visible" in found.content
    assert found.seal.match is SignatureMatch.YES


def test_what_is_cut_off_is_kept_as_far_as_it_goes() -> None:
    raw = sealed(LETTER)
    for cut in range(raw.index(b"visible"), len(raw), 7):
        found = signed_message.read_signed_message(raw[:cut])
        assert LETTER.startswith(found.content)
        assert found.seal.match is SignatureMatch.UNKNOWN
    streamed = envelope_of("signed_envelope_open_ended")
    assert b"Texte" in signed_message.read_signed_message(streamed[: streamed.index(b"visible")]).content


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"0", b"0\x80", b"Bonjour", bytes(1000), b"\x30\x80" * 1000, envelope_of("signed_opaque"),
        envelope_of("encrypted_smime"), sealed(LETTER)[:40], sealed(b""),
        sealed(LETTER, PKCS7Options.DetachedSignature),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(UnpackError):
        signed_message.read_signed_message(raw)


def test_names_are_made_safe_to_show() -> None:
    seal = signed_message.read_signed_message(envelope_of("signed_envelope_hostile")).seal
    assert seal.name == "<script>window.canari=1</script>grue"
    assert (
        len(
            signed_message.read_signed_message(sealed(LETTER, name="a" * 64, address="b" * 500 + "@x")).seal.addresses[
                0
            ]
        )
        <= 100
    )


def test_a_bomb_is_left_when_it_has_cost_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = LARGE["signed_envelope_of_a_million_pieces"]().partition(b"\r\n\r\n")[2]
    looked: list[object] = []

    def made(*values: int) -> Element:
        looked.append(values)
        return Element(*values)

    monkeypatch.setattr(ber, "Element", made)
    with pytest.raises(UnpackError):
        signed_message.read_signed_message(b64decode(raw))
    assert len(looked) <= ber.WORK_LIMIT


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(max_examples=300, deadline=None)
@given(
    some.sampled_from([sealed(LETTER), envelope_of("signed_envelope_open_ended")]),
    some.lists(some.tuples(some.floats(0, 0.999), some.binary(min_size=1, max_size=3)), min_size=1, max_size=6),
)
def test_whatever_is_changed_in_it(raw: bytes, changes: list[tuple[float, bytes]]) -> None:
    """It never matches with other words."""
    changed = bytearray(raw)
    for place, octets in changes:
        begin = int(place * len(changed))
        changed[begin : begin + len(octets)] = octets
    try:
        found = signed_message.read_signed_message(bytes(changed))
    except UnpackError:
        return
    assert (
        found.seal.match is not SignatureMatch.YES or found.content == signed_message.read_signed_message(raw).content
    )


def test_its_pieces_have_addresses_and_others_lie_in_them() -> None:
    inside = letter("Texte", "", ("a.txt", b"un"), ("b.txt", b"deux"))
    outer = piece_of(P7M, sealed(entity(sealed(inside))))
    assert container_kind(outer.part) == "signed"
    assert [piece.part.type for piece in unpack(outer).pieces] == ["application/pkcs7-mime"]
    assert unpack(outer).shown == (1,)
    assert [piece_at(outer, (1, place)).part.filename for place in (2, 3)] == ["a.txt", "b.txt"]
    assert container_kind(replace(P7M, parameters={"smime-type": "enveloped-data"})) == ""
    assert container_kind(Part(None, "application/x-pkcs7-mime")) == "signed"


class TestMailbox:
    def test_it_is_read_as_if_it_stood_in_the_message(self, session: Session) -> None:
        inbox = role(session, "inbox")
        raw = sealed(letter("Texte visible été.", "<p>Texte <b>été</b></p>", ("note.pdf", b"%PDF-1.4")))
        uid = session.append(inbox, mail(raw))
        assert uid
        message = session.message(inbox, uid)
        assert message.seal
        assert message.seal.match is SignatureMatch.YES
        assert message.text
        assert message.html
        assert [part.filename for part in message.attachments] == ["note.pdf"]
        file = message.attachments[0].path
        assert isinstance(file, PiecePath)
        assert message.part(file) is message.attachments[0]
        assert b"".join(session.stream(inbox, uid, file)) == b"%PDF-1.4"

    @pytest.mark.parametrize("kind", ["enveloped-data", "certs-only", "compressed-data"])
    def test_another_kind_of_envelope_stays_shut_and_costs_nothing(self, session: Session, kind: str) -> None:
        inbox = role(session, "inbox")
        uid = session.append(inbox, mail(sealed(LETTER), kind=kind))
        assert uid
        session.message(inbox, uid)
        before = session.round_trips
        message = session.message(inbox, uid)
        assert session.round_trips == before + 1
        assert message.seal is None
        assert [part.filename for part in message.attachments] == ["smime.p7m"]
