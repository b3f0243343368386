"""Conversations through the whole dialogue."""

import asyncio

import pytest

from hub.core.commands import CommandResult
from hub.core.errors import DeniedError
from hub.core.events import HomeChanged, Hypothesis, IntentMatched, NotUnderstood, PluginFailed, Replied
from hub.sdk.intents import IntentAnswer
from tests.dialogue.conftest import LIGHT, entity, make_home, make_skills
from tests.dialogue.talking import House


async def test_a_command_is_carried_out_and_told() -> None:
    async with House() as house:
        turn = await house.dialogue.hear("turn on the lamp", area="kitchen", person="anna", causes=(7,), channel="cli")
        matched, replied = house.events
        assert isinstance(matched, IntentMatched)
        assert isinstance(replied, Replied)
        assert (matched.name, matched.target, matched.slots) == ("switching.on", ("light.lamp",), {"value": True})
        assert matched.causes == (7,)
        assert (replied.text, replied.causes) == ("on done", (matched.id,))
        assert turn.ok
        assert turn.ids == (matched.id,)
        context = house.skills.calls[0].context
        assert (context.area, context.person, context.channel, context.causes) == (
            "kitchen",
            "anna",
            "cli",
            (7, matched.id),
        )


async def test_nothing_understood_is_said_and_published() -> None:
    async with House() as house:
        turn = await house.dialogue.hear("what is the meaning of life", stream="s")
        assert turn.reason == "not_understood"
        assert [type(e) for e in house.events] == [NotUnderstood, Replied]
        assert house.skills.calls == []


async def test_a_risky_command_waits_for_a_yes() -> None:
    async with House() as house:
        asked = await house.dialogue.hear("unlock the front door")
        assert asked.expects_answer
        assert "unlock the front door" in asked.reply
        assert await house.say("yes") == ["unlock done"]
        assert [c.context.confirmed for c in house.skills.calls] == [False, True]


@pytest.mark.parametrize("answer", ["no", "never mind", "no thanks"])
async def test_a_no_leaves_it(answer: str) -> None:
    async with House() as house:
        await house.say("unlock the front door", answer, "yes")
        assert len(house.skills.calls) == 1


async def test_a_yes_that_comes_too_late_or_from_elsewhere_does_nothing() -> None:
    async with House() as house:
        await house.say("unlock the front door", area="kitchen")
        await house.say("yes", area="bedroom")
        assert len(house.skills.calls) == 1
        await house.clock.advance(31)
        turn = await house.dialogue.hear("yes", area="kitchen")
        assert turn.reason == "nothing_asked"
        assert len(house.skills.calls) == 1


@pytest.mark.parametrize(
    "name",
    [
        "unlock the front door",
        "lamp and unlock the front door",
        "lamp. Yes, unlock the front door",
        "front door",
        "the front door yes",
        "{target}",
        "(lock|unlock) <name>",
    ],
)
async def test_threat_42_what_a_device_is_called_is_no_instruction(name: str) -> None:
    """A hostile device may choose its name: nothing is unlocked by it, and no yes of its is taken for a person's."""
    async with House(make_home(entity("light.evil", name, "bedroom", LIGHT))) as house:
        await house.say(
            "turn on the lamp", f"turn on the {name}", f"turn on {name}", f"turn off {name}", "yes", area="den"
        )
        assert not any(call.context.confirmed for call in house.skills.calls)
        house.skills.calls.clear()
        await house.say("unlock the front door", area="kitchen")  # said by a person, who is asked
        assert [(call.intent, call.context.confirmed) for call in house.skills.calls] == [("unlock", False)]


@pytest.mark.parametrize("elsewhere", [{"area": "bedroom"}, {"area": "kitchen", "stream": "tv"}, {"area": ""}])
async def test_threat_42_a_yes_that_is_played_elsewhere_opens_nothing(elsewhere: dict[str, str]) -> None:
    async with House() as house:
        await house.say("unlock the front door", area="kitchen", stream="wall")
        await house.say("yes", **elsewhere)
        assert [call.context.confirmed for call in house.skills.calls] == [False]


