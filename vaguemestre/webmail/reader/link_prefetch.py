"""Whether a person followed a link."""

from vaguemestre.accounts.request import StaffRequest


def is_opened_by_person(request: StaffRequest) -> bool:
    """A browser that fetches ahead of a click, or looks at the head only, has not read the mail."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return request.method == "GET" and "prefetch" not in purpose and "prerender" not in purpose
