"""The trust of a home's hubs: its root, this hub's leaf of it, and who the members are, as of now and on the disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from hub.core.clock import Clock, SystemClock
from hub.core.entries import enter
from hub.core.errors import NotFoundError, ProtocolError, UnavailableError, UsageError
from hub.core.uninterrupted import uninterrupted
from hub.swarm import certificates
from hub.swarm.check_digits import shown
from hub.swarm.fabric_files import FabricFiles
from hub.swarm.identity import Identity
from hub.swarm.members import (
    MOST_MEMBERS,
    Card,
    Member,
    Records,
    Roll,
    check_card,
    find,
    make_admitted,
    make_card,
    make_removal,
)
from hub.swarm.zenoh_config import MeshKey

log = structlog.get_logger(__name__)
_DAY_S: Final = 86400.0


class Welcome(Struct, frozen=True):
    """What a hub that joins gets: the home's root (DER) and its records, its own leaf among them. Nothing secret."""

    root: bytes
    records: Records


class Fabric:
    """Make it with `Fabric.open` and use it on one event loop.

    Who changes it finds the change on the disk when the method returns, and in force: `members` and `trusts` know of
    it, and everyone that asked by `changed` was told. Methods that change something raise `StoreError` when the disk
    cannot take it; nothing has changed then.
    """

    def __init__(self, files: FabricFiles, identity: Identity, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self.identity = identity
        self._root: x509.Certificate | None = None
        self._root_key: Ed25519PrivateKey | None = None
        self._roll: Roll | None = None
        self._watchers: list[Callable[[], None]] = []
        self._changing = asyncio.Lock()

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> "Fabric":
        """Read what is in `folder`; the hub's identity is made where there is none. Blocks, some milliseconds.

        Raises `StoreError` when a file is damaged, or others can read it.
        """
        files = FabricFiles(folder)
        fabric = cls(files, Identity.open(files.identity), clock or SystemClock())
        kept = files.read()
        if kept is not None:
            root, records, root_key = kept
            roll = Roll.empty(root, certificates.home_id(root)).merged(records)
            if roll.key_of(fabric.hub) is not None:
                fabric._root, fabric._root_key, fabric._roll = root, root_key, roll
            else:  # it was removed, and stopped before it could leave
                fabric.identity = files.begin_anew()
        return fabric

    @property
    def hub(self) -> str:
        """This hub's id."""
        return self.identity.hub

    @property
    def home(self) -> str:
        """The home's id: 16 hexadecimal digits of its root's SHA-256; empty while this hub is in none."""
        return certificates.home_id(self._root) if self._root is not None else ""

    @property
    def founder(self) -> str:
        """The hub that holds the root's key, the only one that can let others in; empty while there is no home."""
        return certificates.founder_of(self._root) if self._root is not None else ""

    def members(self) -> tuple[Member, ...]:
        """The home's hubs, this one among them, by id; none while this hub is in no home."""
        return self._roll.members() if self._roll is not None else ()

    def member(self, named: str) -> Member:
        """The member meant by an id, its beginning, its short form, or a name; raises as `find` does."""
        return find(self.members(), named)

    def trusts(self, certificate: bytes) -> str:
        """The id of the member that this leaf (DER or PEM) proves now; empty when it proves none.

        It has to be signed by the root, valid today, and for the very key that the member was let in with.
        """
        if self._roll is None or self._root is None:
            return ""
        try:
            leaf = certificates.read(certificate)
            certificates.check_leaf(leaf, self._root)
            hub, key = certificates.common_name(leaf), certificates.public_key(leaf)
        except ProtocolError:
            return ""
        valid = certificates.valid_at(leaf, self._clock.now())
        return hub if valid and self._roll.key_of(hub) == key else ""

    def mesh_key(self) -> MeshKey:
        """This hub's key, leaf and root, for TLS. Raises `UnavailableError` while it is in no home."""
        return MeshKey(
            hub=self.hub,
            home=self.home,
            root=self.root_pem,
            certificate=self.leaf_pem,
            private_key=certificates.key_pem(self.identity.key),
        )

    @property
    def root_pem(self) -> bytes:
        """The home's root. Raises `UnavailableError` while this hub is in no home."""
        return certificates.pem(self._home()[0])

    @property
    def leaf_pem(self) -> bytes:
        """This hub's leaf. Raises `UnavailableError` while it is in no home."""
        return certificates.pem(certificates.read(self._home()[1].records.admitted[self.hub].leaf))

    @property
    def records(self) -> Records:
        """All records, for other members."""
        return self._roll.records if self._roll is not None else Records()

    def changed(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` after every change (members, removals, this hub's home, id or leaf); returns what ends it."""
        return enter(self._watchers, tell)

    async def found(self, name: str, addresses: tuple[str, ...] = ()) -> None:
        """Found a home with this hub in it. Raises `UsageError` when it is in one."""
        async with self._changing:
            if self._roll is not None:
                raise UsageError("this hub is in a home already")
            root_key = Ed25519PrivateKey.generate()
            root = certificates.make_root(root_key, self.hub, self._clock.now())
            mine = make_admitted(self.identity.certificate, root, root_key, self._clock.now())
            card = make_card(self.identity.key, self.hub, 1, name, addresses)
            records = Records({self.hub: mine}, {self.hub: card}, {})
            await self._keep(Roll.empty(root, certificates.home_id(root)).merged(records), root, root_key)

    async def admit(self, identity: bytes, request: bytes, card: Card) -> Welcome:
        """Let a hub in whose identity was proved: a leaf for the key of its `request` (CSR, DER).

        Raises `UnavailableError` where the root's key is not held, `UsageError` for a hub that was removed once or when
        the home is full, `ProtocolError` when the three are not of one hub.
        """
        async with self._changing:
            root, roll = self._home()
            root_key = self._holds_root()
            hub, key = certificates.hub_id(identity), certificates.public_key(certificates.read(identity))
            if certificates.requested_key(request) != key:
                raise ProtocolError("a hub asks for a certificate for another key than its own")
            check_card(card, hub, key)
            if hub in roll.records.removals:
                remedy = "on that hub, remove the folder `swarm` of its home and pair again"
                raise UsageError("this hub was removed from the home, which is final for its key", remedy=remedy)
            if len(roll.members()) >= MOST_MEMBERS:
                raise UsageError(f"{MOST_MEMBERS} hubs are in this home already", remedy="`hearth peer remove` one")
            known = {hub: make_admitted(identity, root, root_key, self._clock.now())}
            await self._keep(roll.merged(Records(known, {hub: card}, {})), root, root_key)
            return Welcome(certificates.der(root), self.records)

    async def join(self, welcome: Welcome) -> None:
        """Be in the home that this welcome is from. Raises `ProtocolError` when it is no sound one for this hub."""
        async with self._changing:
            root = certificates.read(welcome.root)
            certificates.check_root(root)
            roll = Roll.empty(root, certificates.home_id(root)).merged(welcome.records)
            if roll.key_of(self.hub) is None or roll.key_of(certificates.founder_of(root)) is None:
                raise ProtocolError("the home did not let this hub in")
            leaf = certificates.read(roll.records.admitted[self.hub].leaf)
            if not certificates.valid_at(leaf, self._clock.now()):
                remedy = "set the time on both hubs and pair again"
                raise UsageError("the clocks of the two hubs are years apart", remedy=remedy)
            await self._keep(roll, root, None)

    async def merge(self, records: Records) -> bool:
        """Take in what another member knows; whether that was news. Raises `ProtocolError` for unsound records."""
        async with self._changing:
            root, roll = self._home()
            merged = roll.merged(records)
            if merged is roll:
                return False
            await self._keep(merged, root, self._root_key)
            if merged.key_of(self.hub) is None:
                log.warning("this hub was removed from the home", home=self.home)
                await self._leave()
            return True

    async def remove(self, hub: str) -> None:
        """Shut a member out, for good: it is trusted no longer when this returns. Raises `NotFoundError`.

        For this hub itself: it is still in the home's files, so that others can be told; then `leave`.
        """
        async with self._changing:
            root, roll = self._home()
            if roll.key_of(hub) is None:
                raise NotFoundError(f"no hub of this home is {hub[:80]!r}", remedy="`hearth peer list` shows their ids")
            removal = make_removal(self.identity.key, self.home, hub, self.hub)
            await self._keep(roll.merged(Records(removals={hub: removal})), root, self._root_key)

    async def leave(self) -> None:
        """Be in no home, under a new key and id: a key that was in a home is not used in another."""
        async with self._changing:
            await self._leave()

    async def describe(self, name: str, addresses: tuple[str, ...]) -> None:
        """Say what this hub is called and where it listens (`host:port`)."""
        async with self._changing:
            root, roll = self._home()
            old = roll.records.cards.get(self.hub)
            card = make_card(self.identity.key, self.hub, (old.number if old else 0) + 1, name, addresses)
            if old is None or (old.name, old.addresses) != (card.name, card.addresses):
                await self._keep(roll.merged(Records(cards={self.hub: card})), root, self._root_key)

    async def renew(self) -> int:
        """Sign anew the leaves that are due; how many. Does something on the founding hub alone: call it daily.

        The others find theirs among the records that they are sent.
        """
        async with self._changing:
            if self._roll is None or self._root is None or self._root_key is None:
                return 0
            soon = self._clock.now() + certificates.RENEW_DAYS * _DAY_S
            root, root_key, records = self._root, self._root_key, self._roll.records
            due = {
                hub: make_admitted(record.identity, root, root_key, self._clock.now())
                for hub, record in records.admitted.items()
                if hub not in records.removals and not certificates.valid_at(certificates.read(record.leaf), soon)
            }
            if due:
                await self._keep(self._roll.merged(Records(admitted=due)), root, root_key)
            return len(due)

    def card(self, name: str, addresses: tuple[str, ...]) -> Card:
        """What this hub says of itself when it joins."""
        return make_card(self.identity.key, self.hub, 1, name, addresses)

    def can_admit(self) -> None:
        """Raise `UnavailableError` unless hubs can be let in here: at the founding hub, or where there is no home."""
        if self._roll is not None:
            self._holds_root()

    def _holds_root(self) -> Ed25519PrivateKey:
        if self._root_key is None:
            names = [f"{m.name} ({shown(m.id)})" for m in self.members() if m.id == self.founder]
            remedy = f"pair there: {names[0]}" if names else "it was removed: let every hub leave, and pair them anew"
            raise UnavailableError("only the hub that founded this home lets others in", remedy=remedy)
        return self._root_key

    def _home(self) -> tuple[x509.Certificate, Roll]:
        if self._root is None or self._roll is None:
            raise UnavailableError("this hub is paired with no other", remedy="pair it: `hearth peer pair`")
        return self._root, self._roll

    async def _keep(self, roll: Roll, root: x509.Certificate, root_key: Ed25519PrivateKey | None) -> None:
        async def keep() -> None:
            await asyncio.to_thread(self._files.write, root, roll.records, root_key)
            self._root, self._root_key, self._roll = root, root_key, roll
            self._tell()

        await uninterrupted(keep())

    async def _leave(self) -> None:
        async def leave() -> None:
            self.identity = await asyncio.to_thread(self._files.begin_anew)
            self._root = self._root_key = self._roll = None
            self._tell()

        await uninterrupted(leave())

    def _tell(self) -> None:
        for tell in tuple(self._watchers):
            try:
                tell()
            except Exception:
                log.exception("one that watches the home's hubs failed")
