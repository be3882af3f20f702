"""Reader, parser and commands, against responses that are generated, cut anywhere, and broken."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.body_structure import read_structure
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, flag_list, quote_string, uid_sets
from vaguemestre.mailbox.imap.wire.faults import ProtocolError
from vaguemestre.mailbox.imap.wire.parser import Atom, Continuation, Data, Response, Status, Value, parse_response
from vaguemestre.mailbox.imap.wire.reader import Limits, LineReader, Spooled
from vaguemestre.mailbox.values import InvalidValueError, Uid


def read(data: bytes, limits: Limits | None = None) -> list[Response]:
    return [parse_response(segments) for segments in LineReader(limits).feed(data)]


def one(data: bytes) -> Data:
    [response] = read(data)
    assert isinstance(response, Data)
    return response


def test_statuses() -> None:
    assert read(b"* OK [UIDNEXT 11] Predicted\r\n") == [Status("*", "OK", "UIDNEXT", "11", "Predicted")]
    assert read(b"v1 NO [overquota] Plein {5}\r\n") == [Status("v1", "NO", "OVERQUOTA", "", "Plein {5}")]
    assert read(b"* BYE\r\n") == [Status("*", "BYE", "", "", "")]
    assert read(b"v2 bad Err\xe9ur [x]\r\n") == [Status("v2", "BAD", "", "", "Err\ufffdur [x]")]
    assert read(b"+ idling\r\n+\r\n") == [Continuation(b"idling"), Continuation(b"")]


def test_a_fetch_with_every_kind_of_value() -> None:
    line = (
        b'* 12 FETCH (UID 7 FLAGS (\\Seen $Forwarded) X NIL S "a\\"b\\\\c" BODY[HEADER.FIELDS (DATE FROM)]<0> {5}\r\n'
        b"ab\r\n) BINARY[1] ~{2}\r\n\0\xff E () L {0+}\r\n)\r\n"
    )
    response = one(line)
    assert (response.name, response.number) == ("FETCH", 12)
    assert response.values == [
        [
            b"UID", b"7", b"FLAGS", [b"\\Seen", b"$Forwarded"], b"X", None, b"S", b'a"b\\c',
            b"BODY[HEADER.FIELDS (DATE FROM)]<0>", b"ab\r\n)", b"BINARY[1]", b"\0\xff", b"E", [], b"L", b"",
        ]
    ]  # fmt: skip


def test_a_quoted_nil_is_a_word() -> None:
    assert one(b'* X "NIL" NIL nil\r\n').values == [b"NIL", None, None]


def test_eight_bit_bytes_are_kept() -> None:
    assert one(b'* LIST () "/" "\xc3\xa9t\xe9"\r\n').values[2] == b"\xc3\xa9t\xe9"


values = st.recursive(
    st.one_of(
        st.none(),
        st.binary(max_size=40),
        st.from_regex(rb"\A[A-Za-z0-9$\\][A-Za-z0-9._-]{0,20}\Z").filter(lambda b: b.upper() != b"NIL").map(Atom),
    ),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=30,
)


def written(value: Value, draw: st.DrawFn) -> bytes:
    """One of the ways in which a server may write a value."""
    if value is None:
        return b"NIL"
    if isinstance(value, list):
        return b"(" + b" ".join(written(inner, draw) for inner in value) + b")"
    if isinstance(value, Atom):
        return bytes(value)
    assert isinstance(value, bytes)
    literal = b"%s{%d%s}\r\n%s" % (
        draw(st.sampled_from([b"", b"~"])), len(value), draw(st.sampled_from([b"", b"+"])), value
    )  # fmt: skip
    if draw(st.booleans()) or set(value) & {0, 10, 13}:
        return literal
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@st.composite
def responses(draw: st.DrawFn) -> tuple[list[Value], bytes]:
    items: list[Value] = list(draw(st.lists(values, min_size=1, max_size=5)))
    return items, b"* 3 FETCH " + b" ".join(written(item, draw) for item in items) + b"\r\n"


@settings(max_examples=300)
@given(st.lists(responses(), min_size=1, max_size=4), st.data())
def test_what_a_server_writes_is_read_back_wherever_it_is_cut(
    several: list[tuple[list[Value], bytes]], data: st.DataObject
) -> None:
    stream = b"".join(written for _, written in several)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = LineReader()
    found: list[Value] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        for segments in reader.feed(stream[start:end]):
            response = parse_response(segments)
            assert isinstance(response, Data)
            found.append(response.values)
    assert found == [items for items, _ in several]


@given(responses())
def test_byte_by_byte(made: tuple[list[Value], bytes]) -> None:
    items, stream = made
    reader = LineReader()
    found = [parse_response(segments) for byte in stream for segments in reader.feed(bytes([byte]))]
    assert found == [Data("FETCH", 3, items)]


_PIECES = [
    b"* ", b"v1 ", b"OK ", b"FETCH ", b"(", b")", b'"', b"\\", b"{3}\r\n", b"{99999999999}\r\n", b"\r\n", b"NIL", b"[",
    b"]", b"LIST ", b"12 ",
]  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=12)), max_size=40).map(b"".join))
def test_garbage_is_a_typed_error_or_nothing(garbage: bytes) -> None:
    try:
        for response in read(garbage):
            if isinstance(response, Data):
                for value in response.values:
                    read_structure(value)
    except MailboxUnavailableError:
        pass


@given(values)
def test_a_structure_is_always_readable(value: Value) -> None:
    part = read_structure(value)
    assert all(inner.path is None or inner.path for inner in part.walk())


@pytest.mark.parametrize(
    "line",
    [
        b"* 1 FETCH (UID 1\r\n", b"* 1 FETCH UID 1)\r\n", b'* 1 FETCH "open\r\n', b"* 1 FETCH (BODY[ )\r\n",
        b"nonsense\r\n", b"\r\n", b"* \r\n", b"\x00\x01\x02\r\n", b"* FETCH {3}\r\nabc garbage {\r\n",
        b"* X (" + b"(" * 2000 + b")" * 2000 + b")\r\n",
    ],
)  # fmt: skip
def test_broken_lines(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(line)


def test_deep_lists_do_not_exhaust_the_stack() -> None:
    value = one(b"* X " + b"(" * 900 + b")" * 900 + b"\r\n").values[0]
    assert len(list(read_structure(value).walk())) < 150


def test_a_line_without_end_is_refused_before_memory_is() -> None:
    reader = LineReader(Limits(held=1000))
    for _ in range(10):
        assert list(reader.feed(b"x" * 100)) == []
    with pytest.raises(ProtocolError):
        list(reader.feed(b"x"))


def test_a_literal_larger_than_anything_is_refused() -> None:
    with pytest.raises(ProtocolError):
        read(b"* 1 FETCH (BODY[] {99999999999999}\r\n")


def test_small_literals_cannot_fill_memory_either() -> None:
    line = b"* X (" + b" ".join(b"{100}\r\n" + b"y" * 100 for _ in range(50)) + b")\r\n"
    with pytest.raises(ProtocolError):
        read(line, Limits(held=2000))


@pytest.mark.parametrize("step", [1000, 77, 100_000])
def test_a_large_literal_goes_to_a_file(tmp_path: Path, step: int) -> None:
    content = bytes(range(256)) * 20
    stream = b"* 1 FETCH (BODY[] {%d}\r\n" % len(content) + content + b" UID 4)\r\n"
    reader = LineReader(Limits(spool_above=1000, folder=tmp_path))
    found = [
        parse_response(one)
        for start in range(0, len(stream), step)
        for one in reader.feed(stream[start : start + step])
    ]
    [response] = found
    assert isinstance(response, Data)
    items = response.values[0]
    assert isinstance(items, list)
    spooled = items[1]
    assert isinstance(spooled, Spooled)
    assert (b"".join(spooled.pieces(300)), spooled.size, items[3]) == (content, len(content), b"4")
    assert list(tmp_path.iterdir()) == []  # unnamed: nothing to clean up


def test_a_spool_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailboxUnavailableError, match="spool"):
        read(b"* 1 FETCH (BODY[] {5000}\r\n" + b"x" * 5000, Limits(spool_above=10, folder=tmp_path / "absent"))


@given(st.binary().filter(lambda value: 0 not in value))
def test_a_string_sent_is_the_string_read(value: bytes) -> None:
    """What comes from outside can end neither its string nor its line."""
    assert one(b"* X " + quote_string(value) + b"\r\n").values == [value]


@given(st.lists(st.integers(1, 3000).map(Uid), max_size=400))
def test_sets(uids: list[Uid]) -> None:
    sets = list(uid_sets(uids))
    assert [number for text in sets for number in UidNumbers.read(text.decode())] == sorted(set(uids))


def test_long_sets_are_cut_into_several_commands() -> None:
    sets = list(uid_sets([Uid(number) for number in range(1, 5000, 2)]))
    assert len(sets) == 5
    assert max(map(len, sets)) < 8000


@given(st.sets(st.integers(1, 60)), st.integers(-70, 70), st.integers(0, 70), st.integers(1, 61))
def test_parts_of_a_set(numbers: set[int], start: int, length: int, bound: int) -> None:
    ordered = sorted(numbers)
    read = UidNumbers.read(b",".join(uid_sets([Uid(number) for number in numbers])).decode())
    first = max(0, start)
    assert (len(read), list(read)) == (len(ordered), ordered)
    assert read.part(start, start + length) == ordered[first : max(first, start + length)]
    assert read.below(bound) == sum(number < bound for number in numbers)


def test_a_huge_set_costs_nothing() -> None:
    huge = UidNumbers.read("1:4294967295")
    assert (len(huge), huge.part(len(huge) - 2, len(huge)), huge.below(7)) == (4294967295, [4294967294, 4294967295], 6)


@pytest.mark.parametrize("text", ["a", "1:", "1,,2", "-1", "1:*", "0", "1:9999999999"])
def test_wrong_sets(text: str) -> None:
    with pytest.raises(ProtocolError, match="set"):
        UidNumbers.read(text)


def test_flags_cannot_carry_a_command() -> None:
    assert flag_list(["\\Seen", "$Forwarded"]) == b"(\\Seen $Forwarded)"
    with pytest.raises(InvalidValueError):
        flag_list(["x) y (z"])


def feed_all(chunks: Iterable[bytes]) -> list[Response]:
    reader = LineReader()
    return [parse_response(segments) for chunk in chunks for segments in reader.feed(chunk)]


def test_a_cut_inside_the_announcement_of_a_literal() -> None:
    assert feed_all([b"* X {", b"3}\r", b"\na", b"bc\r\n"]) == [Data("X", 0, [b"abc"])]
