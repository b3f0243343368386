"""What a home is asked for becomes easier to hear; mildly, boundedly, and over restarts."""

import asyncio
from math import exp, log
from pathlib import Path

import pytest

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.events import IntentMatched
from hub.dialogue.grammar_feed import GrammarFeed
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.sentences import Sentences
from hub.dialogue.speech_grammar import Priors
from hub.dialogue.spoken_grammar import spoken_grammar
from hub.dialogue.usage import EVERY_S, HALF_LIFE_S, LIKELIEST, MOST_ENTITIES, MOST_INTENTS, Usage
from hub.perception.speech.grammar import SpeechGrammar
from hub.store.database import Database
from hub.store.home_table import HomeTable
from tests.dialogue.conftest import make_home, make_skills


@pytest.fixture(scope="module")
def grammar() -> HomeGrammar:
    return HomeGrammar(make_home(), Sentences(load_language("en"), make_skills()))


class Counted:
    """A home that is spoken to."""

    def __init__(self, table: HomeTable | None = None) -> None:
        self.bus, self.clock = Bus(), FakeClock()
        self.usage = Usage(self.bus, table, self.clock)

    def say(self, name: str, *target: str, times: int = 1, text: str = "turn it on") -> None:
        for _ in range(times):
            self.bus.publish(IntentMatched(name=name, slots={}, target=target, text=text))


def cost(grammar: SpeechGrammar, sentence: str) -> int:
    """-1000 ln p of a sentence."""
    index = {word: n for n, word in enumerate(grammar.words)}
    places = {0: 0}
    for word in sentence.split():
        after: dict[int, int] = {}
        for source, target, said, price in grammar.arcs:
            if said == index[word] and source in places:
                after[target] = min(after.get(target, 10**9), places[source] + price)
        places = after
    ends = dict(grammar.finals)
    return min(price + ends[place] for place, price in places.items() if place in ends)


def test_a_home_that_never_was_spoken_to_has_the_grammar_as_it_is(grammar: HomeGrammar) -> None:
    priors = Counted().usage.priors(grammar)
    assert priors == Priors()
    assert spoken_grammar(grammar, priors).arcs == spoken_grammar(grammar).arcs


def test_the_common_is_likelier_and_the_rare_can_be_said(grammar: HomeGrammar) -> None:
    home = Counted()
    home.say("switching.on", "light.lamp", times=2000)
    home.say("covering.close", "cover.blinds", times=3)
    plain, spoken = spoken_grammar(grammar), spoken_grammar(grammar, home.usage.priors(grammar))
    assert set(plain.words) == set(spoken.words)

    def dearer(sentence: str) -> float:
        return exp((cost(spoken, sentence) - cost(plain, sentence)) / 1000)

    assert dearer("turn on the lamp") < 1.05
    assert 1.5 < dearer("turn on the coffee machine") <= LIKELIEST + 0.01  # its name was never said
    assert 1.5 < dearer("how warm is it") <= LIKELIEST + 0.01  # that was never asked
    assert dearer("lock the front door") <= LIKELIEST**2 + 0.1
    assert dearer("close the blinds") < dearer("close the garage door")


def test_one_use_is_no_habit(grammar: HomeGrammar) -> None:
    home = Counted()
    home.say("switching.on", "light.lamp")
    priors = home.usage.priors(grammar)
    assert log(1 + priors.values["lamp"]) < 0.35
    assert home.usage.moved() is False
    home.say("switching.on", "light.lamp", times=20)
    assert home.usage.moved() is True


def test_groups_and_gestures_name_nothing() -> None:
    home = Counted()
    home.say("switching.on", "light.lamp", "light.kitchen")
    home.say("lights.brighter", "light.lamp", text="")
    assert home.usage._used.entities == {}
    assert home.usage._used.intents == {"switching.on": 1.0}


async def test_habits_fade(grammar: HomeGrammar) -> None:
    home = Counted()
    home.say("switching.on", "light.lamp", times=8)
    before = home.usage.priors(grammar).values["lamp"]
    await home.clock.advance(HALF_LIFE_S)
    assert home.usage.priors(grammar).values["lamp"] == pytest.approx(2 * 4 / 9, abs=0.01)
    assert before > 2 * 4 / 9
    await home.clock.advance(20 * HALF_LIFE_S)
    assert home.usage.priors(grammar) == Priors()


def test_it_cannot_grow_without_bound() -> None:
    home = Counted()
    for n in range(5000):
        home.say(f"skill.{n}", f"light.l{n}")
    assert len(home.usage._used.intents) <= 2 * MOST_INTENTS
    assert len(home.usage._used.entities) <= 2 * MOST_ENTITIES
    home.say("skill.often", "light.often", times=3)
    home.usage._fade()
    assert len(home.usage._used.intents) <= MOST_INTENTS
    assert home.usage._used.entities["light.often"] == 3.0


async def test_it_survives_a_restart(tmp_path: Path, grammar: HomeGrammar) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    before = Counted(HomeTable(database))
    await before.usage.load()
    before.say("switching.on", "light.lamp", times=7)
    await before.usage.close()
    before.say("switching.on", "light.lamp", times=7)  # it does not listen any more
    after = Counted(HomeTable(database))
    await after.usage.load()
    assert after.usage.priors(grammar) == Priors(intents={"switching.on": 1.167}, values={"lamp": 1.167})
    await database.close()


async def test_the_recogniser_gets_new_priors_only_when_they_moved(grammar: HomeGrammar) -> None:
    home, given = Counted(), list[SpeechGrammar]()

    async def set_grammar(grammar: SpeechGrammar) -> None:
        given.append(grammar)

    feed = GrammarFeed(set_grammar, home.usage.priors)
    running = [asyncio.create_task(feed.run()), asyncio.create_task(home.usage.run(feed.refresh))]
    try:
        feed.refresh()  # there is none yet
        feed.take(grammar)
        async with asyncio.timeout(20):
            await feed.first.wait()
        await home.clock.advance(EVERY_S + 1)
        await home.clock.advance(EVERY_S + 1)
        assert len(given) == 1
        home.say("switching.on", "light.lamp", times=20)
        await home.clock.advance(EVERY_S + 1)
        async with asyncio.timeout(20):
            while len(given) < 2:
                await asyncio.sleep(0.01)
        assert given[1].arcs != given[0].arcs
        assert feed.current
        await home.clock.advance(EVERY_S + 1)
        await asyncio.sleep(0.05)
        assert len(given) == 2
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
