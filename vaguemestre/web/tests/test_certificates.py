"""What is said of the certificate: of the local authority, which nobody else knows."""

from django.conf import LazySettings
from django.utils import timezone

from vaguemestre.web import certificates
from vaguemestre.web.findings import Severity


def test_the_local_authority_s_is_said_in_production_alone(daemons: None, settings: LazySettings) -> None:
    assert list(certificates.certificate_findings(timezone.now())) == []
    settings.INSTANCE = settings.INSTANCE.model_copy(update={"mode": "production"})
    [finding] = certificates.certificate_findings(timezone.now())
    assert finding.severity == Severity.NOTE
    assert "autorité locale" in finding.sentence
    assert "certificate obtain" in finding.remedy


def test_one_that_was_installed_is_trusted_by_itself(daemons: None, settings: LazySettings) -> None:
    """`tls/ca.pem` then begins with it (`launcher.certificates.authority`)."""
    settings.INSTANCE = settings.INSTANCE.model_copy(update={"mode": "production"})
    settings.MAIL = {**settings.MAIL, "ca": settings.TLS["certificate"]}
    assert list(certificates.certificate_findings(timezone.now())) == []
