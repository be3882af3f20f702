"""Every address of the site, with sample values in place of what varies."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

SAMPLES: dict[str, object] = {
    "IntConverter": 1,
    "StringConverter": "x",
    "SlugConverter": "x",
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
    "FolderConverter": "0" * 32,
    "KeyConverter": "0" * 32,
    "UidConverter": 1,
    "PartConverter": "1",
    "PieceConverter": "1",
}


@dataclass(frozen=True)
class Address:
    name: str  # "webmail:folder"
    path: str  # "/webmail/dossiers/000…/"


def addresses() -> list[Address]:
    return sorted(_walk(get_resolver(), ""), key=lambda address: address.name)


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner)
        elif entry.name:
            name = f"{namespace}{entry.name}"
            yield Address(name, reverse(name, kwargs=_sample_values(entry)))
        else:
            yield Address("", f"/{entry.pattern}")


def _sample_values(entry: URLPattern) -> dict[str, object]:
    return {name: SAMPLES[type(converter).__name__] for name, converter in entry.pattern.converters.items()}
