"""An address as browsers read it, the entries that name it, and lists as others publish them."""

from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from vaguemestre.webmail.trust.blocklist.canonical_urls import (
    Target,
    host_keys,
    key_hash,
    parse_target,
    path_keys,
    possible_targets,
)
from vaguemestre.webmail.trust.blocklist.entries import EntryRefusedError, parse_blocklist, parse_entry

LIST = (
    "piege.example", "*.reseau.example", "partage.example/depot", "docs.example/get?id=3", "xn--rctorat-bya.example",
    "216.58.214.206", "[2001:db8::1]", "xn--strae-oqa.example",
)  # fmt: skip


def is_named(address: str, entries: Iterable[str] = LIST) -> bool:
    listed = {key_hash(one) for one in entries}
    return any(key_hash(key) in listed for there in possible_targets(address) for key in keys(there))


def keys(there: Target) -> list[str]:
    return [*host_keys(there.host), *path_keys(there)]


@pytest.mark.parametrize(
    "address",
    [
        "https://piege.example", "http://piege.example/", "https://piege.example/a/b?c#d", "https://PIEGE.Example/",
        "https://piege.example:8443/x", "https://piege.example./x", "https://piege.example:/",
        "https://piege.example#x",
        "https://ac-amiens.fr@piege.example/", "https://ac-amiens.fr:443@piege.example", "https://a@b@piege.example",
        "https://pi%65ge.example/", "https://%70iege%2Eexample/", "https://piege\u3002example/",
        "https://ｐｉｅｇｅ.example",
        "https://pi\u00adege.example/", "https://piege\u200b.example/", "https:\\\\piege.example\\a",
        "https:/piege.example",
        "https:piege.example", "https:///piege.example", " https://piege.example", "https://pie\tge.exam\nple/",
        "HTTPS://piege.example", "https://piege.example\\@ac-amiens.fr/", "https://piege.example?@ac-amiens.fr",
        "https://reseau.example/", "https://a.b.reseau.example/x", "https://partage.example/depot",
        "https://partage.example/depot/a.exe?x", "https://partage.example/DEPOT/", "https://partage.example//depot",
        "https://partage.example/a/../depot/", "https://partage.example/%64epot", "https://partage.example/./depot",
        "https://partage.example/a/%2e%2e/depot", "https://partage.example/depot#x", "https://docs.example/get?id=3",
        "https://docs.example/GET?ID=%33", "https://réctorat.example/", "https://RÉCTORAT.example/",
        "https://re\u0301ctorat.example/", "https://xn--rctorat-bya.example", "http://3627734734/",
        "http://0xd83ad6ce/",
        "http://0330.072.0326.0316/", "http://216.58.54990", "http://216.58.214.206:81", "http://[2001:DB8:0:0::1]/",
        "http://[2001:db8::1%25eth0]:80/a", "https://straße.example/", "https://STRAẞE.example/",
    ],
)  # fmt: skip
def test_a_trap_is_known_under_every_disguise(address: str) -> None:
    assert is_named(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.google.example/url?q=https://piege.example/a&sa=D",
        "https://l.example/l.php?u=https%3A%2F%2Fpiege.example",
        "https://safe.example/?url=https%253A%252F%252Fpiege.example", "https://r.example/?to=//piege.example",
        "https://r.example/go/https://piege.example/a", "https://r.example/go/https%3A%2F%2Fpiege.example%2Fa",
        "https://web.example/2026/http:/piege.example/", "https://r.example/#/?next=https://piege.example",
        "https://r.example/?a=1&u=HTTPS://ac-amiens.fr@PIEGE.example", "https://r.example/?u=http://3627734734/",
    ],
)  # fmt: skip
def test_also_one_step_behind_a_page_that_sends_on(address: str) -> None:
    assert is_named(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example/", "https://xpiege.example/", "https://www.piege.example/", "https://piege.example.fr/",
        "https://piege.example@ac-amiens.fr/", "https://ac-amiens.fr/piege.example", "https://reseau.example.fr/",
        "https://unreseau.example/", "https://partage.example/", "https://partage.example/depots",
        "https://partage.example/a/depot",
        "https://docs.example/get", "https://docs.example/get?id=30", "https://ac-amiens.fr/?q=piege.example",
        "mailto:a@piege.example", "https://", "https://[", "https://[x]/", "https://..", "https://a b/", "https:", "",
        "https://" + "a" * 70 + ".example", "http://1.2.3.4.5/", "http://999999999999/",
        "https://a.example/?u=https://b.example/?u=https://c.example", "javascript:https://piege.example",
    ],
)  # fmt: skip
def test_nothing_else_is(address: str) -> None:
    assert not is_named(address)


def test_only_one_step_is_followed() -> None:
    assert not is_named("https://a.example/?u=https%3A%2F%2Fb.example%2F%3Fu%3Dhttps%253A%252F%252Fpiege.example")