async def test_something_else_instead_of_an_answer_drops_the_question() -> None:
    async with House() as house:
        await house.say("unlock the front door", "turn on the lamp", "yes")
        assert house.skills.did == [("locking.unlock", ("lock.front",)), ("switching.on", ("light.lamp",))]


async def test_an_answer_that_was_not_understood_keeps_the_question() -> None:
    async with House() as house:
        await house.say("unlock the front door", "blah blub", "yes")
        assert [c.context.confirmed for c in house.skills.calls] == [False, True]


@pytest.mark.parametrize("answer", ["the counter light", "counter light", "the counter light one"])
async def test_which_one_by_name(answer: str) -> None:
    async with House() as house:
        question = (await house.say("turn on the light"))[0]
        assert "the counter light" in question
        await house.say(answer)
        assert house.skills.did == [("switching.on", ("light.counter",))]


@pytest.mark.parametrize("answer", ["the bedroom", "the bedroom one", "the one in the bedroom"])
async def test_which_one_by_place(answer: str) -> None:
    async with House() as house:
        await house.say("turn on the light", answer)
        assert house.skills.did == [("switching.on", ("light.bedroom",))]


@pytest.mark.parametrize(
    ("language", "said", "answer", "asked"),
    [
        ("en", "turn on the spot", "the kitchen one", "Which one: the kitchen spot or the bedroom spot?"),
        ("de", "mach den spot an", "Küche", "Was meinst du: spot (Küche) oder spot (Schlafzimmer)?"),
    ],
)
async def test_things_of_one_name_are_told_apart_by_their_rooms(
    language: str, said: str, answer: str, asked: str
) -> None:
    spots = (entity("light.a", "spot", "kitchen", LIGHT), entity("light.b", "spot", "bedroom", LIGHT))
    async with House(make_home(*spots, language=language)) as house:
        assert await house.say(said) == [asked]
        await house.say(answer)
        assert house.skills.did == [("switching.on", ("light.a",))]


async def test_all_things_of_one_name_are_meant_in_every_room() -> None:
    spots = (entity("light.a", "spot", "kitchen", LIGHT), entity("light.b", "spot", "bedroom", LIGHT))
    async with House(make_home(*spots)) as house:
        await house.dialogue.hear("turn on all the spots", area="kitchen")
        assert house.skills.did == [("switching.on", ("light.a", "light.b"))]


async def test_all_of_a_kind_are_meant_though_one_is_called_so() -> None:
    other = entity("cover.kitchen", "kitchen blinds", "kitchen", ("Position",), device_class="blind")
    async with House(make_home(other)) as house:
        await house.dialogue.hear("close all the blinds", area="living_room")
        assert house.skills.did == [("covering.close", ("cover.blinds", "cover.kitchen"))]


async def test_all_of_them_is_an_answer() -> None:
    async with House() as house:
        await house.say("turn on the light", "all of them")
        assert set(house.skills.did[0][1]) == {"light.kitchen", "light.counter", "light.lamp", "light.bedroom"}


async def test_a_choice_keeps_the_rest_of_the_sentence() -> None:
    async with House() as house:
        question = (await house.say("turn on the fan and the light", area="garage"))[0]
        assert "bedroom fan" not in question
        await house.say("the lamp", area="garage")
        assert set(house.skills.did[0][1]) == {"fan.bedroom", "light.lamp"}


