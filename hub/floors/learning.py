"""Learning from use: what this hub's gestures came to, and rounds with the home's other hubs."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.floors.swarm import Swarm
    from hub.learning.at_home import HomeLearning
    from hub.learning.examples import Examples
    from hub.learning.federated.home_pupil import HomePupil
    from hub.learning.federated.kept_heads import KeptHeads
    from hub.learning.head import Head, Material
    from hub.perception.eyes.eyes import Eyes

log = structlog.get_logger(__name__)
_CANARIES: Final = (12, 8_000_000)
_REHEARSED: Final = (30, 9_000_000)
"""How many drawn hands of each gesture a new head is tried with, and learns from, besides the home's own; their seeds.
The seeds are those of every hub, and of no hands that the network was trained or measured with."""


class Learning:
    """The hub's learning, once it is up: that is after everything else, for nobody waits for it."""

    here: "HomeLearning | None" = None


@dataclass(frozen=True)
class Around:
    """The floors that learning stands on: rounds are held over the `swarm`, the `eyes` get each new gesture head."""

    ground: Ground
    floor: HomeFloor
    swarm: "Swarm | None"
    eyes: "Eyes | None"


def build_learning(around: Around, learning: Learning, stack: AsyncExitStack) -> None:
    """Learn from now on, unless hearth.toml says not to; `learning` is told when that is up."""
    ground = around.ground
    if not ground.settings.learning.enabled:
        return

    async def run() -> None:
        async with AsyncExitStack() as inner:
            await _learn(around, learning, inner)

    ground.supervisor.start("learning", run)
    stack.push_async_callback(ground.supervisor.stop, "learning")  # before the mesh that it speaks over closes


async def _learn(around: Around, learning: Learning, stack: AsyncExitStack) -> None:
    await imported("hub.learning.at_home", "hub.learning.from_use", "hub.learning.gesture_data", "onnx")
    from hub.learning.at_home import HomeLearning
    from hub.learning.examples import Examples
    from hub.learning.federated.collect import Terms
    from hub.learning.federated.kept_heads import KeptHeads
    from hub.learning.from_use import FromUse
    from hub.learning.sealing import Seal

    ground, database, swarm, eyes = around.ground, around.floor.database, around.swarm, around.eyes
    settings, clock = ground.settings.learning, ground.clock
    seal = await asyncio.to_thread(Seal, ground.paths.root)
    examples, heads = Examples(database, seal, clock), KeptHeads(database, seal, clock)
    new_heads: asyncio.Queue[Head] = asyncio.Queue()
    pupils = await _pupils(examples, heads, ground, new_heads)
    from_use = FromUse(ground.bus, pupils["gesture"], clock)
    stack.callback(from_use.close)
    home = HomeLearning(
        examples,
        heads,
        pupils,
        mesh=None if swarm is None else swarm.mesh,
        bulk=None if swarm is None else swarm.bulk,
        terms=Terms(least_members=settings.least_hubs),
        clock=clock,
        forgotten=from_use.forget,
    )
    stack.push_async_callback(home.close)
    learning.here = home
    stack.callback(setattr, learning, "here", None)
    if eyes is not None:
        _notice(eyes, from_use.noticed, stack)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(home.expire())
        tasks.create_task(from_use.run())
        tasks.create_task(_hand_over(new_heads, eyes))
        if settings.at:
            tasks.create_task(home.every_day(settings.at))


async def _pupils(
    examples: "Examples", heads: "KeptHeads", ground: Ground, new_heads: "asyncio.Queue[Head]"
) -> "dict[str, HomePupil]":
    from hub.learning.federated.aside import aside
    from hub.learning.federated.home_pupil import HomePupil
    from hub.learning.kinds import KINDS

    pupils = {}
    for kind, known in KINDS.items():
        if known.head is None:
            continue
        known_hands = (
            [await aside(drawn_hands, *which) for which in (_CANARIES, _REHEARSED)] if kind == "gesture" else []
        )
        canaries, rehearsed = known_hands or (None, None)
        changed = new_heads.put_nowait if kind == "gesture" else _nobody
        pupils[kind] = await HomePupil.open(
            kind, examples, heads, clock=ground.clock, canaries=canaries, rehearsed=rehearsed, changed=changed
        )
    return pupils


def _nobody(_head: "Head") -> None:
    """Rooms work out who is there from signs, not from a head: what was learnt of presence is kept for later."""


def drawn_hands(count: int, seed: int) -> "Material":
    """So many drawn hands of each gesture, and thrice as many that say nothing; the same everywhere."""
    import numpy as np

    from hub.learning.gesture_data import data_set
    from hub.learning.head import Material

    return Material.plain(*data_set(count, np.random.default_rng(seed)))


def _notice(eyes: "Eyes", noticed: Callable[[int, bytes], None], stack: AsyncExitStack) -> None:
    before, eyes.on_gesture = eyes.on_gesture, noticed
    stack.callback(setattr, eyes, "on_gesture", before)


async def _hand_over(new_heads: "asyncio.Queue[Head]", eyes: "Eyes | None") -> None:
    """Give the eyes each new gesture head, at once and at every later start of theirs."""
    from hub.learning.federated.aside import aside
    from hub.learning.onnx_export import to_onnx

    while True:
        head = await new_heads.get()
        if eyes is not None:
            await eyes.use_head(await aside(to_onnx, head.network(), head.labels, name="gesture"))
            log.info("gestures are read with what was learnt")
