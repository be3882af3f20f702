from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext


def test_they_are_whole_french_and_need_nothing_behind(tmp_path: Path, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        call_command("error_pages", tmp_path, verbosity=0)
    assert len(queries) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "413.html",
        "429-files.html",
        "429.html",
        "500.html",
        "502.html",
        "503.html",
    ]
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert '<html lang="fr">' in text
        assert "tel:+33322823823" in text
        assert "Recommencer" in text or "Revenez" in text


def test_the_same_page_again_is_the_address_that_was_asked(tmp_path: Path) -> None:
    call_command("error_pages", tmp_path, verbosity=0)
    assert '<a class="button button-primary button-large" href="">' in (tmp_path / "502.html").read_text("utf-8")
    assert 'href=""' not in (tmp_path / "413.html").read_text("utf-8")
