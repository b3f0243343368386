"""Turns, put together from the events that a hub keeps."""

from pathlib import Path
from typing import Any

from hub.core.bus import Bus
from hub.core.events import (
    CommandDone,
    CommandFailed,
    CommandSent,
    Event,
    GestureMade,
    IntentMatched,
    NotUnderstood,
    Origin,
    Replied,
    SpeechNotHeard,
    SpeechTranscribed,
    StateChanged,
    WakeHeard,
    WakeRefused,
)
from hub.home.turn_log import Deed, TurnLog, turns_of
from hub.store.database import Database
from hub.store.history import History

KITCHEN = Origin(area="kitchen", source="browser:12")


def speech(text: str, *causes: Event, at: float = 100.0) -> SpeechTranscribed:
    return SpeechTranscribed(
        stream="browser:12", text=text, confidence=0.9, t_start=1.0, t_end=2.0, stages_ms={"speech": 120.0}, at=at,
        origin=KITCHEN, causes=tuple(event.id for event in causes),
    )  # fmt: skip


def intent(name: str, *causes: Event, at: float = 100.002, **more: Any) -> IntentMatched:
    return IntentMatched(name=name, slots={}, causes=tuple(event.id for event in causes), at=at, **more)


def command(cause: Event, *, fails: bool = False) -> tuple[Event, ...]:
    sent = CommandSent(command=0, entity="light.kitchen", trait="OnOff", value=True, causes=(cause.id,))
    about: dict[str, Any] = {
        "command": sent.id, "entity": "light.kitchen", "trait": "OnOff", "value": True, "at": 100.012,
    }  # fmt: skip
    end = CommandFailed(code="timeout", reason="no answer", **about) if fails else CommandDone(**about)
    return (sent, end)


def said_and_done() -> list[Event]:
    wake = WakeHeard(stream="browser:12", word="hey_jarvis", score=0.98, t=0.5, origin=KITCHEN)
    heard = speech("turn on the kitchen light", wake)
    meant = intent("power.turn_on", heard, target=("light.kitchen",))
    reply = Replied(text="Turned on the kitchen light.", stream="browser:12", causes=(meant.id,))
    return [wake, heard, meant, *command(meant), StateChanged(entity="x", trait="OnOff", value=True), reply]


def test_a_turn_from_the_wake_word_to_the_reply() -> None:
    events = said_and_done()
    [turn] = turns_of(events)
    assert turn.id == events[1].id
    assert (turn.how, turn.area, turn.source, turn.wake, turn.score) == (
        "voice", "kitchen", "browser:12", "hey_jarvis", 0.98,
    )  # fmt: skip
    assert (turn.text, turn.confidence, turn.intents) == ("turn on the kitchen light", 0.9, ["power.turn_on"])
    assert turn.target == ["light.kitchen"]
    assert turn.deeds == [Deed(entity="light.kitchen", trait="OnOff", value=True)]
    assert (turn.reply, turn.reason, turn.asked) == ("Turned on the kitchen light.", "", False)
    assert turn.stages_ms == {"speech": 120.0, "intent": 2.0, "act": 10.0}


def test_why_nothing_came_of_it() -> None:
    misheard = speech("mumble")
    refused = WakeRefused(stream="x", word="alexa", score=0.6, t=1.0, reason="elsewhere", origin=KITCHEN)
    silence = SpeechNotHeard(stream="x", reason="silence", t=2.0)
    failing = speech("turn on the light")
    meant = intent("power.turn_on", failing)
    events = [
        misheard, NotUnderstood(text="mumble", reason="not_understood", causes=(misheard.id,)), refused, silence,
        failing, meant, *command(meant, fails=True),
    ]  # fmt: skip
    assert [(turn.text, turn.reason) for turn in turns_of(events)] == [
        ("turn on the light", "timeout"), ("", "silence"), ("", "wake_elsewhere"), ("mumble", "not_understood"),
    ]  # fmt: skip


def test_a_question_and_its_answer_are_two_turns() -> None:
    asked = speech("unlock the front door")
    meant = intent("locks.unlock", asked)
    question = Replied(text="Really?", expects_answer=True, causes=(meant.id,))
    answer = speech("yes", meant)
    done = intent("locks.unlock", answer)
    turns = turns_of([asked, meant, question, answer, done])
    assert [(turn.text, turn.reply, turn.asked) for turn in turns] == [
        ("yes", "", False), ("unlock the front door", "Really?", True),
    ]  # fmt: skip


def test_typed_words_and_gestures_are_turns_and_what_is_said_unasked_is_none() -> None:
    lamp, blinds = intent("power.turn_off", text="turn off the lamp"), intent("covers.close", text="close the blinds")
    both = Replied(text="Done.", causes=(lamp.id, blinds.id))
    gesture = GestureMade(stream="camera", name="thumb_up", hand="left", t=1.0)
    shown = intent("power.turn_on", gesture, text="")
    turns = turns_of([lamp, blinds, both, gesture, shown, Replied(text="The timer is over.")])
    missed = NotUnderstood(text="make me a sandwich", reason="not_understood")
    [sorry] = turns_of([missed, Replied(text="Sorry?", causes=(missed.id,))])
    assert (sorry.how, sorry.text, sorry.reply, sorry.reason) == (
        "text", "make me a sandwich", "Sorry?", "not_understood",
    )  # fmt: skip
    assert [(turn.how, turn.text, turn.intents, turn.reply) for turn in turns] == [
        ("gesture", "", ["power.turn_on"], ""),
        ("text", "turn off the lamp, close the blinds", ["power.turn_off", "covers.close"], "Done."),
    ]


def test_a_wake_word_that_was_given_up_and_answered_after_all_is_one_turn() -> None:
    wake = WakeHeard(stream="x", word="alexa", score=0.9, t=1.5)
    refused = WakeRefused(stream="x", word="alexa", score=0.9, t=1.5, reason="elsewhere")
    assert [turn.text for turn in turns_of([wake, refused, speech("lamp on", wake)])] == ["lamp on"]


def test_what_began_before_the_events_is_left_out() -> None:
    assert turns_of(said_and_done()[2:]) == []
    assert turns_of(command(intent("x.y"))) == []


async def test_turns_outlast_a_restart(tmp_path: Path) -> None:
    bus, database = Bus(), await Database.open(tmp_path / "hearth.db")
    history = History(database, bus)
    for _ in range(3):
        for event in said_and_done():
            bus.publish(event)
    await history.close()
    log = TurnLog(History(database, Bus()))
    newest, middle = await log.turns(2)
    assert newest.id > middle.id
    assert newest.reply == "Turned on the kitchen light."
    [oldest] = await log.turns(5, before=middle.id)
    assert oldest.id < middle.id
    assert await log.turns(5, before=1) == []
    await database.close()
