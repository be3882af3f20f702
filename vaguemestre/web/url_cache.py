"""Addresses of the product's own pages, each made once.

`reverse` walks the namespaces and tries the patterns anew at each call, 30 µs; a page of the webmail has thirty."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192, typed=True)
def own_url(name: str, *arguments: object) -> str:
    """As `reverse(name, args=arguments)`, for arguments that can be a key."""
    return reverse(name, args=arguments)
