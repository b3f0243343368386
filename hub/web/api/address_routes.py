"""GET /api/v1/addresses: where the page is, and where it will be once the hub has started anew."""

from collections.abc import Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.core.settings import WebSettings
from hub.guard.loopback import is_loopback
from hub.web.access.own_names import WILDCARDS, in_url, is_address, own_names, seen_from_here
from hub.web.api.ports.settings import SettingsKeeper
from hub.web.routes import Access, Route

_MOST: int = 8
_AUTHORITY = "ca.crt"


class PageAddresses(Struct, frozen=True, kw_only=True):
    """URLs of the page.

    `here` is for this machine. `open`: other devices of the home reach it too, at `elsewhere`, likeliest first (none
    known: this machine is on no network now); `authority` is where these get the certificate to trust, empty without.
    """

    open: bool
    here: str
    elsewhere: list[str]
    authority: str


class AddressesResponse(Struct, frozen=True, kw_only=True):
    """`now`, and `next`: with what was set since, which waits for a restart."""

    now: PageAddresses
    next: PageAddresses


def page_url(settings: WebSettings, host: str, port: int) -> str:
    """The page's address at `host`."""
    return f"{'https' if settings.tls else 'http'}://{in_url(host)}:{port}/"


def address_routes(
    settings: WebSettings, port: Callable[[], int], keeper: Callable[[], SettingsKeeper | None]
) -> tuple[Route, ...]:
    """The route of a server with these `settings`; the rest is asked at each request."""

    async def addresses(_request: web.Request) -> AddressesResponse:
        known = keeper()
        waits = {} if known is None else {setting.form.key: setting.value for setting in known.settings()}
        wanted = msgspec.structs.replace(
            settings, host=waits.get("web.host", settings.host), tls=waits.get("web.tls", settings.tls)
        )
        return AddressesResponse(now=_addresses(settings, port()), next=_addresses(wanted, port()))

    return (
        Route(method="GET", path="/api/v1/addresses", access=Access.MEMBER, summary="Where the page is reached.",
              handler=addresses, response=AddressesResponse),
    )  # fmt: skip


def _addresses(settings: WebSettings, port: int) -> PageAddresses:
    elsewhere = [page_url(settings, host, port) for host in _outside(settings)]
    authority = f"{elsewhere[0]}{_AUTHORITY}" if settings.tls and elsewhere else ""
    return PageAddresses(
        open=not is_loopback(settings.host),
        here=page_url(settings, seen_from_here(settings.host), port),
        elsewhere=elsewhere,
        authority=authority,
    )


def _outside(settings: WebSettings) -> list[str]:
    """By what other devices reach a server: addresses of IPv4 first, which people can type; then names given."""
    if is_loopback(settings.host):
        return []
    if settings.host not in WILDCARDS:
        return [settings.host, *settings.names]
    known = [name for name in own_names(settings.host) if is_address(name) and not is_loopback(name)]
    # A server on 0.0.0.0 does not hear what comes by IPv6.
    known = [name for name in known if ":" not in name or settings.host != "0.0.0.0"]  # noqa: S104 -- compared
    return [*sorted(known, key=lambda name: ":" in name), *settings.names][:_MOST]
