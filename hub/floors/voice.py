"""The ears, and who brings them sound: microphone, satellites, others that use the hub's services."""

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import structlog

from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor
from hub.floors.senses import come_up, started

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.dialogue.usage import Usage
    from hub.perception.ears.ears import Ears
    from hub.perception.speech.grammar import SpeechGrammar
    from hub.satellites.browser import BrowserSatellites
    from hub.satellites.microphones import Microphones, SwitchedEars
    from hub.satellites.sound_files import SoundFiles
    from hub.satellites.wyoming.spoken import SpokenBy
    from hub.swarm.arbitration.arbiter import Arbiter

log = structlog.get_logger(__name__)


async def open_ears(ground: Ground, stack: AsyncExitStack) -> "Ears":
    """Start the sealed worker; its models load while the rest of the hub comes up."""
    await imported("hub.perception.ears.build")
    from hub.perception.ears.build import build_ears

    return await started(ground, build_ears, stack)


def grammar_feed(ground: Ground, ears: "asyncio.Task[Ears]", usage: "Usage") -> "GrammarFeed":
    """Passes every new grammar of the home to the ears, once there are any; what is asked for most is likelier."""
    from hub.dialogue.grammar_feed import GrammarFeed

    async def set_grammar(grammar: "SpeechGrammar") -> None:
        await (await asyncio.shield(ears)).set_grammar(grammar)

    pointing = any(camera.gestures for camera in ground.settings.camera)
    return GrammarFeed(set_grammar, usage.priors, pointing=pointing)


async def hearing(ground: Ground, loading: "asyncio.Task[Ears]", feed: "GrammarFeed", *, needed: bool) -> "Ears | None":
    """The ears, once they know the home's sentences. Unless `needed`, a hub that cannot hear says so and runs on."""
    ears = await come_up(ground, "ears", loading, "the hub does not hear", needed=needed)
    if ears is None:
        return None
    ground.supervisor.start("speech grammar", feed.run)
    await feed.first.wait()
    return ears


async def open_microphones(ground: Ground, floor: HomeFloor) -> "Microphones":
    """The switches of all microphones: what is off stays unheard from the first sound on."""
    from hub.satellites.microphones import Microphones
    from hub.store.home_table import HomeTable

    settings = ground.settings
    microphones = Microphones(ground.states, HomeTable(floor.database))
    await microphones.load()
    if settings.voice.microphone:
        microphones.expect("microphone", area=settings.voice.area)
    floor.satellites.switch_with(microphones)
    microphones.expect("browser")
    if settings.wyoming.enabled:
        microphones.expect("wyoming")
    return microphones


async def start_satellites(
    ground: Ground,
    floor: HomeFloor,
    ears: "Ears",
    dialogue: "Dialogue",
    arbiter: "Arbiter",
    microphones: "Microphones",
    stack: AsyncExitStack,
) -> "BrowserSatellites":
    """Microphone, Wyoming satellites, and the hub's own services for others. Of several that hear a wake word, here or
    at other hubs, `arbiter` lets one answer. Returns what listens to pages.
    """
    from hub.dialogue.tts.speak import Speaker, engines
    from hub.satellites.announcing import announce_at
    from hub.satellites.arbitrated import ArbitratedEars
    from hub.satellites.browser import MICROPHONE, BrowserSatellites
    from hub.satellites.local import STREAM, LocalSatellite
    from hub.satellites.wyoming.satellite import WyomingSatellite
    from hub.satellites.wyoming.spoken import SpokenBy

    settings, language = ground.settings, ground.settings.home.language
    guard = floor.guard
    speech = Speaker(engines(settings.voice, lambda host, port: guard.connect(host, port, "to speak replies")))
    voice = SpokenBy(speech, (language,)) if speech.available else None
    heard, plain = microphones.before(ArbitratedEars(ears, arbiter, ground.bus)), microphones.before(ears)
    if settings.voice.microphone:
        area = settings.voice.area
        local = LocalSatellite(heard, dialogue, speech, ground.bus, area=area, language=lambda: language)
        ground.supervisor.start("microphone", lambda: microphones.while_on(STREAM, local.run))
    floor.satellites.begin(
        lambda about: WyomingSatellite(about, guard.connect, heard, dialogue, voice, language=language)
    )
    announce_at(ground.bus, floor.satellites.running.values)
    if settings.wyoming.enabled:
        await _serve_wyoming(ground, plain, ears.phrases, dialogue, voice, stack)
    pages = BrowserSatellites(
        heard, plain, dialogue, voice, ground.bus, floor.home.view, phrases=ears.phrases, language=language,
        allowed=lambda: microphones.on(MICROPHONE),
    )  # fmt: skip
    stack.push_async_callback(pages.close)
    return pages


async def _serve_wyoming(
    ground: Ground,
    ears: "SwitchedEars",
    phrases: dict[str, str],
    dialogue: "Dialogue",
    voice: "SpokenBy | None",
    stack: AsyncExitStack,
) -> None:
    """The hub's services for others."""
    from hub.satellites.wyoming.advertise import Advertiser
    from hub.satellites.wyoming.offer import Offer
    from hub.satellites.wyoming.server import WyomingServer
    from hub.satellites.wyoming.understanding import GrammarUnderstanding

    settings = ground.settings
    offer = Offer(
        ears=ears,
        dialogue=dialogue,
        understanding=GrammarUnderstanding(dialogue),
        voice=voice,
        languages=(settings.home.language,),
        phrases=phrases,
    )
    host, port = settings.wyoming.host, settings.wyoming.port
    server = WyomingServer(offer, host, port, name=settings.home.name, advertiser=Advertiser())
    stack.push_async_callback(server.close)
    await server.start()


def sound_files(ground: Ground, floor: HomeFloor, ears: "Ears", dialogue: "Dialogue") -> "SoundFiles":
    """Hears the files that the page is given."""
    from hub.satellites.sound_files import SoundFiles

    return SoundFiles(ears, dialogue, ground.bus, floor.home.view)
