"""`SharedState`: this hub's cells, told to the other hubs, and merged with theirs.

A change is on this hub's disk before its caller hears that it is done, and goes out after; the others have it on
theirs before it counts there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog

from hub.core.clock import Clock
from hub.core.errors import HearthError, ProtocolError
from hub.swarm.owner import Tell, nobody
from hub.swarm.ports import Mesh
from hub.swarm.state import kinds
from hub.swarm.state.cells import Cell
from hub.swarm.state.keeping import CellTable
from hub.swarm.state.kept_cells import KeptCells
from hub.swarm.state.listeners import Changed
from hub.swarm.state.meetings import Meetings
from hub.swarm.state.messages import Buckets, Dead, Delta, Listing, Message, Root, Want, decode, encode, parted
from hub.swarm.state.reconcile import Reconciler
from hub.swarm.state.waiting import Waiting

log = structlog.get_logger(__name__)
TOPIC: Final = "state"
DIGEST_S: Final = 5.0
"""How often each hub says how its cells hash; a change itself is told at once."""
ASSURE_S: Final = 1.0


class SharedState:
    """Registers by key, alike on all hubs. `await start()`, then `run()` for as long as it lives.

    `members()` are the ids of the home's hubs: only they are heard, and their tombstones waited for. `tell` hears of
    hubs that say what they may not.
    """

    def __init__(
        self, mesh: Mesh, table: CellTable, clock: Clock, members: Callable[[], Iterable[str]], tell: Tell = nobody
    ) -> None:
        self._mesh = mesh
        self._clock = clock
        self._members = members
        self._tell = tell
        self._cells = KeptCells(mesh.hub, table, clock, tell)
        self._reconciler = Reconciler(self._cells.replica)
        self._waiting = Waiting()
        self._due = asyncio.Event()
        self.meetings = Meetings(clock)
        """What this hub and the others have in common."""
        self._ends: list[Callable[[], None]] = []
        self._hurry = False

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what was kept, and listen. Raises `StoreError`."""
        await self._cells.load()
        self._reconciler = Reconciler(self._cells.replica)
        self._ends = [
            self._mesh.listen(TOPIC, self._take),
            self._mesh.answer(TOPIC, self._take_at_once),
            self._mesh.watch(self._seen_alive),
        ]

    async def run(self) -> None:
        """Say what changed, hear what others say, and compare digests, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._work())
            tasks.create_task(self._keep_comparing())

    async def close(self) -> None:
        """Listen no more."""
        while self._ends:
            self._ends.pop()()

    # -- what is shared ----------------------------------------------------------------------------------------------

    @property
    def hub(self) -> str:
        """This hub's id."""
        return self._mesh.hub

    def cell(self, key: str) -> Cell | None:
        """The living cell under a key, with its stamp."""
        return self._cells.replica.get(key)

    def removed(self, key: str) -> bool:
        """Whether there was a value under a key that was removed not long ago."""
        cell = self._cells.replica.raw(key)
        return cell is not None and cell.gone

    def get(self, key: str) -> Any:
        """The value under a key as its kind's type, None where there is none."""
        cell = self._cells.replica.get(key)
        return None if cell is None else kinds.decoded(cell)

    def under(self, prefix: str) -> dict[str, Cell]:
        """The living cells whose keys begin with `prefix`, in the order in which they were written."""
        return {cell.key: cell for cell in sorted(self._cells.replica.under(prefix), key=lambda c: (c.stamp, c.key))}

    async def write(self, values: Mapping[str, Any], gone: Iterable[str] = (), *, everywhere: bool = False) -> None:
        """Set values by key and remove keys, together; on the disk when this returns, at the other hubs soon after.

        With `everywhere` it is on the disk of every hub that lives and answers when this returns (a second at most):
        for what must not be undone by this hub's death.

        Raises `StoreError`, and `ValueRefusedError` for what cannot be shared.
        """
        cells = await self._cells.write(values, gone)
        if everywhere and cells:
            await asyncio.gather(*(self._assure(hub, cells) for hub in self._mesh.alive()))
        self._due.set()

    async def _assure(self, hub: str, cells: list[Cell]) -> None:
        try:
            for part in parted(cells):
                await self._mesh.ask(hub, TOPIC, encode(Delta(part)), timeout_s=ASSURE_S)
        except (HearthError, TimeoutError) as error:
            log.info("a hub did not confirm a change; it gets it later", hub=hub, error=str(error))

    def subscribe(self, prefix: str, changed: Changed) -> Callable[[], None]:
        """Call `changed(keys)` after cells whose keys begin with `prefix` changed; returns what ends it."""
        return self._cells.listeners.add(prefix, changed)

    def forget_meetings(self) -> None:
        """This hub was asleep: what it has in common with others is to be seen anew."""
        self.meetings.only(frozenset())
        self._hurry = True
        self._due.set()

    def root(self) -> bytes:
        """The hash of all cells: equal on hubs that have the same."""
        return self._cells.replica.root()

    def __len__(self) -> int:
        return len(self._cells.replica)

    # -- digests -----------------------------------------------------------------------------------------------------

    async def compare(self) -> None:
        """Say how this hub's cells hash, and let go of what can go. `run` does it every `DIGEST_S` seconds."""
        await self._say(await self._cells.settle(set(self._members()) - {self.hub}))

    async def _keep_comparing(self) -> None:
        while True:
            await self._try(self.compare())
            await self._clock.sleep(DIGEST_S)

    async def _answer(self, sender: str, said: Root) -> None:
        self.meetings.clock_says(sender, said.now)
        same = await self._cells.agrees(sender, said)
        if same:
            self.meetings.agree(sender)
        elif same is False:
            await self._say(self._reconciler.buckets(), to=sender)

    # -- messages ----------------------------------------------------------------------------------------------------

    def _take(self, sender: str, body: bytes) -> None:
        if sender not in self._members():
            self._tell(sender, "a hub that is no member speaks of the shared state: not heard")
            return
        if self._waiting.put(sender, body):
            self._due.set()

    async def _take_at_once(self, sender: str, body: bytes) -> bytes:
        if sender not in self._members():
            raise ProtocolError("a hub that is no member speaks of the shared state")
        said = decode(body)
        if not isinstance(said, Delta):
            raise ProtocolError("that is no question")
        try:
            await self._cells.merge(sender, said)
        except ProtocolError as error:
            self._tell(sender, f"of the shared state: {error.message}")
            raise
        return b""

    async def _work(self) -> None:
        while True:
            await self._due.wait()
            await self.pump()

    async def pump(self) -> None:
        """Do what is due now: say what changed here, and hear what was said."""
        self._due.clear()
        for part in parted(self._cells.take_unsaid()):
            await self._try(self._say(Delta(part)))
        if self._hurry:
            self._hurry = False
            await self._try(self.compare())
        while self._waiting:
            sender, body = self._waiting.take()
            await self._try(self._hear(sender, body), sender)
        if self._cells.unsaid:
            self._due.set()

    async def _hear(self, sender: str, body: bytes) -> None:
        said = decode(body)
        if isinstance(said, Delta):
            await self._cells.merge(sender, said)
        elif isinstance(said, Root):
            await self._answer(sender, said)
        elif isinstance(said, Dead):
            await self._cells.bury(said)
        else:
            for message in self._answers(said):
                await self._say(message, to=sender)

    def _answers(self, said: Buckets | Listing | Want) -> list[Message]:
        if isinstance(said, Buckets):
            return self._reconciler.listings(said)
        return self._reconciler.compare(said) if isinstance(said, Listing) else self._reconciler.wanted(said)

    async def _say(self, message: Message, *, to: str = "") -> None:
        await self._mesh.send(TOPIC, encode(message), to=to)

    def _seen_alive(self, alive: frozenset[str]) -> None:
        self.meetings.only(alive)
        self._hurry = True  # somebody came: compare at once
        self._due.set()

    async def _try(self, work: Any, sender: str = "") -> None:
        try:
            await work
        except ProtocolError as error:
            self._tell(sender, f"of the shared state: {error.message}")
        except HearthError as error:
            log.warning("the shared state could not be told or kept", error=str(error))
