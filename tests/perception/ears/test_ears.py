"""The hub's side of the ears against real worker processes, sealed, with engines that are told what they hear."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.bus import Bus
from hub.core.errors import ModelError, UnavailableError
from hub.core.events import (
    Event,
    SpeechNotHeard,
    SpeechStarted,
    SpeechTranscribed,
    WakeHeard,
    WorkerLost,
    WorkerReady,
)
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.worker_host import WorkerHost, WorkerPatience
from hub.perception.ears.ear_stream import EarStream
from hub.perception.ears.ears import Ears
from hub.perception.ears.messages import FromEars
from hub.perception.speech.grammar import SpeechGrammar
from tests.perception.ears.fakes import says, silence, sound, wakes
from tests.perception.ears.listening import until

pytestmark = [pytest.mark.sealed, pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux")]
HERE = Path(__file__).parent
GRAMMAR = SpeechGrammar(words=("stop",), arcs=((0, 1, 0, 0),), finals=((1, 0),), pronunciations={"stop": ("S T AA P",)})
COMMAND = sound(silence(1), wakes(), says("turn on the light"), silence(1))
DIE = np.array([31_000], np.int16)


@pytest.fixture
async def ears(bus: Bus) -> AsyncIterator[Ears]:
    host: WorkerHost[FromEars] = WorkerHost(
        "ears", "fake_ears:run", {}, bus, FromEars,
        search=(HERE, HERE / "workers"), patience=WorkerPatience(first_wait_s=0.01),
    )  # fmt: skip
    made = Ears(
        host,
        bus,
        thresholds={"hey_jarvis": 0.5},
        phrases={"hey_jarvis": "hey jarvis"},
        pronounce=lambda words: dict.fromkeys(words, ("AA",)),
        hub="test",
    )
    await made.start()
    yield made
    await made.stop()


async def heard(stream: EarStream) -> list[Event]:
    async with asyncio.timeout(60):
        return [event async for event in stream]


async def test_what_is_heard_comes_out_in_order_with_its_causes(ears: Ears, bus: Bus) -> None:
    told: list[Event] = []
    bus.subscribe((WakeHeard, SpeechStarted, SpeechTranscribed), told.append)
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("mic", area="kitchen", publish=True)
    await stream.feed(COMMAND)
    await stream.end()
    wake, started, transcribed = await heard(stream)
    assert isinstance(wake, WakeHeard)
    assert isinstance(started, SpeechStarted)
    assert isinstance(transcribed, SpeechTranscribed)
    assert transcribed.text == "turn on the light"
    assert transcribed.causes == started.causes == (wake.id,)
    assert (wake.origin.hub, wake.origin.area, wake.origin.source) == ("test", "kitchen", "mic")
    assert told == [wake, started, transcribed]
    assert stream.ended is not None
    assert stream.ended.audio_s == pytest.approx(len(COMMAND) / 16_000)
    assert stream.last_wake is not None
    assert stream.last_wake.snr_db == 20


async def test_nothing_is_published_unless_asked_for(ears: Ears, bus: Bus) -> None:
    told: list[Event] = []
    bus.subscribe(Event, told.append)
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("satellite", wake=["hey_jarvis"])
    await stream.feed(COMMAND)
    await stream.end()
    assert len(await heard(stream)) == 3
    assert told == []


async def test_many_streams_at_once(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    streams = [await ears.open_stream(f"s{n}") for n in range(20)]

    async def hear(stream: EarStream) -> list[str]:
        for begin in range(0, len(COMMAND), 1_600):
            await stream.feed(COMMAND[begin : begin + 1_600])
        await stream.end()
        return [e.text for e in await heard(stream) if isinstance(e, SpeechTranscribed)]

    assert await asyncio.gather(*map(hear, streams)) == [["turn on the light"]] * 20


async def test_without_wake_words_all_speech_is_heard(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("asr", wake=())
    await stream.feed(sound(silence(0.5), says("turn on the light")))
    await stream.end()
    assert [type(e) for e in await heard(stream)] == [SpeechStarted, SpeechTranscribed]


async def test_an_answer_has_the_question_as_its_cause(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("mic")
    await stream.listen(causes=(42,))
    await stream.feed(sound(silence(0.3), says("stop", 0.4), silence(1)))
    (*_, answer) = await until(stream, SpeechTranscribed)
    assert answer.causes == (42,)


async def test_muted_is_deaf(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("mic")
    await stream.mute(True)
    await stream.feed(COMMAND)
    await stream.mute(False)
    await stream.end()
    assert await heard(stream) == []


async def test_threat_41_killed_in_a_sentence_costs_that_sentence_only(ears: Ears, bus: Bus) -> None:
    lost: list[WorkerLost] = []
    ready: list[WorkerReady] = []
    told: list[SpeechNotHeard] = []
    bus.subscribe(WorkerLost, lost.append)
    bus.subscribe(WorkerReady, ready.append)
    bus.subscribe(SpeechNotHeard, told.append)
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("mic", area="kitchen", publish=True)
    quiet = await ears.open_stream("other", area="hall", publish=True)
    await quiet.mute(True)
    await stream.feed(sound(silence(1), wakes(), says("turn on")))
    (wake, *_) = await until(stream, WakeHeard)
    await stream.feed(DIE)
    (*_, gone) = await until(stream, SpeechNotHeard)
    assert isinstance(gone, SpeechNotHeard)
    assert (gone.reason, gone.causes) == ("lost", (wake.id,))
    assert told == [gone]
    assert [(e.worker, e.lost) for e in lost] == [("ears", "what was being said (kitchen)")]
    await stream.feed(COMMAND)  # as if nothing had been: same stream, same grammar, its time goes on
    events = await until(stream, SpeechTranscribed)
    assert isinstance(events[-1], SpeechTranscribed)
    assert events[-1].text == "turn on the light"
    assert events[-1].t_start > 3
    assert [e.sealed for e in ready] == [True]
    await quiet.feed(COMMAND)
    await quiet.end()
    assert await heard(quiet) == []  # still muted


async def test_killed_while_nobody_speaks_costs_nothing(ears: Ears, bus: Bus) -> None:
    lost: list[WorkerLost] = []
    bus.subscribe(WorkerLost, lost.append)
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("mic", area="kitchen")
    await stream.feed(sound(silence(1), DIE))
    await stream.feed(silence(0.1))
    async with asyncio.timeout(30):
        while not lost:
            await asyncio.sleep(0.01)
    assert lost[0].lost == "nothing that was said"
    await stream.feed(COMMAND)
    await stream.end()
    assert [type(e) for e in await heard(stream)][-1] is SpeechTranscribed


async def test_feeding_on_through_a_death_neither_hangs_nor_fails(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    stream = await ears.open_stream("file")
    for piece in (COMMAND, DIE, COMMAND, silence(8), COMMAND, DIE, silence(8), COMMAND):
        for begin in range(0, len(piece), 1_280):
            await stream.feed(piece[begin : begin + 1_280])
    await stream.end()
    events = await heard(stream)
    assert [e.text for e in events if isinstance(e, SpeechTranscribed)][-1] == "turn on the light"
    assert stream.ended is not None


async def test_a_grammar_it_cannot_use_is_said_and_the_old_one_stays(ears: Ears) -> None:
    await ears.set_grammar(GRAMMAR)
    with pytest.raises(ModelError, match="speaks English"):
        await ears.set_grammar(SpeechGrammar(language="de"))
    stream = await ears.open_stream("mic")
    await stream.feed(COMMAND)
    await stream.end()
    assert isinstance((await heard(stream))[-1], SpeechTranscribed)


async def test_a_large_grammar_gets_through(ears: Ears) -> None:
    words = tuple(f"word{n}" for n in range(5_000))
    large = SpeechGrammar(
        words=words,
        arcs=tuple((0, n + 1, n, 0) for n in range(5_000)),
        finals=tuple((n + 1, 0) for n in range(5_000)),
        pronunciations=dict.fromkeys(words, ("W ER D",)),
    )
    assert len(large.encode()) > 100_000
    await ears.set_grammar(large)


async def test_before_a_grammar_came_speech_is_refused(ears: Ears) -> None:
    stream = await ears.open_stream("mic")
    await stream.feed(COMMAND)
    await stream.end()
    events = await heard(stream)
    assert [e.reason for e in events if isinstance(e, SpeechNotHeard)] == ["not_ready"]


async def test_an_unknown_wake_word_is_refused(ears: Ears) -> None:
    with pytest.raises(UnavailableError, match="hey_jarvis"):
        await ears.open_stream("mic", wake=["computer"])


async def test_closing_ends_the_events(ears: Ears) -> None:
    stream = await ears.open_stream("mic")
    reading = asyncio.create_task(heard(stream))
    await asyncio.sleep(0)
    await stream.close()
    assert await reading == []
    await stream.feed(COMMAND)
    await stream.end()
    await stream.close()


async def test_after_stopping_nothing_can_be_opened(ears: Ears) -> None:
    stream = await ears.open_stream("mic")
    await ears.stop()
    assert await heard(stream) == []
    with pytest.raises(UnavailableError):
        await ears.open_stream("other")


async def test_ears_tell_when_no_wake_word_may_still_come_after_those_that_came(ears: Ears) -> None:
    stream = await ears.open_stream("mic")
    judged = asyncio.create_task(stream.judged(len(COMMAND) / 16_000))
    await stream.feed(COMMAND[:1_280])
    await stream.judged(0.0)
    assert not judged.done()
    await stream.feed(np.concatenate((COMMAND[1_280:], silence(0.2))))
    async with asyncio.timeout(60):
        await judged
    assert stream.last_wake is not None


async def test_nobody_waits_for_what_dead_or_closed_ears_would_judge(ears: Ears) -> None:
    stream = await ears.open_stream("mic")
    judged = asyncio.create_task(stream.judged(60.0))
    await stream.feed(DIE)
    async with asyncio.timeout(60):
        await judged
        judged = asyncio.create_task(stream.judged(60.0))
        await asyncio.sleep(0)
        await stream.close()
        await judged
        await stream.judged(60.0)
