"""Who can reach a listener."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a listener on `host` (an address, or `localhost`) is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
