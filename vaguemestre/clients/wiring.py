"""What this room tells of the DNS."""

from vaguemestre.clients.dns.dns_findings import dns_findings
from vaguemestre.web.findings import operator_findings

operator_findings.provide(dns_findings)
