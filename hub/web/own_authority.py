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
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.web.own_names import is_address

Key = ec.EllipticCurvePrivateKey
LEAF_DAYS: Final = 90
RENEW_DAYS: Final = 30
_ROOT_DAYS: Final = 365 * 20
_EARLIER: Final = datetime.timedelta(days=2)  # for browsers whose clock is slow
# A hub without a battery for its clock begins in 1970 until it has asked the time.
_NOT_BEFORE_THIS: Final = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
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
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Hearth {x509.random_serial_number():x}"[:20])])
    own = [name for name in names if not is_address(name) and not _under(name, _DOMAINS)]
    permitted: list[x509.GeneralName] = [x509.DNSName(domain) for domain in (*_DOMAINS, *own)]
    permitted += [x509.IPAddress(network) for network in _NETWORKS]
    present = _present(now)
    builder = _begun(subject, subject, key, key, present, present + datetime.timedelta(days=_ROOT_DAYS), root=True)
    constraints = x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)
    return builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


def make_leaf(key: Key, names: Iterable[str], root: x509.Certificate, root_key: Key, now: float) -> x509.Certificate:
    """The server's certificate for those of `names` that the root may vouch for, valid for `LEAF_DAYS` from `now`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hearth hub")])
    present = _present(now)
    end = present + datetime.timedelta(days=LEAF_DAYS)
    known: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)
        for name in vouched_for(names, root)
    ]
    builder = _begun(subject, root.subject, key, root_key, present, end, root=False)
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


def _present(now: float) -> datetime.datetime:
    return max(datetime.datetime.fromtimestamp(now, datetime.UTC), _NOT_BEFORE_THIS)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    issuer_key: Key,
    present: datetime.datetime,
    end: datetime.datetime,
    *,
    root: bool,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not root,
        key_cert_sign=root,
        crl_sign=root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(present - _EARLIER)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
