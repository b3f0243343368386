"""The home's own certificate authority for its pages, and the certificate that it signs for this machine.

A household installs the root in its browsers once. What the root can vouch for is limited to names and addresses of
homes (RFC 5280, 4.2.1.10, name constraints): a key that is stolen from a hub cannot pass for a bank.
"""

import datetime
import ipaddress
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from hub.guard.certificates import certificate_of, named, present
from hub.web.access.own_names import is_address

Key = ec.EllipticCurvePrivateKey
LEAF_DAYS: Final = 90
RENEW_DAYS: Final = 30
_ROOT_DAYS: Final = 365 * 20
_EARLIER: Final = datetime.timedelta(days=2)  # for browsers whose clock is slow
_NETWORKS: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
_DOMAINS: Final = ("localhost", "local", "lan", "home", "internal", "home.arpa", "fritz.box")


def new_key() -> Key:
    """A key on the curve P-256, which every browser takes."""
    return ec.generate_private_key(ec.SECP256R1())


def make_root(key: Key, names: Iterable[str], now: float) -> x509.Certificate:
    """A root that vouches for homes' names and addresses only, and for those of `names` without a dot or outside them.

    `now` is UTC seconds.
    """
    subject = named(f"Hearth {x509.random_serial_number():x}"[:20])
    own = [name for name in names if not is_address(name) and not _under(name, _DOMAINS)]
    permitted: list[x509.GeneralName] = [x509.DNSName(domain) for domain in (*_DOMAINS, *own)]
    permitted += [x509.IPAddress(network) for network in _NETWORKS]
    begin, public = present(now), key.public_key()
    dates = (begin - _EARLIER, begin + datetime.timedelta(days=_ROOT_DAYS))
    builder = certificate_of(subject, public, subject, public, dates, authority=True)
    constraints = x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)
    return builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


def make_leaf(key: Key, names: Iterable[str], root: x509.Certificate, root_key: Key, now: float) -> x509.Certificate:
    """The server's certificate for those of `names` that the root may vouch for, valid for `LEAF_DAYS` from `now`."""
    begin = present(now)
    dates = (begin - _EARLIER, begin + datetime.timedelta(days=LEAF_DAYS))
    known: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)
        for name in vouched_for(names, root)
    ]
    builder = certificate_of(
        named("Hearth hub"), key.public_key(), root.subject, root_key.public_key(), dates, authority=False
    )
    builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(root_key, hashes.SHA256())


def vouched_for(names: Iterable[str], root: x509.Certificate) -> list[str]:
    """Those of `names` that the root's constraints permit: one other name makes browsers refuse the whole leaf."""
    permitted = root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    domains = [str(subtree.value) for subtree in permitted if isinstance(subtree, x509.DNSName)]
    return [name for name in names if (_at_home(name) if is_address(name) else _under(name, domains))]


def names_in(leaf: x509.Certificate) -> set[str]:
    """The names and addresses in a certificate."""
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return {*names.get_values_for_type(x509.DNSName), *addresses}


def due(leaf: x509.Certificate, names: Iterable[str], root: x509.Certificate, now: float) -> bool:
    """Whether the certificate has to be made anew: soon over, not valid yet, or of other names."""
    left = leaf.not_valid_after_utc.timestamp() - now
    valid = RENEW_DAYS * 86_400 < left <= (LEAF_DAYS + 1) * 86_400
    return not valid or names_in(leaf) != set(vouched_for(names, root)) or leaf.issuer != root.subject


def _at_home(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return any(parsed in network for network in _NETWORKS if network.version == parsed.version)


def _under(name: str, domains: Iterable[str]) -> bool:
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)
