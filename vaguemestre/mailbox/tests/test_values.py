import pytest
from hypothesis import given, strategies as st

from vaguemestre.mailbox import modified_utf7
from vaguemestre.mailbox.values import Flag, FolderName, InvalidValueError, MailboxId, PartPath, Uid


@pytest.mark.parametrize("value", ["1", "4294967295", 7])
def test_uids(value: int | str) -> None:
    assert Uid(value) == int(value)


@pytest.mark.parametrize(
    "value", ["0", "-1", "1,2", "1:*", "*", "4294967296", " 1", "1\r\nx LOGOUT", "²", "٣", "", True]
)
def test_what_is_no_uid(value: int | str) -> None:
    with pytest.raises(InvalidValueError):
        Uid(value)


@pytest.mark.parametrize("value", ["1", "2.1.3", "9999"])
def test_parts(value: str) -> None:
    assert PartPath(value) == value


@pytest.mark.parametrize("value", ["", "0", "1.", ".1", "1..2", "TEXT", "1.MIME", "1]", "1] BODY[", "1.2\n", "1" * 6])
def test_what_is_no_part(value: str) -> None:
    with pytest.raises(InvalidValueError):
        PartPath(value)


def test_mailbox_ids() -> None:
    assert MailboxId("28010a226fb1056bfb38000083ecc375")
    for wrong in ("", "28010A226FB1056BFB38000083ECC375", "28010a226fb1056bfb38000083ecc37\n", "../x"):
        with pytest.raises(InvalidValueError):
            MailboxId(wrong)


@pytest.mark.parametrize(
    "name", ["Élèves & co", 'dit "le sage"', "😀", "👩‍🏫 classe", "a\\b", "6e B", "台北", "x" * 100]
)
def test_a_folder_may_be_called(name: str) -> None:
    folder = FolderName(name)
    assert modified_utf7.decode_name(folder.wire) == folder == name
    assert folder.wire.isascii()


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("a/b", "separator"), ("", "empty"), ("  ", "empty"), ("a\r\nb", "control"), ("a\0b", "control"),
        ("\u202etxt.exe", "control"), ("a*", "reserved"), ("100%", "reserved"), ("~root", "reserved"),
        ("..", "reserved"), ("x" * 101, "long"), ("é" * 99 + "😀" * 60, "long"),
    ],
)  # fmt: skip
def test_why_a_label_is_refused(label: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        FolderName.within(label, FolderName("Parent"))
    assert refusal.value.reason == reason


def test_a_label_within_its_parent() -> None:
    folder = FolderName.within("6e B", FolderName("Élèves"))
    assert (folder, folder.label, folder.parent, folder.depth) == ("Élèves/6e B", "6e B", "Élèves", 1)


def test_a_composed_and_a_decomposed_accent_are_one_name() -> None:
    assert FolderName("E\u0301te\u0301") == FolderName("Été")


def test_names_made_by_other_programs_are_shown_whatever_they_are() -> None:
    assert FolderName.from_wire(b"a*b") == "a*b"
    assert FolderName.from_wire(b"&AOk-t&AOk-") == "été"
    assert FolderName.from_wire(b"bad &zzz name") == "bad &zzz name"
    assert FolderName.from_wire(b"8 bits \xff\x01") == "8 bits \ufffd\ufffd"


@given(st.text())
def test_modified_utf7_round_trip(name: str) -> None:
    wire = modified_utf7.encode_name(name)
    assert wire.isascii()
    if not any(0xD800 <= ord(c) <= 0xDFFF for c in name):
        assert modified_utf7.decode_name(wire) == name


@given(st.binary())
def test_decoding_names_never_fails(wire: bytes) -> None:
    assert isinstance(FolderName.from_wire(wire), str)


@pytest.mark.parametrize("flag", ["\\Seen", "$Forwarded", "urgent"])
def test_flags(flag: str) -> None:
    assert Flag(flag) == flag


@pytest.mark.parametrize("flag", ["", "\\", "a b", "a)", "é", "x\r\n", "\\Seen)", "{3}"])
def test_what_is_no_flag(flag: str) -> None:
    with pytest.raises(InvalidValueError):
        Flag(flag)