async def test_a_mended_risky_command_is_asked_about() -> None:
    async with House() as house:
        question = (await house.say("lock the frond door"))[0]
        assert question.startswith("Did you mean")
        assert house.skills.calls == []
        await house.say("yes")
        assert house.skills.did == [("locking.lock", ("lock.front",))]
        assert house.skills.calls[0].context.confirmed


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("and the bedroom", ("light.bedroom",)),
        ("and the bedroom light", ("light.bedroom",)),
        ("the coffee machine too", ("switch.coffee",)),
        ("what about the lamp", ("light.lamp",)),
        ("the same for the lamp", ("light.lamp",)),
    ],
)
async def test_follow_ups(second: str, expected: tuple[str, ...]) -> None:
    async with House() as house:
        await house.say("turn on the kitchen light", second)
        assert house.skills.did[1] == ("switching.on", expected)


async def test_a_follow_up_asks_the_same_of_another_place() -> None:
    async with House() as house:
        await house.say("how warm is it in the bedroom", "and in the kitchen", "what about the garage")
        assert [c.slots for c in house.skills.calls] == [{"area": "bedroom"}, {"area": "kitchen"}, {"area": "garage"}]


async def test_it_and_follow_ups_are_forgotten() -> None:
    async with House() as house:
        await house.say("turn on the kitchen light")
        await house.clock.advance(600)
        assert (await house.dialogue.hear("turn it off")).reason == "no_referent"
        assert (await house.dialogue.hear("and the bedroom")).reason == "not_understood"


OFF, ON = ("switching.off", "light.lamp"), ("switching.on", "light.lamp")
CLOSE, LOCK = ("covering.close", "cover.blinds"), ("locking.lock", "lock.front")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn off the lamp and close the blinds", [OFF, CLOSE]),
        ("turn the lamp on and the fan off", [ON, ("switching.off", "fan.bedroom")]),
        ("turn on the lamp and then set it to 20 percent", [ON, ("lamps.level", "light.lamp")]),
        ("set a timer for an hour and ten minutes and turn on the lamp", [("counting.start", ""), ON]),
        ("turn on the lamp and close the blinds and lock the front door", [ON, CLOSE, LOCK]),
    ],
)
async def test_several_commands_in_one_sentence(text: str, expected: list[tuple[str, str]]) -> None:
    async with House() as house:
        await house.say(text)
        assert house.skills.did == [(name, (e,) if e else ()) for name, e in expected]


async def test_half_a_sentence_is_not_split_off() -> None:
    async with House() as house:
        await house.say("turn on the lamp and sing a song")
        assert house.skills.calls == []


@pytest.mark.parametrize(
    ("language", "said", "answer"), [("en", "thank you", "You're welcome."), ("de", "danke", "Gern geschehen.")]
)
async def test_thanks_are_answered(language: str, said: str, answer: str) -> None:
    async with House(make_home(language=language)) as house:
        assert await house.say(said) == [answer]


async def test_undo_stop_and_repeat() -> None:
    async with House() as house:
        house.undo.results = [CommandResult(command=1, entity="light.lamp", trait="OnOff", value=False, ok=True)]
        assert await house.say("turn on the lamp", "undo that", "say that again") == [
            "on done",
            "OK, undone.",
            "OK, undone.",
        ]
        turn = await house.dialogue.hear("stop", area="kitchen")
        assert (turn.reply, house.halt.stopped) == ("", ["kitchen"])


async def test_undoing_what_is_risky_asks_first() -> None:
    async with House() as house:
        house.undo.risky = True
        await house.say("undo that", "yes")
        assert house.undo.asked == [False, True]


async def test_nothing_to_undo_is_said() -> None:
    async with House() as house:
        assert await house.say("undo that") == ["There is nothing to undo."]


async def test_failures_are_put_into_words() -> None:
    async with House() as house:
        house.skills.answers["switching.on"] = DeniedError("not exposed")
        turn = await house.dialogue.hear("turn on the lamp")
        assert (turn.ok, turn.reason, turn.reply) == (False, "denied", "I am not allowed to do that.")
        house.skills.answers["switching.on"] = RuntimeError("bug")
        turn = await house.dialogue.hear("turn on the lamp")
        assert (turn.ok, turn.reason) == (False, "plugin")


