"""What a process of the web has done before it takes its first request."""

from importlib import import_module, reload

from django.urls import clear_url_caches, get_resolver

from vaguemestre.web.ports import load_wiring


def test_it_has_read_the_modules_of_every_page() -> None:
    """Else the first request that each process answers reads them, and somebody waits for it."""
    clear_url_caches()
    load_wiring.cache_clear()
    assert "urlconf_module" not in vars(get_resolver())
    reload(import_module("vaguemestre.wsgi"))
    assert "urlconf_module" in vars(get_resolver())
    assert load_wiring.cache_info().currsize == 1
