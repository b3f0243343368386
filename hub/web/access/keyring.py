"""What is shown instead of a password: sessions, tokens and known devices, in memory as they are in the store.

The hub is the only one that writes the store of its home, so that looking one up costs no read of the disk.
"""

import hmac
from collections.abc import Callable, Collection, Iterable
from typing import Final, Protocol

import msgspec
import structlog

from hub.core.clock import Clock
from hub.core.errors import NotFoundError, StoreError, ValueRefusedError
from hub.store.account_rows import Credential, Kind
from hub.web.access.secrets_shown import digest, fresh_id, fresh_secret, fresh_token

log = structlog.get_logger(__name__)
IDLE_S: Final = 7 * 24 * 3600.0
"""A session that was not used for so long is over."""
LONGEST_S: Final = 30 * 24 * 3600.0
"""A session is over after so long, however it was used."""
DEVICE_S: Final = 365 * 24 * 3600.0
_NOTED_S: Final = 3600.0  # uses are written down this often: not a write a request
_MOST: Final[dict[Kind, int]] = {"session": 20, "token": 50, "device": 20}
"""Of one account."""


class CredentialKeeper(Protocol):
    """Keeps credentials durably; `hub.store.accounts.AccountTable` is one. All raise `StoreError`."""

    async def let_in(self, *fresh: Credential, instead_of: Collection[str] = ()) -> None:
        """Keep these, and revoke others with them."""
        ...

    async def revoke(self, *ids: str) -> None:
        """Forget these."""
        ...

    async def used(self, credential: str, at: float) -> None:
        """Note a use."""
        ...


class Keyring:
    """All credentials of a home. `gone` is told the ids of those that open nothing any more, at once."""

    def __init__(
        self,
        table: CredentialKeeper,
        known: Iterable[Credential],
        clock: Clock,
        gone: Callable[[frozenset[str]], None],
    ) -> None:
        self._table = table
        self._clock = clock
        self._gone = gone
        self._by_secret = {credential.secret: credential for credential in known}

    def find(self, kind: Kind, secret: str) -> Credential | None:
        """The credential that this secret opens, unless it is over."""
        shown = digest(secret)
        found = self._by_secret.get(shown)
        if found is None or not hmac.compare_digest(found.secret, shown) or found.kind != kind or self._over(found):
            return None
        return found

    def of(self, account: str, kind: Kind) -> list[Credential]:
        """An account's credentials of a kind that are not over, oldest first."""
        own = (c for c in self._by_secret.values() if c.account == account and c.kind == kind and not self._over(c))
        return sorted(own, key=lambda credential: (credential.created, credential.id))

    async def open_session(self, account: str, name: str, *, device: bool) -> tuple[str, str]:
        """Let a browser in; the secret of its session and, with `device`, one by which the device is known later."""
        session = self._fresh("session", account, name, secret := fresh_secret())
        if not device:
            await self._keep(session)
            return secret, ""
        known = self._fresh("device", account, name, device_secret := fresh_secret())
        await self._keep(session, known)
        return secret, device_secret

    async def open_token(self, account: str, name: str, scope: str) -> tuple[str, Credential]:
        """Make a token for a program; it is told this once. Raises `ValueRefusedError` when there are too many."""
        if len(self.of(account, "token")) >= _MOST["token"]:
            raise ValueRefusedError(f"there are {_MOST['token']} tokens", remedy="revoke those that nothing uses")
        token = fresh_token()
        credential = self._fresh("token", account, name, token, scope)
        await self._keep(credential)
        return token, credential

    async def revoke(self, account: str, kind: Kind, credential: str) -> None:
        """Revoke one of an account's; raises `NotFoundError` for those of others too."""
        if credential not in {own.id for own in self.of(account, kind)}:
            raise NotFoundError(f"there is no such {kind}", remedy="look at the list again")
        await self._table.revoke(credential)
        self.forget(frozenset((credential,)))

    def ids_of(self, account: str, *, but: Collection[str] = ()) -> frozenset[str]:
        """The ids of all that an account is let in with, but some."""
        return frozenset(c.id for c in self._by_secret.values() if c.account == account and c.id not in but)

    def forget(self, ids: frozenset[str]) -> None:
        """The store has revoked these: nobody comes in with them from now on, and who is in is put out."""
        self._by_secret = {s: credential for s, credential in self._by_secret.items() if credential.id not in ids}
        self._gone(ids)

    async def touch(self, credential: Credential) -> None:
        """It is used now; a failure to write that down is logged and costs nobody anything."""
        now = self._clock.now()
        if now - credential.used < _NOTED_S:
            return
        self._by_secret[credential.secret] = msgspec.structs.replace(credential, used=now)
        try:
            await self._table.used(credential.id, now)
        except StoreError as error:
            log.warning("use of a session not written down", error=str(error))

    def _fresh(self, kind: Kind, account: str, name: str, secret: str, scope: str = "") -> Credential:
        now = self._clock.now()
        return Credential(
            id=fresh_id(),
            kind=kind,
            account=account,
            secret=digest(secret),
            name=name,
            scope=scope,
            created=now,
            used=now,
        )

    async def _keep(self, *fresh: Credential) -> None:
        instead = self._too_many(fresh)
        await self._table.let_in(*fresh, instead_of=instead)
        self._by_secret.update((credential.secret, credential) for credential in fresh)
        if instead:
            self.forget(instead)

    def _too_many(self, fresh: Collection[Credential]) -> frozenset[str]:
        """What is over, and of each kind the ones used longest ago where there would be too many."""
        gone = {c.id for c in self._by_secret.values() if self._over(c)}
        for new in fresh:
            own = sorted(self.of(new.account, new.kind), key=lambda credential: credential.used)
            gone.update(old.id for old in own[: max(0, len(own) + 1 - _MOST[new.kind])])
        return frozenset(gone)

    def _over(self, credential: Credential) -> bool:
        now = self._clock.now()
        if credential.kind == "session":
            return now - credential.created > LONGEST_S or now - credential.used > IDLE_S
        return credential.kind == "device" and now - credential.created > DEVICE_S
