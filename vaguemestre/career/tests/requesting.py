"""Requests as tests make them: by the pages, as a person does."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.career.models import Campaign, Kind, ServiceRequest

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
IBAN = "FR14 2004 1010 0505 0001 3M02 606"
FACTS: dict[str, dict[str, str]] = {
    Kind.ADDRESS: {
        "street": "3 rue des Prés", "postal_code": "80000", "city": "Amiens", "starts": str(timezone.localdate())
    },
    Kind.BANK: {"holder": "Mathilde Lefèvre", "iban": IBAN},
    Kind.TRANSFER: {"ground": "conjoint", "text": "Mon conjoint travaille à Corbie."},
    Kind.PART_TIME: {
        "quota": "80", "ground": "autorisation", "starts": str(timezone.localdate()),
        "ends": str(timezone.localdate() + timedelta(days=300)), "text": "",
    },
    Kind.LEAVE: {
        "sort": "formation", "starts": str(timezone.localdate()), "ends": str(timezone.localdate() + timedelta(days=9)),
        "text": "Un stage.",
    },
    Kind.ALLOWANCE: {"sort": "sft", "text": "Un enfant est né."},
}  # fmt: skip


def make_campaign(kind: str = Kind.TRANSFER, **more: Any) -> Campaign:
    now = timezone.now()
    facts: dict[str, Any] = {
        "kind": kind, "title": "Mouvement 2027", "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=9), "signed": "Sylvie Caudron",
    }  # fmt: skip
    return Campaign.objects.create(**{**facts, **more})


def begin(browser: Client, kind: str = Kind.ADDRESS, campaign: Campaign | None = None) -> ServiceRequest:
    said = {"demande": kind, **({"campagne": campaign.pk} if campaign else {})}
    answer = browser.post(reverse("career:new-request"), said)
    assert answer.status_code == 302
    return ServiceRequest.objects.get(pk=answer.headers["Location"].split("/")[-2])


def fill(browser: Client, one: ServiceRequest, **more: str) -> int:
    return browser.post(address("request-facts", one), {**FACTS[one.kind], **more}).status_code


def bring(browser: Client, one: ServiceRequest, slot: str, name: str = "piece.pdf", content: bytes = PDF) -> Any:
    return browser.post(
        address("request-documents", one), {"piece": slot, "fichier": SimpleUploadedFile(name, content)}
    )


def send(browser: Client, one: ServiceRequest) -> Any:
    return browser.post(address("request-sending", one))


def sent(browser: Client) -> ServiceRequest:
    """A change of address, up to the office."""
    one = begin(browser)
    fill(browser, one)
    bring(browser, one, "domicile")
    assert send(browser, one).status_code == 302
    one.refresh_from_db()
    return one


def decide(browser: Client, one: ServiceRequest, decision: str = "accepted", **more: Any) -> Any:
    said = {"decision": decision, "reason": "", "version": one.version, **more}
    return browser.post(address("desk-decision", one), said)


def address(name: str, one: ServiceRequest) -> str:
    return reverse(f"career:{name}", args=[one.pk])


def acts(account: str) -> list[str]:
    return list(
        Entry.objects.filter(subject=account, act__startswith="career").order_by("pk").values_list("act", flat=True)
    )
