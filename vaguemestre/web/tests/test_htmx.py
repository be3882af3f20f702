import pytest
from django.test import RequestFactory

from vaguemestre.web.htmx import go_to, is_htmx


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_fragment_only_for_what_is_placed_in_a_page(headers: dict[str, str], partial: bool) -> None:
    assert is_htmx(RequestFactory().get("/", headers=headers)) is partial


def test_it_never_sends_anybody_to_another_site() -> None:
    assert go_to("/session/").headers["HX-Redirect"] == "/session/"
    with pytest.raises(ValueError, match="path of this site"):
        go_to("https://elsewhere.example/")
