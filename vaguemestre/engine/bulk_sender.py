"""The envelope of circulars: its bounces are dropped, ports 25 and 465 refuse it. No Django."""

from vaguemestre.academy.facts import academy

LOCAL_PART = "ne-pas-repondre+circulaire"


def bulk_sender() -> str:
    return f"{LOCAL_PART}@{academy().domain}"
