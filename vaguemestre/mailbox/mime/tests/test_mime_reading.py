"""Header values, names, transfer encodings and texts, whatever the sender made of them."""

import base64
import quopri

import pytest
from hypothesis import given, strategies as st

from vaguemestre.mailbox.file_names import LIMIT, default_filename, safe_filename
from vaguemestre.mailbox.imap.body_structure import read_structure
from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime import charsets
from vaguemestre.mailbox.mime.body_choice import choose_body
from vaguemestre.mailbox.mime.header_text import header_text, language_of, message_ids, parse_block, parse_date
from vaguemestre.mailbox.mime.text_parts import decode_text, html_to_text
from vaguemestre.mailbox.mime.transfer_encoding import decode_chunks, encoded_size
from vaguemestre.mailbox.values import PartPath


@pytest.mark.parametrize(
    ("said", "language"),
    [
        (b"en", "en"), (b"de-AT, fr", "de-AT"), (b" fr-FR (francais)", "fr-FR"), (b"zh-Hant-TW", "zh-Hant-TW"),
        (b"sl-rozaj-biske", "sl-rozaj-biske"), (b"de-CH-x-phonebk", "de-CH-x-phonebk"), (b"(en) pt-BR", "pt-BR"),
        (b"", ""), (b"fr_FR", ""), (b"English, fr", "fr"), (b"i-klingon", ""), (b"und, mul, ar", "ar"), (b"en-", ""),
        (b'fr"onload="x', ""), (b'"><script>', ""), (b"fr-" + b"a" * 40, ""), (b"a,b,en", "en"), ("фр".encode(), ""),
        (b"(" * 8000, ""), (b"en-a" * 2000, ""),
    ],
)  # fmt: skip
def test_the_language_that_a_sender_says(said: bytes, language: str) -> None:
    assert language_of(parse_block(b"Content-Language: " + said + b"\r\nSubject: x\r\n")) == language


def test_a_second_field_is_asked_when_the_first_says_nothing() -> None:
    assert language_of(parse_block(b"Content-Language: <b>\r\nContent-Language: it\r\n")) == "it"
    assert language_of(parse_block(b"Subject: fr\r\n")) == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Bonjour", "Bonjour"),
        (b"=?utf-8?Q?R=C3=A9union_=C3=A0_18_h?=", "Réunion à 18 h"),
        (b"=?UTF-8?b?w6k=?= =?utf-8?b?w6k=?=", "éé"),
        (b"=?iso-8859-1*fr?q?=E9?= t=?utf-8?q?=C3=A9?=", "é té"),
        (b"=?utf-8?b?w6?= fin", "Ã fin"),
        (b"=?us-ascii?Q?=41?=", "A"),
        (b"=?utf-8?X?abc?= =?x", "=?utf-8?X?abc?= =?x"),
        ("Réunion".encode(), "Réunion"),
        ("Réunion".encode("latin-1"), "Réunion"),
        (b"a\r\n\tb\x00\x07 c", "a b c"),
        (b"=?utf-8?q?=E2=80=AEabc=E2=81=A6?=", "abc"),
        (b"=?utf-8?b?" + base64.b64encode("😀".encode()) + b"?=", "😀"),
    ],
)
def test_readable(raw: bytes, text: str) -> None:
    assert header_text(raw) == text


@given(st.binary(max_size=300))
def test_readable_never_fails_and_never_misleads(raw: bytes) -> None:
    text = header_text(raw)
    assert "\n" not in text
    assert not any(c in "\u202e\u2066\x00" for c in text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=60), st.sampled_from(["B", "Q"]))
def test_encoded_words_round_trip(text: str, encoding: str) -> None:
    raw = text.encode()
    body = base64.b64encode(raw) if encoding == "B" else b"".join(b"=%02X" % octet for octet in raw)
    assert header_text(b"=?utf-8?%s?%s?=" % (encoding.encode(), body)) == header_text(raw)


