"""Skills, and the conversations that reach them."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from hub.core.events import GestureMade
from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.dialogue.pointing import Pointer
    from hub.dialogue.usage import Usage
    from hub.floors.swarm import Swarm
    from hub.perception.presence.rooms import Rooms
    from hub.plugins.ports.hub_ports import Say, SayRequest
    from hub.plugins.ports.timers import Timers
    from hub.plugins.skills.home_skills import HomeSkills
    from hub.plugins.skills.skill_host import SkillHost


async def count_usage(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> "Usage":
    """What this home is asked for most, counted on from before the restart."""
    from hub.dialogue.usage import Usage
    from hub.store.home_table import HomeTable

    usage = Usage(ground.bus, HomeTable(floor.database), ground.clock)
    await usage.load()
    stack.push_async_callback(usage.close)
    return usage


async def _pointer(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> "Pointer | None":
    """What fingers point at, where there are cameras."""
    from hub.dialogue.pointing import Pointer
    from hub.satellites.cameras import local_ids
    from hub.store.home_table import HomeTable, Placements

    cameras = ground.settings.camera
    if not cameras:
        return None
    sees = {stream: about.sees for stream, about in zip(local_ids(cameras), cameras, strict=True)}
    pointer = Pointer(ground.bus, sees, table=Placements(HomeTable(floor.database)))
    await pointer.load()
    stack.callback(pointer.close)
    return pointer


class Beliefs:
    """What the rooms believe, once there are rooms.

    They are made after the dialogue, so that they hear of a wake word after it: by then it has asked whether anybody
    was believed to be there.
    """

    rooms: "Rooms | None" = None

    def belief(self, area: str) -> float | None:
        """How likely somebody is in the area, 0 to 1; None when unknown."""
        return None if self.rooms is None else self.rooms.belief(area)


def build_rooms(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> "Rooms":
    """Who is where, believed from now on."""
    from hub.perception.presence.rooms import Rooms

    rooms = Rooms(ground.bus, ground.states, floor.home.view, ground.clock, ground.settings.presence)
    stack.callback(rooms.close)
    ground.supervisor.start("presence", rooms.run)
    return rooms


async def build_dialogue(
    ground: Ground,
    floor: HomeFloor,
    stack: AsyncExitStack,
    feed: "GrammarFeed | None",
    occupancy: Beliefs,
    swarm: "Swarm | None" = None,
) -> "tuple[Dialogue, HomeSkills]":
    """The skills of the home and its conversations, with what a hand may add to them."""
    await imported("hub.dialogue.dialogue", "hub.plugins.skills.home_skills")
    from hub.dialogue.dialogue import Dialogue
    from hub.home.take_back import TakeBack
    from hub.plugins.skills.skill_host import SkillHost

    settings, bus = ground.settings, ground.bus
    skills = SkillHost(bus, language=settings.home.language, cages=floor.cages, end_cages=False)
    stack.push_async_callback(skills.close)
    take_back = TakeBack(floor.undo, floor.dispatcher)
    dialogue = Dialogue(
        bus,
        floor.home.view,
        skills,
        undo=take_back,
        exposed=floor.exposure.exposed,
        on_grammar=None if feed is None else feed.take,
        least_confidence=settings.voice.min_confidence,
        pointer=await _pointer(ground, floor, stack),
        gestures=settings.gesture,
        states=ground.states,
        occupancy=occupancy,
    )
    floor.settings.at_once("gesture", dialogue.use_gestures)

    timers, home_skills = await _start_skills(ground, floor, skills, dialogue, stack, swarm)

    async def carry_out(made: GestureMade) -> None:
        await dialogue.gesture(made.name, area=made.origin.area, stream=made.stream, causes=(made.id,))

    stack.callback(bus.handle(GestureMade, carry_out, name="gestures"))
    await dialogue.start()
    stack.push_async_callback(dialogue.close)
    ground.supervisor.start("timers", timers.run)
    return dialogue, home_skills


def _say(dialogue: "Dialogue") -> "Say":
    async def say(ask: "SayRequest") -> None:
        await dialogue.announce(
            ask.reply or ask.text,
            skill=ask.skill if ask.reply else "",
            values=ask.values,
            area=ask.area,
            language=ask.language,
            causes=ask.causes,
        )

    return say


async def _start_skills(
    ground: Ground,
    floor: HomeFloor,
    skills: "SkillHost",
    dialogue: "Dialogue",
    stack: AsyncExitStack,
    swarm: "Swarm | None",
) -> "tuple[Timers, HomeSkills]":
    """The skills run, and their timers are known; who changes a skill has everybody follow who knows of skills."""
    from hub.plugins.ports.fetching import Fetching
    from hub.plugins.ports.hub_ports import HubHome, HubPorts
    from hub.plugins.skills.home_skills import HomeSkills
    from hub.store.plugin_data import PluginData

    data = PluginData(floor.database)
    timers = await _timers(ground, floor, skills, swarm)

    async def able() -> None:
        if swarm is not None:
            await swarm.shared.timers.able(manifest.id for manifest in skills.manifests())

    async def changed(skill: str) -> None:
        await able()
        timers.skill_back(skill)
        await dialogue.reload()

    async def forget(skill: str) -> None:
        await data.clear(skill)
        if swarm is None or not swarm.shared.timers.elsewhere(skill):
            await timers.forget(skill)

    home_skills = HomeSkills(
        ground.paths.root, ground.settings.plugins, skills, ground.bus, changed=changed, forget=forget
    )
    stack.callback(home_skills.close)
    home = HubHome(floor.home, ground.states, floor.dispatcher, floor.exposure)
    fetching = Fetching(floor.guard)
    stack.push_async_callback(fetching.close)
    await home_skills.start(HubPorts(home=home, timers=timers, data=data, say=_say(dialogue), fetch=fetching))
    await able()
    return timers, home_skills


async def _timers(ground: Ground, floor: HomeFloor, skills: "SkillHost", swarm: "Swarm | None") -> "Timers":
    """The timers of this hub, or of the hubs of the home together."""
    from hub.plugins.ports.timers import Timers
    from hub.store.timers import Timers as TimerTable

    own = TimerTable(floor.database)
    if swarm is None:
        return Timers(own, ground.bus, ground.clock, skills.ring)
    shared = swarm.shared.timers
    await shared.adopt(own)
    timers = Timers(shared, ground.bus, ground.clock, skills.ring, shared)
    shared.tell(timers)
    return timers
