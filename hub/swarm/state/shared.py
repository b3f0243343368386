"""`SharedState`: this hub's cells, kept, told to the other hubs, and merged with theirs.

A change is on this hub's disk before its caller hears that it is done, and goes out after; the others have it on
theirs before it counts there, so that a digest never promises what a power cut could take back.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog

from hub.core.clock import Clock
from hub.core.errors import HearthError, ProtocolError, ValueRefusedError
from hub.swarm.owner import Tell, nobody
from hub.swarm.ports import Mesh
from hub.swarm.state import kinds
from hub.swarm.state.cells import Cell, wins
from hub.swarm.state.keeping import CellTable
from hub.swarm.state.listeners import Changed, Listeners
from hub.swarm.state.meetings import Meetings
from hub.swarm.state.messages import Buckets, Dead, Delta, Listing, Message, Root, Want, decode, encode, parted
from hub.swarm.state.reconcile import Reconciler
from hub.swarm.state.replica import GRACE_S, Replica, Verdict
from hub.swarm.state.stamps import LamportClock
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
        self._table = table
        self._clock = clock
        self._members = members
        self._tell = tell
        self._replica = Replica()
        self._reconciler = Reconciler(self._replica)
        self._lamport = LamportClock(mesh.hub, clock)
        self._writing = asyncio.Lock()
        self._waiting = Waiting()
        self._unsaid: set[str] = set()
        self._due = asyncio.Event()
        self._listeners = Listeners()
        self.meetings = Meetings(clock)
        """What this hub and the others have in common."""
        self._ends: list[Callable[[], None]] = []
        self._hurry = False

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what was kept, and listen. Raises `StoreError`."""
        cells, context, counter = await self._table.load()
        self._replica = Replica(cells, context)
        self._reconciler = Reconciler(self._replica)
        self._lamport = LamportClock(self.hub, self._clock, max(counter, self._replica.highest(), *context.values(), 0))
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
        return self._replica.get(key)

    def removed(self, key: str) -> bool:
        """Whether there was a value under a key that was removed not long ago."""
        cell = self._replica.raw(key)
        return cell is not None and cell.gone

    def get(self, key: str) -> Any:
        """The value under a key as its kind's type, None where there is none."""
        cell = self._replica.get(key)
        return None if cell is None else kinds.decoded(cell)

    def under(self, prefix: str) -> dict[str, Cell]:
        """The living cells whose keys begin with `prefix`, in the order in which they were written."""
        return {cell.key: cell for cell in sorted(self._replica.under(prefix), key=lambda c: (c.stamp, c.key))}

    async def write(self, values: Mapping[str, Any], gone: Iterable[str] = (), *, everywhere: bool = False) -> None:
        """Set values by key and remove keys, together; on the disk when this returns, at the other hubs soon after.

        With `everywhere` it is on the disk of every hub that lives and answers when this returns (a second at most):
        for what must not be undone by this hub's death.

        Raises `StoreError`, and `ValueRefusedError` for what cannot be shared.
        """
        now = self._clock.now()
        async with self._writing:
            plain = {key: kinds.plain(value) for key, value in values.items()}
            cells = [Cell(key, self._lamport.tick(), value, at=now) for key, value in plain.items()]
            removed = [key for key in gone if self._replica.get(key) is not None]
            cells += [Cell(key, self._lamport.tick(), gone=True, at=now) for key in removed]
            try:
                for cell in cells:
                    kinds.check(cell)
            except ProtocolError as error:
                raise ValueRefusedError(error.message, remedy="make it smaller and plainer") from error
            await self._put(cells)
            self._unsaid.update(cell.key for cell in cells)
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
        return self._listeners.add(prefix, changed)

    def forget_meetings(self) -> None:
        """This hub was asleep: what it has in common with others is to be seen anew."""
        self.meetings.only(frozenset())
        self._hurry = True
        self._due.set()

    def root(self) -> bytes:
        """The hash of all cells: equal on hubs that have the same."""
        return self._replica.root()

    def __len__(self) -> int:
        return len(self._replica)

    # -- digests -----------------------------------------------------------------------------------------------------

    async def compare(self) -> None:
        """Say how this hub's cells hash, and let go of what can go. `run` does it every `DIGEST_S` seconds."""
        async with self._writing:  # no counter is given out whose cell is not here yet
            now = self._clock.monotonic()
            members = set(self._members()) - {self.hub}
            gone = self._replica.settle(self.hub, members, now + GRACE_S)
            if gone:
                await self._table.forget(gone, self._replica.context, self._lamport.counter)
            self._replica.expire(now)
            root = Root(self._replica.root(), self._lamport.counter, self._clock.now())
        await self._say(root)

    async def _keep_comparing(self) -> None:
        while True:
            await self._try(self.compare())
            await self._clock.sleep(DIGEST_S)

    async def _answer(self, sender: str, said: Root) -> None:
        self.meetings.clock_says(sender, said.now)
        async with self._writing:
            if said.counter and not self._admitted(sender, said.counter):
                return
            same = said.root == self._replica.root()
            if same:
                self._replica.agree(sender, said.counter)
                self.meetings.agree(sender)
        if not same:
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
            await self._merge(sender, said)
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
        unsaid, self._unsaid = self._unsaid, set()
        cells = [cell for key in sorted(unsaid) if (cell := self._replica.raw(key)) is not None]
        for part in parted([cell for cell in cells if cell.stamp.hub == self.hub]):
            await self._try(self._say(Delta(part)))
        if self._hurry:
            self._hurry = False
            await self._try(self.compare())
        while self._waiting:
            sender, body = self._waiting.take()
            await self._try(self._hear(sender, body), sender)

    async def _hear(self, sender: str, body: bytes) -> None:
        said = decode(body)
        if isinstance(said, Delta):
            await self._merge(sender, said)
        elif isinstance(said, Root):
            await self._answer(sender, said)
        elif isinstance(said, Dead):
            await self._bury(said)
        else:
            for message in self._answers(said):
                await self._say(message, to=sender)

    def _answers(self, said: Buckets | Listing | Want) -> list[Message]:
        if isinstance(said, Buckets):
            return self._reconciler.listings(said)
        return self._reconciler.compare(said) if isinstance(said, Listing) else self._reconciler.wanted(said)

    async def _merge(self, sender: str, said: Delta) -> None:
        async with self._writing:
            taken: dict[str, Cell] = {}
            for cell in said.cells:
                kinds.check(cell)
                if not said.relayed and cell.stamp.hub != sender:
                    raise ProtocolError("a hub speaks in another's name")
                rival = taken.get(cell.key)
                verdict = self._replica.judge(cell)
                if verdict is Verdict.TOO_MUCH:
                    self._tell(sender, "the shared state is full: changes of this hub are not taken")
                elif verdict is Verdict.NEW and (rival is None or wins(cell, rival)) and self._admit(sender, cell):
                    taken[cell.key] = cell
            await self._put(list(taken.values()))

    async def _bury(self, said: Dead) -> None:
        async with self._writing:
            until = self._clock.monotonic() + GRACE_S
            buried: list[str] = []
            for key, stamp in said.entries:
                cell = self._replica.get(key)
                if cell and cell.stamp == stamp and stamp.hub == self.hub and stamp.counter > self._replica.loaded:
                    # Written in this life, after a backup was restored: its counter had been given out before.
                    again = Cell(key, self._lamport.tick(), cell.value, at=cell.at)
                    await self._put([again])
                    self._unsaid.add(key)
                    self._due.set()
                elif self._replica.bury(key, stamp, until):
                    buried.append(key)
            if buried:
                await self._table.forget(buried, {}, self._lamport.counter)
        self._listeners.tell(buried)

    async def _put(self, cells: list[Cell]) -> None:
        if not cells:
            return
        await self._table.save(cells)
        for cell in cells:
            self._replica.put(cell)
        self._listeners.tell([cell.key for cell in cells])

    def _admit(self, sender: str, cell: Cell) -> bool:
        return self._admitted(sender, cell.stamp.counter)

    def _admitted(self, sender: str, counter: int) -> bool:
        if self._lamport.admit(counter):
            return True
        self._tell(sender, "a hub's counter is far ahead of all others': it is followed slowly, and may be lying")
        return False

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
