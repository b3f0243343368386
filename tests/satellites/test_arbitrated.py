"""Streams of satellites before an arbiter: what a loser hears is kept, what a winner hears is answered."""

import asyncio

import numpy as np

from hub.core.events import Event, SpeechNotHeard, SpeechTranscribed
from hub.satellites.arbitrated import ArbitratedEars, ArbitratedStream
from hub.satellites.conversing import converse
from hub.satellites.ports import EarStream
from tests.satellites.scripted import SPEECH, WAKE, ScriptedDialogue, ScriptedEars
from tests.satellites.scripted_arbiter import ScriptedArbiter


class Scene:
    """A stream that is conversed on."""

    def __init__(self, ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
        self.ears, self.dialogue, self.arbiter = ears, dialogue, ScriptedArbiter()
        self.public: list[Event] = []
        ears.bus.subscribe(Event, self.public.append)

    async def __aenter__(self) -> "Scene":
        arbitrated = ArbitratedEars(self.ears, self.arbiter, self.ears.bus)
        self.stream: EarStream = await arbitrated.open_stream("room", area="kitchen", publish=True)
        self.talk = asyncio.create_task(converse(self.stream, self.dialogue))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stream.close()
        await self.talk

    async def say(self, *levels: int) -> None:
        for level in levels:
            await self.stream.feed(np.full(1280, level, np.int16))
        await self.rest()

    async def rest(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    @property
    def texts(self) -> list[str]:
        return [heard["text"] for heard in self.dialogue.heard]


async def test_a_winner_is_answered_and_its_turn_ends(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH, 0)
        assert scene.texts == ["lamp on"]
        assert scene.arbiter.log == ["mine", "ended"]
        assert [type(e).__name__ for e in scene.public] == ["WakeHeard", "SpeechStarted", "SpeechTranscribed"]
        assert scene.arbiter.trail.seconds == 3 * 0.08
    assert scene.arbiter.log[-1] == "left"


async def test_nothing_shows_before_the_decision(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        scene.arbiter.deciding.clear()
        await scene.say(WAKE, SPEECH, 0)
        assert not scene.public
        assert not scene.texts
        scene.arbiter.deciding.set()
        await scene.rest()
        assert scene.texts == ["lamp on"]


async def test_a_loser_says_nothing_and_keeps_what_it_heard(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on", "lamp off"]
    async with Scene(ears, dialogue) as scene:
        scene.arbiter.wins = False
        await scene.say(WAKE, SPEECH, 0)
        assert scene.arbiter.log == ["not mine", "kept 0.9"]
        assert [type(e).__name__ for e in scene.public] == ["WakeRefused"]
        assert not scene.texts
        scene.arbiter.after(False)
        scene.arbiter.after(True)  # nothing is there any more
        scene.arbiter.wins = True
        await scene.say(WAKE, SPEECH, 0)
        assert scene.texts == ["lamp off"]


async def test_what_was_kept_is_answered_after_all(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        scene.arbiter.wins = False
        await scene.say(WAKE, SPEECH, 0)
        scene.arbiter.after(True)
        await scene.rest()
        assert scene.texts == ["lamp on"]
        assert scene.arbiter.log == ["not mine", "kept 0.9", "ended"]
        assert [type(e).__name__ for e in scene.public] == [
            "WakeRefused", "WakeHeard", "SpeechStarted", "SpeechTranscribed",
        ]  # fmt: skip


async def test_a_turn_that_ends_while_a_loser_still_listens(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        scene.arbiter.wins = False
        await scene.say(WAKE, SPEECH)
        scene.arbiter.after(False)
        await scene.say(0)
        assert not scene.texts
        assert [type(e).__name__ for e in scene.public] == ["WakeRefused"]


async def test_an_answer_that_another_hub_gives_too_is_not_given(
    ears: ScriptedEars, dialogue: ScriptedDialogue
) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH)
        scene.arbiter.revoked = True
        await scene.say(0)
        assert not scene.texts
        assert scene.arbiter.log == ["mine", "kept 0.9"]


async def test_silence_is_told_to_the_arbiter_before_anybody_else(
    ears: ScriptedEars, dialogue: ScriptedDialogue
) -> None:
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH, 0)
        assert scene.arbiter.log == ["mine", "no speech", "ended"]
        assert isinstance(scene.public[-1], SpeechNotHeard)


async def test_a_question_keeps_the_turn_until_it_is_answered(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["open the door", "lamp"]
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH, 0)
        assert scene.arbiter.log == ["mine"]
        await scene.say(SPEECH, 0)
        assert scene.arbiter.log == ["mine", "ended"]
        assert scene.texts == ["open the door", "lamp"]


async def test_what_a_button_asks_for_is_answered_here_whoever_answers_another(
    ears: ScriptedEars, dialogue: ScriptedDialogue
) -> None:
    ears.said = ["lamp on", "lamp off"]
    async with Scene(ears, dialogue) as scene:
        scene.arbiter.wins = False
        await scene.say(WAKE, SPEECH)  # another hub's, and its turn is not over
        await scene.stream.listen()
        await scene.say(SPEECH, 0)
        assert scene.texts == ["lamp on"]
        await scene.say(WAKE, SPEECH, 0)
        assert scene.texts == ["lamp on"]
        assert scene.arbiter.log == ["not mine", "ended", "not mine", "kept 0.9"]


async def test_nobody_else_is_asked_for_what_a_button_asked_for(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    async with Scene(ears, dialogue) as scene:
        await scene.stream.listen()
        await scene.say(SPEECH, 0)
        assert isinstance(scene.public[-1], SpeechNotHeard)
        assert "no speech" not in scene.arbiter.log
        await scene.say(WAKE, SPEECH, 0)
        assert scene.arbiter.log[-3:] == ["mine", "no speech", "ended"]


async def test_the_turn_ends_though_the_sentence_could_not_be_answered(
    ears: ScriptedEars, dialogue: ScriptedDialogue
) -> None:
    ears.said = ["broken"]
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH, 0)
        assert scene.arbiter.log == ["mine", "ended"]


async def test_what_the_ears_lose_of_a_winner_is_no_speech(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE)
        ears.streams[0].lose()
        await scene.rest()
        assert scene.arbiter.log == ["mine", "no speech", "ended"]


async def test_a_stream_without_wake_words_is_the_ears_own(ears: ScriptedEars) -> None:
    arbitrated = ArbitratedEars(ears, ScriptedArbiter(), ears.bus)
    assert not isinstance(await arbitrated.open_stream("room", wake=()), ArbitratedStream)
    assert arbitrated.words == ears.words


async def test_a_stream_that_ends_is_heard_to_its_end(ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
    ears.said = ["lamp on"]
    async with Scene(ears, dialogue) as scene:
        await scene.say(WAKE, SPEECH)
        await scene.stream.end()
        await asyncio.wait_for(scene.talk, 5)
        assert scene.texts == ["lamp on"]
        assert any(isinstance(e, SpeechTranscribed) for e in scene.public)
