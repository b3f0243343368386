"""TLS contexts: built here and nowhere else, so that verification cannot be left off by accident."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.core.errors import SettingsError
from hub.guard.counted_socket import CountedTlsSocket


def client_context(authority: Path | None = None) -> ssl.SSLContext:
    """For connecting: the server's certificate and name are verified, against `authority` (PEM) or the system's.

    Raises `SettingsError` when the authority's file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
    except OSError as error:
        raise SettingsError(str(error), place=str(authority), remedy="give a PEM file of certificates") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = CountedTlsSocket
    return context


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """For listening, with this certificate chain and key (PEM). Raises `SettingsError` when they cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load_anew(context, certificate, key)
    return context


def load_anew(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Have connections from now on get this certificate chain and key (PEM).

    Raises `SettingsError` when they cannot be used.
    """
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(str(error), place=str(certificate), remedy="give a PEM certificate and its key") from error


def pairing_contexts(identity: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For two hubs that do not know each other yet: contexts to connect with and to listen with (TLS 1.3 only).

    The one to connect with takes any certificate. That is no mistake here and would be everywhere else: pairing binds
    the certificate that was shown to a code that people carry from hub to hub (`hub.swarm.pairing.handshake`), and
    nothing is said before that holds. `identity` is the listener's certificate and key (PEM, one file).
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.sslsocket_class = CountedTlsSocket
    server = server_context(identity, identity)
    for context in (client, server):
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    server.num_tickets = 0
    return client, server


def mutual_contexts(root: bytes, certificate: bytes, key: bytes) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For talking to members of one home: contexts to connect with and to listen with (TLS 1.3 only).

    Both sides show a certificate that `root` signed, and no other authority counts. `certificate` and `key` are this
    side's; all are PEM, and stay in memory where the system can do that. Raises `SettingsError` when they cannot be
    used.
    """
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the other side's certificate and name
    client.sslsocket_class = CountedTlsSocket
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.verify_mode = ssl.CERT_REQUIRED
    try:
        with _as_file(certificate + b"\n" + key) as path:
            for context in (client, server):
                context.minimum_version = ssl.TLSVersion.TLSv1_3
                context.load_verify_locations(cadata=root.decode("ascii"))
                context.load_cert_chain(path)
    except (OSError, ssl.SSLError, ValueError) as error:
        raise SettingsError(f"the hub's certificate cannot be used: {error}", remedy="pair the hub anew") from error
    return client, server


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """A path to read the content from, which OpenSSL wants; in memory on Linux, else a file only we can read."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("hearth-tls")
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryDirectory() as folder:  # mode 0700
        path = Path(folder) / "tls.pem"
        path.write_bytes(content)
        yield str(path)
