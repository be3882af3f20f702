"""A page that says what was just done, once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web import toasts


def render_with_message(
    request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    toast = toasts.read(request)
    response = render(request, template, {**context, "said": toast.said if toast else ""}, status=status)
    if toast:
        toasts.forget(response)
    return response
