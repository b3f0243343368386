"""Hubs on a street that learn together from clouds in the plane, and a pair of ears on the wire."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from hub.learning.federated.collect import Terms
from hub.learning.federated.local import Plan
from hub.learning.federated.messages import Roster
from hub.learning.federated.office import read_office
from hub.learning.federated.pupil import PlainPupil
from hub.learning.federated.rounds import Learner
from hub.learning.head import Head, Material
from hub.learning.network import Network
from hub.learning.room_air import fresh_head
from tests.swarm.street import Street, StreetMesh

LABELS = ("left", "right", "far")
PLAN = Plan(epochs=6, rate=1e-2)
TERMS = Terms(deadline_s=5.0)
KIND = "clouds"


def head(seed: int = 3) -> Head:
    return Head(KIND, LABELS, Network.fresh((4, 8, 3), np.random.default_rng(seed)).weights)


def cloud(count: int, seed: int, shares: tuple[float, ...] = (1.0, 1.0, 1.0)) -> Material:
    """Examples (count, 4) of three classes in these shares."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, count, p=np.array(shares) / sum(shares))
    centres = np.array([[-1, 0, 0, 1], [1, 0, 1, 0], [0, 2, 0, 0]], float)
    return Material.plain((centres[y] + rng.normal(0, 0.55, (count, 4))).astype(np.float32), y)


def roster(members: tuple[str, ...], number: int = 1, base: str = "") -> Roster:
    return Roster(KIND, number, base or head().base, members, members)


class Wire(StreetMesh):
    """A hub's end that hears every byte that it hands over."""

    def __init__(self, hub: str, street: Street, heard: list[bytes]) -> None:
        super().__init__(hub, street)
        self.heard = heard
        self.lose: Callable[[str, str], bool] = lambda hub, topic: False
        self.spoil: Callable[[str, bytes], bytes] = lambda topic, body: body

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        self.heard.append(body)
        await super().send(topic, body, to=to)

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        body = self.spoil(topic, body)
        self.heard.append(body)
        if self.lose(hub, topic):
            raise TimeoutError
        answer = await super().ask(hub, topic, body, timeout_s=timeout_s)
        self.heard.append(answer)
        return answer


class Homes:
    """Hubs `hub0`, `hub1`, ... with a pupil each."""

    def __init__(self, materials: list[tuple[Material, Material]], first: Head, *, terms: Terms = TERMS) -> None:
        self.street = Street()
        self.heard: list[bytes] = []
        self.pupils: dict[str, PlainPupil] = {}
        self.learners: dict[str, Learner] = {}
        self.wires: dict[str, Wire] = {}
        for number, (learn_from, held) in enumerate(materials):
            hub = f"hub{number}"
            wire = self.wires[hub] = Wire(hub, self.street, self.heard)
            self.street.meshes[hub] = wire
            self.pupils[hub] = PlainPupil(first, learn_from, held)
            pupils = {first.kind: self.pupils[hub]}
            self.learners[hub] = Learner(wire, wire, pupils, terms=terms, plan=PLAN, seed=number)
        self.street.changed()

    @classmethod
    def clouds(cls, count: int = 4, *, terms: Terms = TERMS, examples: int = 120) -> "Homes":
        materials = [(cloud(examples, n), cloud(60, 100 + n)) for n in range(count)]
        return cls(materials, head(), terms=terms)

    async def ended(self, without: tuple[str, ...] = ()) -> None:
        """Return when the last round is over at every hub that takes part in it."""
        for hub, learner in self.learners.items():
            parts = list(learner._parts.values())
            if parts and hub not in without:
                await parts[-1].ended()
        for pupil in self.pupils.values():
            await pupil.material()

    async def close(self) -> None:
        for learner in self.learners.values():
            await learner.close()


def office_homes(folder: Path, count: int = 4) -> list[tuple[Material, Material]]:
    """Stretches of the office's minutes, every fourth hour of each held out."""
    rows = read_office(folder / "datatraining.txt")
    found = []
    for number in range(count):
        mine = rows.where(np.arange(len(rows)) * count // len(rows) == number)
        held = np.arange(len(mine)) // 60 % 4 == 3
        found.append((mine.where(~held), mine.where(held)))
    return found


def office_head() -> Head:
    return fresh_head()
