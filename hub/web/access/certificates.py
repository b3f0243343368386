"""The page's certificate on the disk: made when it is first wanted, renewed while the hub runs."""

import asyncio
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from hub.core.clock import Clock
from hub.core.errors import SettingsError, UsageError
from hub.core.settings import WebSettings
from hub.guard.tls import load_anew, server_context
from hub.store.secret_files import read_secret, write_secret
from hub.web.access.home_files import WebFiles

if TYPE_CHECKING:
    from cryptography import x509

    from hub.web.access.own_authority import Key

log = structlog.get_logger(__name__)
_LOOK_S: Final = 3600.0


class Certificates:
    """Keeps a certificate in `files` for what `names` says, asked anew each time: a laptop's addresses change."""

    def __init__(self, files: WebFiles, names: Callable[[], tuple[str, ...]], clock: Clock) -> None:
        self._files = files
        self._names = names
        self._clock = clock
        self._context: ssl.SSLContext | None = None
        self.root = b""
        """The home's root (PEM), which browsers are given."""

    async def context(self) -> ssl.SSLContext:
        """To listen with. Raises `StoreError`, `SettingsError` when the files cannot be written or used."""
        await asyncio.to_thread(self._ensure)
        self._context = server_context(self._files.leaf, self._files.leaf)
        return self._context

    async def keep(self) -> None:
        """Renew the certificate whenever it is due; connections from then on get the new one."""
        while True:
            await self._clock.sleep(_LOOK_S)
            await self.renew()

    async def renew(self) -> bool:
        """Renew it if it is due; whether it was. Raises as `context` does."""
        fresh = await asyncio.to_thread(self._ensure)
        if fresh and self._context is not None:
            load_anew(self._context, self._files.leaf, self._files.leaf)
            log.info("the page's certificate was renewed")
        return fresh

    def _ensure(self) -> bool:
        """Make what is missing or due; whether the leaf is new."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        from hub.web.access.own_authority import due, make_leaf, new_key

        names, now = self._names(), self._clock.now()
        root, root_key = self._authority(names, now)
        self.root = root.public_bytes(Encoding.PEM)
        kept = read_secret(self._files.leaf)
        if kept is not None:
            try:
                if not due(x509.load_pem_x509_certificate(kept), names, root, now):
                    return False
            except (ValueError, x509.ExtensionNotFound) as error:
                log.warning("the page's certificate cannot be read and is made anew", error=str(error))
        key = new_key()
        leaf = make_leaf(key, names, root, root_key, now)
        write_secret(self._files.leaf, leaf.public_bytes(Encoding.PEM) + _pem(key))
        return True

    def _authority(self, names: tuple[str, ...], now: float) -> "tuple[x509.Certificate, Key]":
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

        from hub.web.access.own_authority import make_root, new_key

        certificate, key = read_secret(self._files.root), read_secret(self._files.root_key)
        if certificate is None or key is None:
            fresh = new_key()
            root = make_root(fresh, names, now)
            # The key first: a root without one would be of no use.
            write_secret(self._files.root_key, _pem(fresh))
            write_secret(self._files.root, root.public_bytes(Encoding.PEM))
            return root, fresh
        try:
            root = x509.load_pem_x509_certificate(certificate)
            loaded = load_pem_private_key(key, None)
            if isinstance(loaded, ec.EllipticCurvePrivateKey) and loaded.public_key() == root.public_key():
                return root, loaded
        except (ValueError, TypeError) as error:
            log.warning("the home's authority cannot be read", error=str(error))
        raise SettingsError(
            "the home's certificate authority is damaged",
            place=str(self._files.root),
            remedy="restore a backup, or remove ca.crt and ca.key and install the new ca.crt in the browsers",
        )


def _pem(key: "Key") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificates_for(
    settings: WebSettings, files: WebFiles | None, names: Callable[[], tuple[str, ...]], clock: Clock
) -> Certificates | None:
    """The certificate of a server with these settings; None without TLS."""
    if not settings.tls:
        return None
    if files is None:
        raise UsageError("TLS needs files to keep its certificate in")
    return Certificates(files, names, clock)
