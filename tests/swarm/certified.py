"""Certificates of a home made for the tests: a root, and leaves of every kind that a hub should refuse."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.swarm.zenoh_config import SAN_ADDRESS, MeshKey

_PEM = serialization.Encoding.PEM


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _days(number: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=number)


class Home:
    """A home's root, which signs hubs."""

    def __init__(self, name: str = "h") -> None:
        self.name = name
        self._key = Ed25519PrivateKey.generate()
        self._root = (
            x509.CertificateBuilder()
            .subject_name(_name("root of " + name))
            .issuer_name(_name("root of " + name))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_days(-400))
            .not_valid_after(_days(3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, None)
        )

    @property
    def root(self) -> bytes:
        return self._root.public_bytes(_PEM)

    def key(
        self, hub: str, *, first: float = -1, last: float = 365, san: str = SAN_ADDRESS, root: bytes | None = None
    ) -> MeshKey:
        """A hub's key, its certificate valid from `first` to `last` days from now."""
        private = Ed25519PrivateKey.generate()
        leaf = (
            x509.CertificateBuilder()
            .subject_name(_name(hub))
            .issuer_name(self._root.subject)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_days(first))
            .not_valid_after(_days(last))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.IPAddress(ipaddress.ip_address(san)), x509.DNSName(f"{hub[:32]}.hub.hearth.internal")]
                ),
                critical=False,
            )
            .sign(self._key, None)
        )
        pem = private.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return MeshKey(
            hub=hub, home=self.name, root=root or self.root, certificate=leaf.public_bytes(_PEM), private_key=pem
        )