def test_a_block_of_fields() -> None:
    headers = parse_block(b"Subject: a\r\n b\r\nnonsense\r\nX-A: 1\r\nx-a:2\r\n: empty\r\n")
    assert headers.get("SUBJECT") == "a b"
    assert headers.all("X-A") == ["1", "2"]
    assert "x-a" in headers
    assert "y" not in headers
    assert headers.get("y", "z") == "z"


def test_message_ids() -> None:
    assert message_ids("<a@b> junk <c@d> <e f> <<g@h>>") == ("<a@b>", "<c@d>", "<g@h>")


@pytest.mark.parametrize("raw", [b"", None, b"x", b"Tue, 99 Nov 2026 10:00:00 +0100", b"\xff" * 9,
                                 b"Fri, 31 Dec 9999 23:59:59 +0000"])  # fmt: skip
def test_dates_that_are_none(raw: bytes | None) -> None:
    assert parse_date(raw) is None


@given(st.binary(max_size=60))
def test_dates_never_fail(raw: bytes) -> None:
    parse_date(raw)


@given(st.text(max_size=400))
def test_names_are_always_safe(raw: str) -> None:
    name = safe_filename(raw)
    assert len(name) <= LIMIT
    assert not set(name) & set('/\\:*?"<>|\r\n\0\u202e')
    assert name == name.strip()
    assert name not in {".", ".."}
    assert safe_filename(name) == name


def test_names_by_default() -> None:
    assert default_filename("image/jpeg") == "piece-jointe.jpg"
    assert default_filename("application/x-inconnu") == "piece-jointe.bin"
    assert default_filename("message/rfc822", "Ré/union") == "Ré_union.eml"


@given(
    st.binary(max_size=3000),
    st.lists(st.integers(0, 4000), max_size=6),
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
)
def test_transfer_encodings_in_any_pieces(content: bytes, cuts: list[int], encoding: str) -> None:
    content = content.replace(b"\r", b"").replace(b"\n", b"\r\n")
    encoded = {
        "base64": base64.encodebytes(content),
        "quoted-printable": quopri.encodestring(content, quotetabs=True),
        "8bit": content,
    }[encoding]
    ends = sorted(min(cut, len(encoded)) for cut in cuts)
    pieces = [encoded[a:b] for a, b in zip([0, *ends], [*ends, len(encoded)], strict=True)]
    assert b"".join(decode_chunks(pieces, encoding)) == content
    assert encoded_size(len(content), "base64") >= len(base64.encodebytes(content)) - 200


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=6), st.integers(1, 50))
def test_texts_in_base64_one_behind_the_other(texts: list[bytes], size: int) -> None:
    """Each padded for itself: a list's footer behind the message, or every line of some programs."""
    encoded = b"\r\n".join(map(base64.b64encode, texts))
    pieces = [encoded[place : place + size] for place in range(0, len(encoded), size)]
    assert b"".join(decode_chunks(pieces, "base64")) == b"".join(texts)


@pytest.mark.parametrize("flood", [b"=" * 3_000_000, b"A=" * 3_000_000, b"AAAAA=" * 1_000_000])
def test_floods_of_padding_are_read_once(flood: bytes) -> None:
    """Quadratic work would not end within the run."""
    assert len(b"".join(decode_chunks([flood], "base64"))) <= len(flood)


@given(st.lists(st.binary(max_size=80), max_size=8), st.sampled_from(["base64", "quoted-printable", "x"]))
def test_broken_encodings_never_fail(pieces: list[bytes], encoding: str) -> None:
    b"".join(decode_chunks(pieces, encoding))


@pytest.mark.parametrize("piece", [b" " * 1_000_000 + b"x", b"= \t" * 300_000 + b"x"])
def test_floods_of_quoted_printable_are_read_once(piece: bytes) -> None:
    """Quadratic work would not end within the run."""
    assert b"".join(decode_chunks([piece], "quoted-printable")) == piece


