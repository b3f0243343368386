"""Exactly one stream of one hub answers a wake word."""

import asyncio
import time

import msgspec
import pytest

from hub.core.errors import ProtocolError
from hub.swarm.arbitration import claims, offers
from hub.swarm.arbitration.arbiter import Arbiter
from hub.swarm.arbitration.council import NEVER
from hub.swarm.arbitration.offers import Offer
from tests.swarm.arbitrated import Houses, Stream, sound
from tests.swarm.street import Street


async def test_alone_in_the_house_a_hub_answers_without_a_wait() -> None:
    arbiter = Arbiter("a", lambda _area: 0.5)
    stream = Stream(arbiter, "microphone", "kitchen")
    stream.hear(sound(1))
    answering = asyncio.ensure_future(stream.woke())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert answering.done() and answering.result()
    assert arbiter.council.due() == NEVER


async def test_the_hub_that_hears_it_loudest_answers() -> None:
    async with Houses("abc") as houses:
        for seed in range(5):
            assert await houses.hear(seed, a=0.1, b=1.0, c=0.3) == ["b"]
            houses.arbiters["b"].turn_ended("microphone")
            await houses.settled()


async def test_a_room_with_somebody_in_it_counts_for_more_than_a_little_loudness() -> None:
    async with Houses("ab", a=0.95, b=0.2) as houses:
        assert await houses.hear(1, a=0.6, b=1.0) == ["a"]


async def test_a_hub_that_heard_nothing_declines_at_once() -> None:
    async with Houses("abc") as houses:
        houses.streams["b"].hear(sound(9, 0.0))
        assert await houses.hear(1, a=0.5) == ["a"]
        await houses.settled()
        assert not houses.arbiters["b"].council.contests


async def test_a_louder_hub_that_notices_a_moment_later_is_waited_for() -> None:
    async with Houses("ab") as houses:
        samples = {hub: sound(3, gain) for hub, gain in (("a", 0.1), ("b", 1.0))}
        for hub, pcm in samples.items():
            houses.streams[hub].hear(pcm)
        first = asyncio.create_task(houses.streams["a"].woke())
        await asyncio.sleep(0.03)
        assert await houses.streams["b"].woke()
        assert not await first


async def test_a_louder_hub_whose_ears_still_judge_the_word_is_waited_for() -> None:
    """Longer than any hub that says nothing: a second stage may say yes half a second after the first noticed it."""
    async with Houses("abc") as houses:
        for hub, gain in (("a", 0.1), ("b", 1.0), ("c", 0.3)):
            houses.streams[hub].hear(sound(3, gain))
            houses.streams[hub].judged_s = 60.0
        first = [asyncio.create_task(houses.streams[hub].woke()) for hub in "ac"]
        await asyncio.sleep(0.4)
        assert not any(one.done() for one in first)
        assert await houses.streams["b"].woke()
        assert not any(await asyncio.gather(*first))


async def test_ears_that_judge_for_ever_are_not_waited_for_for_ever() -> None:
    async with Houses("ab") as houses:
        for hub, gain in (("a", 0.1), ("b", 1.0)):
            houses.streams[hub].hear(sound(3, gain))
        houses.streams["b"].judged_s = 60.0
        async with asyncio.timeout(30):
            assert await houses.streams["a"].woke()


async def test_a_louder_stream_of_the_same_hub_is_waited_for_too() -> None:
    async with Houses("a") as houses:
        other = Stream(houses.arbiters["a"], "bedside", "a")
        houses.streams["a"].hear(sound(3, 0.2))
        other.hear(sound(3, 1.0))
        other.judged_s = 60.0
        first = asyncio.create_task(houses.streams["a"].woke())
        await asyncio.sleep(0.4)
        assert not first.done()
        assert await other.woke()
        assert not await first


async def test_a_wake_word_noticed_after_the_decision_changes_nothing() -> None:
    async with Houses("ab") as houses:
        for hub, gain in (("a", 0.5), ("b", 1.0)):
            houses.streams[hub].hear(sound(3, gain))
        assert await houses.streams["a"].woke()  # b heard the like, and did not notice in time
        await houses.settled()
        assert not await houses.streams["b"].woke()
        await houses.settled()
        assert houses.arbiters["a"].still_mine("microphone")


async def test_two_people_in_two_rooms_are_both_answered() -> None:
    async with Houses("ab") as houses:
        houses.streams["a"].hear(sound(1))
        houses.streams["b"].hear(sound(2))
        assert await asyncio.gather(houses.streams["a"].woke(), houses.streams["b"].woke()) == [True, True]


async def test_different_words_do_not_compete() -> None:
    async with Houses("ab") as houses:
        other = Stream(houses.arbiters["b"], "other", "b", words=("alexa",))
        houses.streams["a"].hear(sound(1))
        other.hear(sound(1))
        assert await asyncio.gather(houses.streams["a"].woke(), other.woke("alexa")) == [True, True]


async def test_a_loser_is_muted_until_the_winners_turn_is_over() -> None:
    async with Houses("ab") as houses:
        assert await houses.hear(1, a=1.0, b=0.2) == ["a"]
        await houses.settled()
        houses.streams["b"].hear(sound(5))
        assert not await houses.streams["b"].woke()
        houses.arbiters["a"].turn_ended("microphone")
        await houses.settled()
        assert houses.streams["b"].after == [False]
        houses.streams["b"].hear(sound(6))
        assert await houses.streams["b"].woke()


