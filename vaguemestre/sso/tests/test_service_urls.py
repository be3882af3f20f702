import pytest

from vaguemestre.sso.cas.service_urls import is_registered, is_registrable, is_well_formed, with_ticket

EXACT = "https://notes.example/entree"
PREFIX = "https://notes.example/cas/*"


@pytest.mark.parametrize(
    "address",
    [
        "https://notes.example/entree", "https://notes.example/cas/", "https://notes.example/cas/?next=%2Fclasse",
        "https://notes.example/cas/%C3%A9l%C3%A8ves", "https://notes.example/cas/a/b.html?x=1&y=https%3A%2F%2Fz/",
    ],
)  # fmt: skip
def test_what_was_registered_is_taken(address: str) -> None:
    assert is_registered(address, [EXACT, PREFIX])


@pytest.mark.parametrize(
    "address",
    [
        "http://notes.example/entree",  # without TLS
        "https://notes.example/entree/",  # exact is exact
        "https://notes.example/entree?x=1",
        "https://notes.example/entree#x",
        "https://notes.example/entre%65",
        "https://notes.example/ENTREE",
        "https://NOTES.example/entree",
        "HTTPS://notes.example/entree",
        "https://notes.example:443/entree",
        "https://notes.example:8443/entree",
        "https://notes.example./entree",
        "https://notes.example.voleur.example/entree",
        "https://voleur.example/https://notes.example/entree",
        "https://notes.example@voleur.example/entree",
        "https://notes.example:x@voleur.example/entree",
        "https://voleur.example\\@notes.example/entree",
        "https://notes.example\\.voleur.example/cas/",
        "https:/notes.example/entree",
        "https:notes.example/entree",
        "//notes.example/entree",
        "https://[::1]/entree",
        "https://notes.example/cas",  # what begins with it, the slash included
        "https://notes.example/casino/",
        "https://notes.example/cas/../entree",
        "https://notes.example/cas/..",
        "https://notes.example/cas/./x",
        "https://notes.example/cas/%2e%2e/entree",
        "https://notes.example/cas/%2E./entree",
        "https://notes.example/cas/..%2fentree",
        "https://notes.example/cas/..%5centree",
        "https://notes.example/cas/%252e%252e/entree",
        "https://notes.example/cas/..;/entree",
        "https://notes.example/cas/..%3b/entree",
        "https://notes.example/cas//voleur.example",
        "https://notes.example/cas/\\voleur.example",
        "https://notes.example/cas/%0d%0aSet-Cookie:x",
        "https://notes.example/cas/\r\nSet-Cookie:x",
        "https://notes.example/cas/%00",
        "https://notes.example/cas/x y",
        "https://notes.example/cas/é",
        "https://notes.example/cas/?ticket=ST-voleur",
        "https://notes.example/cas/?x=1&Ticket=ST-voleur",
        "https://notes.example/cas/?%74icket=ST-voleur",
        "https://notes.example/cas/" + "a" * 2000,
        " https://notes.example/cas/",
        "https://notes.example/cas/\n",
        "javascript:alert(1)//https://notes.example/cas/",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(address: str) -> None:
    assert not is_registered(address, [EXACT, PREFIX])


@pytest.mark.parametrize("pattern", [EXACT, PREFIX, "https://notes.example/*", "https://notes.example:8443/a/*"])
def test_what_may_be_written_down(pattern: str) -> None:
    assert is_registrable(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "*", "https://*", "https://*/", "https://*.example/", "https://notes.example*", "https://notes.example/ca*",
        "https://notes.example/*/x", "https://notes.example/?x=/*", "http://notes.example/*", "https:///*",
    ],
)  # fmt: skip
def test_a_pattern_names_one_origin_and_a_whole_folder(pattern: str) -> None:
    assert not is_registrable(pattern)
    assert not is_registered(pattern.replace("*", "voleur.example"), [pattern])


def test_an_address_without_a_path_is_one_too() -> None:
    assert is_well_formed("https://notes.example")
    assert not is_well_formed("https://notes.example.")


def test_the_ticket_is_added_to_what_is_there() -> None:
    assert with_ticket("https://notes.example/x", "ST-1") == "https://notes.example/x?ticket=ST-1"
    assert with_ticket("https://notes.example/x?a=b", "ST-1") == "https://notes.example/x?a=b&ticket=ST-1"
