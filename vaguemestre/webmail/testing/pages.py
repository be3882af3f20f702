"""Shared by tests: pages."""

from django.http import HttpResponse, HttpResponseBase


def body(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()
