"""Real meshes for the tests, on loopback, in one process or in several."""

from collections.abc import Iterable
from typing import Any

from hub.guard.connect import Guard
from hub.swarm.mesh import ZenohMesh
from hub.swarm.zenoh_config import MeshKey, with_port
from tests.ledger_rows import Rows
from tests.swarm.certified import Home
from tests.until import until


class Meshes:
    """Several hubs of one home. Use as a context."""

    def __init__(self, *hubs: str, home: Home | None = None, **options: Any) -> None:
        self.home = home or Home()
        self.rows = Rows()
        self.told: list[tuple[str, str, str]] = []
        self.proved: dict[str, str] = {}
        self.places = {hub: with_port("127.0.0.1:0") for hub in hubs}
        self._options = options
        self.by_id: dict[str, ZenohMesh] = {}
        self.keys: dict[str, MeshKey] = {}

    def make(self, hub: str, members: Iterable[str] = (), **options: Any) -> ZenohMesh:
        """A mesh, not started."""
        guard = Guard(writer=self.rows)
        key = self.keys[hub] = options.pop("key", None) or self.home.key(hub)
        mesh = ZenohMesh(
            key,
            members or self.places,
            lambda other: self.places.get(other, ""),
            guard,
            listen=options.pop("listen", self.places.get(hub, "127.0.0.1:0")),
            tell=lambda who, what: self.told.append((hub, who, what)),
            proved=self.proved.__setitem__,
            **self._options,
            **options,
        )
        self.by_id[hub] = mesh
        mesh_guards[mesh] = guard
        return mesh

    async def __aenter__(self) -> "Meshes":
        for hub in self.places:
            await self.make(hub).start()
        await self.together()
        return self

    async def together(self) -> None:
        """Return when all see all."""
        await until(lambda: all(len(m.alive()) == len(self.by_id) - 1 for m in self.by_id.values()))

    async def __aexit__(self, *error: object) -> None:
        for mesh in self.by_id.values():
            await mesh.close()

    async def ledger(self) -> list[tuple[str, str, int, int, str]]:
        """All rows of all hubs so far."""
        for mesh in self.by_id.values():
            await mesh_guards[mesh].ledger.flush()
        return self.rows.rows


mesh_guards: dict[ZenohMesh, Guard] = {}
