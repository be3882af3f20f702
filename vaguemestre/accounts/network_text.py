"""A network in words."""

from ipaddress import ip_network

from django.utils.translation import gettext as _

_LOOPBACK_V6 = "::/56"  # that of ::1


def network_text(network: str) -> str:
    """What `throttle.network_of` keeps: “réseau 192.0.2”."""
    if not network:
        return _("unknown network")
    address = ip_network(network).network_address
    if address.is_loopback or network == _LOOPBACK_V6:
        return _("this very computer")
    return _("network %(network)s") % {"network": str(address).removesuffix(".0").removesuffix("::")}