async def test_a_loser_hears_again_when_the_winners_hub_dies() -> None:
    async with Houses("ab") as houses:
        assert await houses.hear(1, a=1.0, b=0.2) == ["a"]
        await houses.settled()
        await houses.stop("a")
        houses.street.remove("a")
        assert await houses.hear(2, b=0.5) == ["b"]


async def test_a_winner_that_falls_silent_before_it_says_so_is_passed_over() -> None:
    async with Houses("ab") as houses:
        houses.streams["a"].hear(sound(1, 1.0))
        houses.streams["b"].hear(sound(1, 0.3))
        loser = asyncio.create_task(houses.streams["b"].woke())
        winner = asyncio.create_task(houses.streams["a"].woke())
        await asyncio.sleep(0)
        houses.arbiters["a"].council.outbox.clear()
        assert await winner and not await loser
        ear = houses.streams["b"]
        assert not houses.arbiters["b"].still_mine(ear.name)
        await houses.stop("a")


async def test_what_another_kept_is_answered_when_the_winner_hears_no_speech() -> None:
    async with Houses("abc") as houses:
        assert await houses.hear(1, a=1.0, b=0.4, c=0.2) == ["a"]
        await houses.settled()
        houses.arbiters["b"].kept("microphone", 0.6)
        houses.arbiters["c"].kept("microphone", 0.9)
        assert await houses.arbiters["a"].no_speech("microphone")
        await houses.settled()
        assert [houses.streams[hub].after for hub in "abc"] == [[], [], [True]]
        assert not houses.arbiters["a"].still_mine("microphone")
        assert not houses.arbiters["b"].still_mine("microphone")
        houses.arbiters["c"].turn_ended("microphone")
        await houses.settled()
        assert [houses.arbiters[hub].still_mine("microphone") for hub in "abc"] == [True, True, True]


async def test_when_nobody_heard_speech_nobody_answers_and_the_turn_ends() -> None:
    async with Houses("ab") as houses:
        assert await houses.hear(1, a=1.0, b=0.4) == ["a"]
        await houses.settled()
        houses.arbiters["b"].kept("microphone", None)
        assert not await houses.arbiters["a"].no_speech("microphone")
        houses.arbiters["a"].turn_ended("microphone")
        await houses.settled()
        assert houses.streams["b"].after == [False]


async def test_only_the_winners_hub_may_ask_for_what_was_kept() -> None:
    async with Houses("abc") as houses:
        assert await houses.hear(1, a=1.0, b=0.4, c=0.2) == ["a"]
        await houses.settled()
        houses.arbiters["b"].kept("microphone", 0.6)
        question = msgspec.msgpack.encode(Offer(("a", 1)))
        with pytest.raises(ProtocolError, match="hand over"):
            await houses.street.meshes["c"].ask("b", offers.TOPIC, question)


async def test_two_streams_of_one_hub_are_one_answer_too() -> None:
    arbiter = Arbiter("a", lambda _area: 0.5)
    near, far = Stream(arbiter, "near", "kitchen"), Stream(arbiter, "far", "hallway")
    near.hear(sound(1, 1.0))
    far.hear(sound(1, 0.2))
    assert await asyncio.gather(far.woke(), near.woke()) == [False, True]
    far.arbiter.kept("far", 0.7)
    assert await arbiter.no_speech("near")
    assert far.after == [True]
    arbiter.turn_ended("far")
    assert arbiter.still_mine("near")


async def test_clocks_that_are_years_apart_do_not_matter() -> None:
    street = Street(late_s=0.001)
    houses = Houses("b", street)
    ahead = Arbiter("a", lambda _area: 0.35, street.mesh("a"), monotonic=lambda: time.monotonic() + 3e8)
    trail_clock = Stream(ahead, "microphone", "a")
    trail_clock.trail._monotonic = lambda: time.monotonic() + 3e8
    houses.arbiters["a"], houses.streams["a"] = ahead, trail_clock
    async with houses:
        assert await houses.hear(4, a=0.2, b=1.0) == ["b"]


async def test_a_hub_without_microphones_is_not_waited_for() -> None:
    async with Houses("ab") as houses:
        houses.streams["b"].leave()
        await asyncio.sleep(0.15)
        assert houses.arbiters["a"].council.alive == frozenset()


async def test_a_hub_that_gets_a_microphone_is_waited_for_from_then_on() -> None:
    async with Houses("ab") as houses:
        houses.streams["b"].leave()
        await asyncio.sleep(1.0)  # its clock is asked for so long, and says that it has no ears
        assert not houses.arbiters["a"].council.alive
        bedside = houses.streams["b"] = Stream(houses.arbiters["b"], "bedside", "b")
        await houses.settled()
        houses.streams["a"].hear(sound(3, 0.1))
        bedside.hear(sound(3, 1.0))
        first = asyncio.create_task(houses.streams["a"].woke())
        await asyncio.sleep(0)
        assert not first.done()
        assert await bedside.woke()
        assert not await first


async def test_rubbish_on_the_mesh_is_ignored() -> None:
    async with Houses("ab") as houses:
        for body in (b"", b"\xc1", b"x" * 100_000, claims.encode(claims.Ended(now=0.0, claim=("a", 3)))):
            await houses.street.meshes["b"].send(claims.TOPIC, body)
        await houses.settled()
        assert await houses.hear(1, a=1.0, b=0.1) == ["a"]
