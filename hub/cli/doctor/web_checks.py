"""What `hearth doctor` says of the page: its port, who may come in from where, and its certificate."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Final

from hub.cli.doctor.finding import Finding
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.running import running_at
from hub.core.settings import Settings, WebSettings

_DOOR: Final = "who comes in"
_CERTIFICATE: Final = "certificate"


def port(settings: Settings, paths: HomePaths) -> Iterator[Finding]:
    """Whether the page's port is this home's, free, or somebody else's."""
    host, number = settings.web.host, settings.web.port
    url = running_at(paths)
    if url is not None:
        yield Finding(check="web port", level="ok", detail=f"this home's hub runs, at {url}")
        return
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            mend = "stop what uses it (perhaps the hub of another home), or set [web] port"
            yield Finding(check="web port", level="absent", detail=f"{host}:{number}: {error.strerror}", mend=mend)
            return
    yield Finding(check="web port", level="ok", detail=f"{host}:{number} is free")


async def door(settings: Settings, paths: HomePaths, stands: str = "") -> AsyncIterator[Finding]:
    """Whether those may come in who should, and nobody else; `stands` is where the address to listen on is set."""
    from hub.guard.loopback import is_loopback
    from hub.web.opened import check_host, check_owner

    web = settings.web
    try:
        owned = await _owned(settings, paths)
        check_host(web)
        check_owner(web, owned=owned)
    except HearthError as error:
        detail = f"{error.message} ({stands})" if stands else error.message
        yield Finding(check=_DOOR, level="broken", detail=detail, mend=error.remedy)
        return
    if web.setup_code and owned:
        mend = "remove setup_code = true from [web]: it has done what it is for"
        yield Finding(
            check=_DOOR, level="absent", detail="the home has an owner, and setup_code is still on", mend=mend
        )
    where = "from this machine" if is_loopback(web.host) else "over TLS, from the network"
    if web.accounts == "off":
        mend = 'remove accounts = "off" from [web], and make an owner'
        yield Finding(check=_DOOR, level="absent", detail="accounts are off: everybody at this machine", mend=mend)
    elif owned:
        yield Finding(check=_DOOR, level="ok", detail=f"people with an account, {where}")
    else:
        mend = "make an owner on the page, before others use this machine"
        yield Finding(check=_DOOR, level="absent", detail="no owner yet: everybody at this machine", mend=mend)


async def _owned(settings: Settings, paths: HomePaths) -> bool:
    from hub.store.accounts import AccountTable
    from hub.store.database import Database

    if settings.web.accounts == "off" or (not settings.store.url and not paths.database.exists()):
        return False
    database = await Database.open(settings.store.url or paths.database)
    try:
        return bool(await AccountTable(database).accounts())
    finally:
        await database.close()


async def certificate(settings: Settings, paths: HomePaths) -> AsyncIterator[Finding]:
    """Whether browsers will take the page's certificate, where there is one to be."""
    if settings.web.tls:
        for finding in await asyncio.to_thread(lambda: list(_certificate(settings.web, paths))):
            yield finding


def _certificate(settings: WebSettings, paths: HomePaths) -> Iterator[Finding]:
    from cryptography import x509

    from hub.store.secret_files import read_secret
    from hub.web.access.home_files import WebFiles
    from hub.web.access.own_authority import due
    from hub.web.access.own_names import own_names

    files = WebFiles.of(paths.root)
    try:
        leaf, root = read_secret(files.leaf), read_secret(files.root)
        if leaf is None or root is None:
            yield Finding(check=_CERTIFICATE, level="absent", detail="made when the hub starts")
            return
        known, authority = x509.load_pem_x509_certificate(leaf), x509.load_pem_x509_certificate(root)
        names = own_names(settings.host, settings.names)
        old = due(known, names, authority, time.time())
    except (HearthError, ValueError, x509.ExtensionNotFound) as error:
        mend = "start the hub again: what cannot be read is made anew"
        yield Finding(check=_CERTIFICATE, level="broken", detail=str(error), mend=mend, action="certificate")
        return
    until = known.not_valid_after_utc.astimezone(UTC)
    told = f"valid until {until:%Y-%m-%d}, for {', '.join(names)}"
    if old:
        over = until < datetime.now(UTC)
        what = "is over" if over else "ends soon, or this machine has other names and addresses by now"
        mend = "a hub that runs renews it by itself within the hour; or start it again"
        yield Finding(check=_CERTIFICATE, level="broken", detail=f"it {what} ({told})", mend=mend, action="certificate")
    else:
        yield Finding(check=_CERTIFICATE, level="ok", detail=told)
