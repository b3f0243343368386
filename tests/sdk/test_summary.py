from typing import Any

from hub.core.commands import CommandResult
from hub.core.entities import Entity
from hub.sdk.context import Context
from hub.sdk.intents import CallContext, Reply
from hub.sdk.summary import as_things, spoken_name, summarize

LAMP = Entity(id="light.lamp", name="lamp", names={"de": ("Lampe", "Leuchte")})
STRIP = Entity(id="light.strip", name="strip")


class Home:
    async def entities(self, **_: Any) -> list[Entity]:
        return [LAMP, STRIP]


def result(entity: str, ok: bool = True, code: str = "") -> CommandResult:
    return CommandResult(command=1, entity=entity, trait="OnOff", value=True, ok=ok, code=code)


async def summary(*results: CommandResult, language: str = "en", **values: Any) -> Reply:
    reply = await summarize(Context({"home": Home()}, CallContext(language=language)), "on", results, **values)
    assert isinstance(reply, Reply)
    return reply


async def test_what_was_done_and_what_was_not() -> None:
    reply = await summary(result("light.lamp"), result("light.strip", False, "timeout"), level=5)
    assert reply == "on"
    assert reply.values == {
        "done": [{"name": "lamp", "kind": "light"}],
        "failed": [{"name": "strip", "kind": "light", "code": "timeout"}],
        "level": 5,
    }


async def test_one_failed_command_of_two_is_a_failure() -> None:
    for order in (1, -1):
        reply = await summary(*[result("light.lamp"), result("light.lamp", False, "timeout")][::order])
        assert not reply.values["done"]
        assert len(reply.values["failed"]) == 1


async def test_no_result_is_said_to_be_nothing() -> None:
    assert await summary() == "nothing"


async def test_names_follow_the_language_and_unknown_entities_keep_their_id() -> None:
    reply = await summary(result("light.lamp"), result("fan.gone"), language="de")
    assert [t["name"] for t in reply.values["done"]] == ["Lampe", "fan.gone"]
    assert spoken_name(STRIP, "de") == "strip"
    assert as_things([LAMP], "de") == [{"name": "Lampe", "kind": "light"}]
