"""TLS contexts: built here and nowhere else, so that verification cannot be left off by accident."""

import ssl
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
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(str(error), place=str(certificate), remedy="give a PEM certificate and its key") from error
    return context