def test_spaces_at_the_end_of_a_line_are_the_way_s() -> None:
    raw = b"a b \t\r\n c =\t \r\nd =20\r\ne  "
    assert b"".join(decode_chunks([raw], "quoted-printable")) == b"a b\r\n c d  \r\ne  "


@given(
    st.binary(max_size=100),
    st.text(max_size=12) | st.sampled_from(["utf-7", "idna", "zlib", "hex", "utf-16", "cp1252", "big5"]),
)
def test_charsets_never_fail(data: bytes, charset: str) -> None:
    assert isinstance(charsets.decode(data, charset), str)


def test_a_limit_may_cut_a_character() -> None:
    assert charsets.decode("café".encode()[:-1], "", limit=4) == "caf\ufffd"
    assert charsets.decode("café".encode()[:-1], "utf-8", limit=4) == "caf\ufffd"
    assert decode_text("ééé".encode()[:-1], part(), limit=5) == "éé\ufffd"


def test_what_calls_itself_utf8_and_is_not() -> None:
    assert charsets.decode("Élèves et « élèves »".encode("cp1252"), "utf-8") == "Élèves et « élèves »"
    assert charsets.decode("é\n".encode("cp1252"), "utf-8") == "é\n"
    assert charsets.decode(b"caf\xe9", "utf-8") == charsets.decode(b"caf\xe9", limit=9) == "café"
    assert header_text(b"=?utf-8?q?caf=E9?=") == "café"
    assert charsets.decode("été à".encode() + b"\x80 " + "é".encode(), "utf-8") == "été à\ufffd é"


@pytest.mark.parametrize("charset", ["", "us-ascii", "utf-8", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_what_windows_calls_unicode_is_known_by_its_mark(mark: str, charset: str) -> None:
    assert charsets.decode("\ufeffÉté à l’école".encode(mark), charset) == "Été à l’école"


def part(kind: str = "text/plain", **parameters: str) -> Part:
    return Part(path=PartPath("1"), type=kind, parameters=parameters)


def test_texts() -> None:
    assert decode_text(b"a\r\nb\rc\x00", part()) == "a\nb\nc"
    assert decode_text(b"\xe9", part(charset="iso-8859-1")) == "é"
    assert decode_text(b"\xef\xbb\xbfa", part(charset="iso-8859-1")) == "a"
    for order in ("utf-16-le", "utf-16-be"):  # the notepad's "Unicode", sent without a word about it
        assert decode_text("\ufeffÉté".encode(order), part(charset="us-ascii")) == "Été"
    assert decode_text(b'<meta charset="windows-1251">\xcf', part("text/html")) == '<meta charset="windows-1251">П'
    flowed = part(format="flowed")
    assert decode_text(b">> a \n>> b\n> c \nd \n\ne", flowed) == ">> a b\n> c\nd \ne"
    assert decode_text(b"a \nb", part(format="flowed", delsp="yes")) == "ab"


def test_html_as_text() -> None:
    assert html_to_text("<p>un<br>deux</p><script>x</script><a href='https://x'>lien</a>").split() == [
        "un",
        "deux",
        "lien",
    ]
    assert html_to_text("") == html_to_text("  ") == ""
    assert html_to_text("<div>" * 3000 + "fond") == "fond"


TEXT = [b"TEXT", b"PLAIN", [b"CHARSET", b"utf-8"], None, None, b"7BIT", b"12", b"1", None, None, None, None]


def test_structures_that_are_short_or_strange() -> None:
    assert read_structure(None).type == "application/octet-stream"
    assert read_structure([]).path == "1"
    assert read_structure(TEXT).charset == "utf-8"  # type: ignore[arg-type]  # lists are invariant
    assert read_structure([b"TEXT"]).type == "text/plain"
    mixed = read_structure([TEXT, [b"IMAGE", b"PNG"], b"mixed"])  # type: ignore[list-item]  # lists are invariant
    assert [one.path for one in mixed.walk()] == [None, "1", "2"]
    content = choose_body(mixed)
    assert content.text is not None
    assert [one.type for one in content.attachments] == ["image/png"]
