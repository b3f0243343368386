"""Threat 28: two hubs claim one wake word, and claims are lost."""

import asyncio

import pytest

from hub.bench.simulated_wakes import simulate
from tests.swarm.arbitrated import Houses
from tests.swarm.street import Street


@pytest.mark.slow
def test_threat_28_with_claims_lost_there_is_exactly_one_answer() -> None:
    found = simulate(10_000, 4, loss=0.1)
    assert found.wakes > 9_900
    assert found.once == found.wakes


def test_threat_28_when_all_claims_are_lost_there_is_at_most_one_extra_answer_soon_and_no_loop() -> None:
    for hubs in (2, 4, 8):
        found = simulate(300, hubs, claims_lost=True, seed=hubs)
        assert found.never == 0
        assert found.most_extra <= 1
        assert found.late_extra == 0
        assert found.standing == found.wakes  # the weaker gave way before anything was done


async def test_threat_28_on_a_lossy_street_two_claims_are_one_answer() -> None:
    street = Street(loss=0.1, double=0.1, late_s=0.003, seed=3)
    async with Houses("abc", street) as houses:
        for seed in range(20):
            answers = await houses.hear(seed, a=0.2, b=1.0, c=0.5)
            assert len(answers) == 1
            for hub in answers:
                houses.arbiters[hub].turn_ended("microphone")
            await asyncio.sleep(0.4)  # its end is said three times
            for stream in houses.streams.values():
                stream.arbiter.turn_ended("microphone")
