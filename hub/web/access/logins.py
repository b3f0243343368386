"""Logging in: a name and a password for a session. Wrong ones cost time, but never the time of a known device.

Tries are counted by account and by address. A browser that somebody has logged in from before shows a cookie of its
device; its tries are counted by that device alone, so that nobody else's wrong tries keep its owner out (OWASP, "Device
cookies").
"""

import ipaddress
import math

from msgspec import Struct

from hub.core.clock import Clock
from hub.store.account_rows import Account, Credential
from hub.web.access.people import People, name_key
from hub.web.access.throttle import Throttle
from hub.web.failures import Refused


class Entered(Struct, frozen=True, kw_only=True):
    """Somebody is let in: `session` and `device` are the secrets for cookies; `device` is empty if it has one."""

    account: Account
    session: str
    device: str


class Attempt(Struct, frozen=True, kw_only=True):
    """Where a try comes from: the address, the device cookie that it showed, what its browser calls itself."""

    address: str
    device: str = ""
    browser: str = ""


class Logins:
    """Lets people in."""

    def __init__(self, clock: Clock) -> None:
        self._accounts = Throttle(clock, free=5)
        self._addresses = Throttle(clock, free=10)
        self._devices = Throttle(clock, free=5)
        self._own = Throttle(clock, free=5)
        self._codes = Throttle(clock, free=5)

    async def log_in(self, people: People, name: str, password: str, attempt: Attempt) -> Entered:
        """Open a session. Raises `Refused`: 401 for a wrong name or password, 429 for one that comes too soon."""
        account = people.named(name)
        device = people.keys.find("device", attempt.device) if attempt.device else None
        known = account is not None and device is not None and device.account == account.id
        if device is not None and known:
            counted = [(self._devices, device.id, True)]
        else:
            counted = [(self._accounts, name_key(name), True), (self._addresses, network(attempt.address), False)]
        _try(counted)
        right = await people.passwords.fits(None if account is None else account.password, password)
        if account is None or not right:
            raise Refused(401, "login", "the name or the password is wrong", "try again")
        for throttle, key, own in counted:
            throttle.right(key, all_of_them=own)
        return await self.enter(people, account, attempt, device if known else None)

    async def enter(
        self, people: People, account: Account, attempt: Attempt, device: Credential | None = None
    ) -> Entered:
        """Open a session for somebody who proved to be `account`; `device` is the one they are known on."""
        opened = await people.let_in(account, attempt.browser, device=device is None)
        if opened is None:
            raise Refused(401, "login", "the name or the password is wrong", "try again")
        session, fresh = opened
        return Entered(account=account, session=session, device=fresh)

    def password_tried(self, account: str) -> None:
        """Somebody who is in says their password once more. Raises `Refused` (429) when it is too soon."""
        _try([(self._own, account, True)])

    def password_right(self, account: str) -> None:
        """It was the one."""
        self._own.right(account, all_of_them=True)

    def code_tried(self, attempt: Attempt) -> None:
        """Somebody tries the code of the set-up. Raises `Refused` (429) when it is too soon."""
        _try([(self._codes, network(attempt.address), False)])


def _try(counted: list[tuple[Throttle, str, bool]]) -> None:
    wait = max(throttle.wait_s(key) for throttle, key, _ in counted)
    if wait > 0:
        seconds = math.ceil(wait)
        raise Refused(
            429,
            "too_many_tries",
            "too many wrong tries",
            f"try again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )
    for throttle, key, _ in counted:
        throttle.tried(key)


def network(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that an IPv6 host can choose its addresses from."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