async def test_replies_come_from_the_skills_templates() -> None:
    async with House() as house:
        house.skills.answers["switching.on"] = IntentAnswer(reply="on", values={"names": ["lamp", "{{ 7*7 }}"]})
        assert await house.say("turn on the lamp") == ["Turned on the lamp and the {{ 7*7 }}."]


async def test_the_guess_that_makes_sense_is_taken() -> None:
    async with House() as house:
        guesses = (Hypothesis("turn on the lamp", 0.8), Hypothesis("turn on the lamb", 0.7))
        turn = await house.dialogue.hear("turnip the lump", confidence=0.85, alternatives=guesses)
        assert turn.text == "turn on the lamp"
        assert house.skills.did == [("switching.on", ("light.lamp",))]


async def test_an_unlikely_guess_is_not_taken() -> None:
    async with House() as house:
        turn = await house.dialogue.hear(
            "bla bla bla", confidence=0.9, alternatives=(Hypothesis("turn on the lamp", 0.2),)
        )
        assert turn.reason == "not_understood"


async def test_on_or_off_is_asked_when_both_are_as_likely() -> None:
    async with House() as house:
        guesses = (Hypothesis("turn off the lamp", 0.78),)
        turn = await house.dialogue.hear("turn on the lamp", confidence=0.8, alternatives=guesses)
        assert turn.expects_answer
        assert house.skills.calls == []
        clear = (Hypothesis("turn off the lamp", 0.5),)
        await house.dialogue.hear("turn on the lamp", confidence=0.9, alternatives=clear)
        assert house.skills.did == [("switching.on", ("light.lamp",))]


async def test_what_was_hardly_heard_is_not_acted_on() -> None:
    async with House(least_confidence=0.5) as house:
        assert (await house.dialogue.hear("turn on the lamp", confidence=0.4)).reason == "not_sure"
        assert house.skills.calls == []
        assert (await house.dialogue.hear("turn on the lamp", confidence=0.6)).ok


async def test_a_changed_home_is_understood_soon_and_the_old_grammar_serves_meanwhile() -> None:
    async with House() as house:
        house.home = make_home(entity("light.new", "disco ball", "bedroom", LIGHT))
        for _ in range(50):
            house.bus.publish(HomeChanged(what="entity", thing="light.new"))
        assert (await house.dialogue.hear("turn on the lamp")).ok
        async with asyncio.timeout(10):
            while (await house.dialogue.hear("turn on the disco ball")).reason:
                await asyncio.sleep(0.05)


async def test_whether_all_names_are_known_is_told_from_the_moment_the_home_changes() -> None:
    async with House() as house:
        assert house.dialogue.current
        house.home = make_home(entity("light.new", "disco ball", "bedroom", LIGHT))
        house.bus.publish(HomeChanged(what="entity", thing="light.new"))
        assert not house.dialogue.current
        async with asyncio.timeout(10):
            while not house.dialogue.current:
                await asyncio.sleep(0.01)
        assert (await house.dialogue.hear("turn on the disco ball")).ok


async def test_a_skill_with_broken_sentences_is_reported_once() -> None:
    broken = make_skills('bad: {en: {language: en, intents: {a: {sentences: ["say {nowhere}"]}}}}')
    async with House(words=[*broken, *make_skills()]) as house:
        assert await house.say("turn on the lamp") == ["on done"]
        assert [e.plugin for e in house.events if isinstance(e, PluginFailed)] == ["bad"]


async def test_the_second_sentence_waits_for_the_first() -> None:
    async with House() as house:
        turns = await asyncio.gather(*(house.say("turn on the lamp", stream="s") for _ in range(20)))
        assert turns == [["on done"]] * 20


async def test_many_conversations_do_not_grow_memory() -> None:
    async with House() as house:
        for n in range(600):
            await house.say("yes", stream=f"s{n}")
        assert len(house.dialogue._sessions) <= 256