def test_what_is_endless_ends() -> None:
    """No address of a mail makes more than some hundreds of keys."""
    deep = (
        "https://"
        + "a." * 60
        + "example"
        + "/x" * 500
        + "?"
        + "&".join(f"u{n}=https://b{n}.example" for n in range(500))
    )
    assert sum(len(keys(there)) for there in possible_targets(deep)) < 500
    assert parse_target("https://" + "a." * 400 + "example") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Piege.Example", "piege.example"), ("https://piege.example/", "piege.example"),
        (" piege.example. ", "piege.example"),
        ("*.piege.example", "*.piege.example"), (".piege.example", "*.piege.example"),
        ("http://*.piege.example/", "*.piege.example"),
        ("hxxps://piege[.]example/a", "piege.example/a"), ("piege(.)example", "piege.example"),
        ("http://piege.example:8080/a/b.exe", "piege.example/a/b.exe"),
        ("piege.example/Get?Id=3", "piege.example/get?id=3"),
        ("http://moi@piege.example/#x", "piege.example"), ("http://3627734734/a", "216.58.214.206/a"),
        ("réctorat.example", "xn--rctorat-bya.example"), ("[2001:db8::0001]", "[2001:db8::1]"),
        ("1.2.3.4:5", "1.2.3.4"),
        ("ac-amiens.fr/pirate", "ac-amiens.fr/pirate"), ("clg-pirate.ac-amiens.fr", "clg-pirate.ac-amiens.fr"),
    ],
)  # fmt: skip
def test_an_entry_has_one_form(typed: str, kept: str) -> None:
    assert parse_entry(typed) == kept
    assert parse_entry(kept) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "form"), ("deux mots.example", "form"), ("http://", "form"), ("a*.example", "form"),
        ("piege.exa mple", "form"),
        ("*.*.example", "form"), ("anne@@", "form"), ("fr", "wide"), ("*.fr", "wide"), ("localhost", "wide"),
        ("ac-amiens.fr", "ours"), ("*.ac-amiens.fr", "ours"), ("*.gouv.fr", "ours"), ("education.gouv.fr", "ours"),
        ("*.piege.example/a", "deep"), ("piege.example/" + "a" * 1000, "long"),
    ],
)  # fmt: skip
def test_what_is_no_entry_says_why(typed: str, reason: str) -> None:
    with pytest.raises(EntryRefusedError) as refused:
        parse_entry(typed)
    assert refused.value.reason == reason


def test_a_list_one_address_a_line() -> None:
    lines = (
        "\ufeff# Liste", "", "piege.example", "PIEGE.example  # encore", "0.0.0.0 hote.example",
        "127.0.0.1\tautre.example",
        "! x", "; y",
    )  # fmt: skip
    found = parse_blocklist((f"{line}\n" for line in lines), table=False)
    assert list(found.entries) == ["piege.example", "hote.example", "autre.example"]
    assert found.faults == []


@pytest.mark.parametrize(
    "text",
    [
        '# x\n"1","2026-11-01","http://piege.example/a,b","online"\n"2","2026-11-02","https://autre.example/"\n',
        "domaine;vu le\npiege.example/a,b;2026\nautre.example;2026\n",
        "url\thost\nhttp://piege.example/a,b\tx\nautre.example\tx\n",
    ],
)
def test_a_list_as_a_table(text: str) -> None:
    assert list(parse_blocklist(text.splitlines(), table=True).entries) == ["piege.example/a,b", "autre.example"]


def test_faults_are_told_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = parse_blocklist(["piege.example", "", "pas une adresse", "*.fr", "x" * 5000], table=False)
    assert [(one.line, one.reason) for one in found.faults] == [(3, "form"), (4, "wide"), (5, "long")]
    monkeypatch.setattr("vaguemestre.webmail.trust.blocklist.entries.MOST", 1)
    assert [one.reason for one in parse_blocklist(["a.example", "b.example"], table=False).faults] == ["many"]


PIECES = (
    "/", "?", "&", "=", ":", "a", "b.fr", "0x7f", ".", "..", "-", "~", "_", ";", "%2f", "#", "@", "\\", "\t", "é",
    "u=", "http:evil.example", "HTTP:evil.example", "//evil.example", "A",
)  # fmt: skip


@given(
    st.sampled_from(["https://", "http://", "HTTP://", "https:/", "//"]),
    st.sampled_from(["exemple.example", "127.1", "-a.example", "a..b", "xn--a.example", "x@y.example", "É.example"]),
    st.lists(st.sampled_from(PIECES), max_size=7).map("".join),
)
def test_what_is_written_plainly_is_read_as_all_others(scheme: str, site: str, rest: str) -> None:
    address = f"{scheme}{site}{rest}"
    quick = possible_targets(address)
    assert quick == possible_targets(f" {address}")  # a space, which says nothing, sends it the long way
