"""A doubt in a return address would send somebody's code to somebody else."""

import pytest

from vaguemestre.sso.registry.redirect_uris import AddressRefusedError, parse_home, parse_redirect_uri, parse_service


@pytest.mark.parametrize(
    "address",
    [
        "https://appli.example/retour", "https://appli.example:8443/retour?de=arena", "https://a-b.c.example/",
        "https://appli.example",
    ],
)  # fmt: skip
def test_an_exact_address_is_kept_as_it_is(address: str) -> None:
    assert parse_redirect_uri(f"  {address} ") == address
    assert parse_home(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "retour", "http://appli.example/retour", "HTTPS://appli.example/", "ftp://appli.example/",
        "https:///retour", "https://appli.example/#ici", "https://appli.example/#", "https://*.example/retour",
        "https://appli.example/*", "https://moi@appli.example/", "https://moi:mot@appli.example/", "https://@appli.example/",
        "https://Appli.example/", "https://éducation.example/", "https://appli.example\\@mal.example/",
        "https://appli.example/../ailleurs", "https://appli.example/%2e%2E/x", "https://appli.example//mal.example",
        "https://appli.example:99999/", "https://appli.example:/", "https://appli.example /",
        "https://appli..example/", "https://-appli.example/", "https://[::1]/", "javascript:alert(1)",
        "https://appli.example/" + "x" * 500, "//appli.example/", "https://appli.example/a b",
    ],
)  # fmt: skip
def test_anything_else_is_refused(address: str) -> None:
    for judge in (parse_redirect_uri, parse_home):
        with pytest.raises(AddressRefusedError):
            judge(address)


def test_a_service_may_end_by_a_star_and_only_so() -> None:
    assert parse_service("https://appli.example/cas/*") == "https://appli.example/cas/*"
    assert parse_service("https://appli.example/cas") == "https://appli.example/cas"
    for wrong in ("https://*.example/*", "https://appli.example*", "https://appli.example/*/x", "/*",
                  "https://appli.example/a%2f..%2fb", "https://appli.example/?a=/*"):  # fmt: skip
        with pytest.raises(AddressRefusedError):
            parse_service(wrong)


def test_a_page_of_ours_is_a_path() -> None:
    assert parse_home("/iprof/") == "/iprof/"
    for wrong in ("//mal.example/", "/\\mal.example/", "/iprof", "/../", "/a//b/"):
        with pytest.raises(AddressRefusedError):
            parse_home(wrong)
