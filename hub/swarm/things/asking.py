"""`Asking`: commands for other hubs' things go to their owners."""

from typing import Final

import msgspec

from hub.core.commands import Command
from hub.core.entities import Entity
from hub.core.errors import CommandError, CommandTimeoutError, HearthError, NotFoundError, UnavailableError
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.swarm.ports import Mesh
from hub.swarm.things.placing import Thing
from hub.swarm.things.records import decode
from hub.swarm.things.remote import RemoteThings
from hub.swarm.things.wishes import TOPIC, Permit, Reply, Wish

ASK_S: Final = 2.2
"""How long an owner has to answer; twice, with what lies between, is less than a command may take in all."""


class Asking:
    """The relay that the dispatcher is given for other hubs (`Dispatcher.route_away`).

    What does no harm is asked for once more when no answer comes: the owner knows it again. A lock or a garage door is
    never asked for twice, and no failure of any is ever mended later.
    """

    def __init__(self, mesh: Mesh, home: Home, exposure: Exposure, things: RemoteThings) -> None:
        self._mesh = mesh
        self._home = home
        self._exposure = exposure
        self._things = things

    async def relay(self, command: Command, local: str) -> None:
        """Have the owner do it. Raises the `CommandError` that it failed with, `CommandTimeoutError` when it is not
        known whether it was done.
        """
        thing = self._things.thing(local)
        if thing is None:
            raise NotFoundError(f"there is no {local[:120]}", remedy="`hearth home` lists what there is")
        wish = Wish(
            id=command.id,
            local=thing[1],
            trait=command.trait,
            value=command.value,
            confirmed=command.confirmed,
            channel=command.channel,
            area=command.origin.area,
            source=command.origin.source,
        )
        entity = self._home.entity(command.entity)
        said = await self._ask(thing, wish, entity, again=not guarded(self._exposure, entity))
        if isinstance(said, Permit):
            wish = msgspec.structs.replace(wish, permit=said.permit)
            said = await self._ask(thing, wish, entity, again=False)
        if isinstance(said, Permit):
            raise CommandError("the hub that it belongs to asks for ever", remedy="do both run the same version?")
        if not said.ok:
            wire = {"code": said.code, "message": said.reason, "remedy": said.remedy}
            raise HearthError.from_wire(wire)

    async def _ask(self, thing: Thing, wish: Wish, entity: Entity, *, again: bool) -> Reply:
        hub, body = thing[0], msgspec.msgpack.encode(wish)
        if hub not in self._mesh.alive():
            raise UnavailableError(
                f"the hub of {entity.name} cannot be reached", place=entity.id, remedy="is it on, and on this network?"
            )
        for left in (1, 0) if again else (0,):
            try:
                reply = await self._mesh.ask(hub, TOPIC, body, timeout_s=ASK_S)
            except (UnavailableError, TimeoutError) as error:
                if left and hub in self._mesh.alive():
                    continue
                raise CommandTimeoutError(
                    f"the hub of {entity.name} did not answer; it may have happened",
                    place=entity.id,
                    remedy="look at it; it is not tried again",
                ) from error
            return decode(reply, Reply)  # type: ignore[arg-type]
        raise AssertionError("unreachable")


def guarded(exposure: Exposure, entity: Entity) -> bool:
    """Whether a thing can do harm: what the exposure rules ask a yes for."""
    rule = exposure.rule(entity)
    return (rule is not None and rule.asks) or exposure.asks_always(entity)
