"""Who a hub is: a key that never leaves it, and the certificate that the key signed for itself."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.core.errors import ProtocolError, StoreError
from hub.store.secret_files import read_secret, write_secret
from hub.swarm import certificates
from hub.swarm.check_digits import shown

_BEGIN_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


class Identity:
    """A hub's key and self-signed certificate, in one PEM file at `path`. Make it with `Identity.open`."""

    def __init__(self, path: Path, key: Ed25519PrivateKey, certificate: bytes) -> None:
        self.path = path
        """The file that holds both, with mode 0600: for TLS contexts, which take no key from memory."""
        self.key = key
        self.certificate = certificate
        """DER."""
        self.hub = certificates.hub_id(certificate)
        """The id: SHA-256 of the certificate, 64 hexadecimal digits."""

    def __repr__(self) -> str:
        return f"Identity({shown(self.hub)})"

    @classmethod
    def open(cls, path: Path) -> "Identity":
        """Read it, or make it where there is none. Raises `StoreError` when others can read it, or it is damaged."""
        content = read_secret(path)
        if content is None:
            return cls.make(path)
        try:
            key = load_pem_private_key(content, None)
            certificate = certificates.read(content[content.index(_BEGIN_CERTIFICATE) :])
            own = certificates.public_key(certificate)
        except (ValueError, TypeError, UnsupportedAlgorithm, ProtocolError) as error:
            raise _damaged(path) from error
        if not isinstance(key, Ed25519PrivateKey) or key.public_key() != own:
            raise _damaged(path)
        return cls(path, key, certificates.der(certificate))

    @classmethod
    def make(cls, path: Path) -> "Identity":
        """A new one, in place of what was there."""
        key = Ed25519PrivateKey.generate()
        certificate = certificates.make_identity(key)
        write_secret(path, certificates.key_pem(key) + certificates.pem(certificate))
        return cls(path, key, certificates.der(certificate))


def _damaged(path: Path) -> StoreError:
    remedy = "restore it from a backup; or remove it, and pair this hub anew"
    return StoreError("this hub's key and certificate are damaged", place=str(path), remedy=remedy)
