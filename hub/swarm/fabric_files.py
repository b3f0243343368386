"""Where a hub keeps its key and what it knows of the home's hubs: the folder `swarm` in the home's directory.

    identity.pem   this hub's key and self-signed certificate
    root.key       the key of the home's root, on the hub that founded the home and nowhere else
    fabric.json    the home's root and the records of its hubs; nothing secret

All have mode 0600. A copy of the folder is a copy of the hub: keep backups of it as you keep keys.
"""

from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from hub.core.errors import ProtocolError, StoreError
from hub.store.secret_files import read_secret, write_secret
from hub.swarm import certificates
from hub.swarm.identity import Identity
from hub.swarm.members import Records


class _Kept(Struct, frozen=True):
    root: bytes
    records: Records


class FabricFiles:
    """The files in `folder`. All methods block and raise `StoreError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.identity = folder / "identity.pem"
        self._root_key = folder / "root.key"
        self._fabric = folder / "fabric.json"
        self._kept_key: Ed25519PrivateKey | None = None

    def read(self) -> tuple[x509.Certificate, Records, Ed25519PrivateKey | None] | None:
        """The home's root, its records, and the root's key where this hub holds it; None while it is in no home."""
        content = read_secret(self._fabric)
        if content is None:
            return None
        try:
            kept = msgspec.json.decode(content, type=_Kept)
            root = certificates.read(kept.root)
            certificates.check_root(root)
        except (msgspec.DecodeError, ProtocolError) as error:
            remedy = "restore it from a backup; or remove it, and pair this hub anew"
            raise StoreError(f"damaged: {error}", place=str(self._fabric), remedy=remedy) from error
        return root, kept.records, self._key_of(root)

    def _key_of(self, root: x509.Certificate) -> Ed25519PrivateKey | None:
        content = read_secret(self._root_key)
        if content is None:
            return None
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise StoreError("damaged", place=str(self._root_key), remedy="restore it from a backup") from error
        # Another root's key is what is left of a founding that was cut off.
        if not isinstance(key, Ed25519PrivateKey) or key.public_key() != certificates.public_key(root):
            return None
        self._kept_key = key
        return key

    def write(self, root: x509.Certificate, records: Records, root_key: Ed25519PrivateKey | None) -> None:
        """Keep all of it. The key goes first: without the rest it is of no use to anybody."""
        if root_key is not None and root_key is not self._kept_key:
            write_secret(self._root_key, certificates.key_pem(root_key))
            self._kept_key = root_key
        write_secret(self._fabric, msgspec.json.encode(_Kept(certificates.der(root), records)))

    def begin_anew(self) -> Identity:
        """Be in no home, and another hub than before."""
        self._kept_key = None
        try:
            for path in (self._fabric, self._root_key):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"cannot be removed: {error.strerror}", place=str(self._folder)) from error
        return Identity.make(self.identity)
