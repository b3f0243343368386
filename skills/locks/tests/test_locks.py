from pathlib import Path

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
FRONT, BACK = (
    Entity(id=f"lock.{n}", name=f"{n} door", names={"de": (d,)}, traits={"Lock": PLAIN_CONFIG})
    for n, d in (("front", "Haustür"), ("back", "Hintertür"))
)


def home() -> SkillHome:
    return SkillHome(FOLDER, [FRONT, BACK], {"lock.front": {"Lock": "unlocked"}})


async def test_lock_one_or_all() -> None:
    one = home()
    assert await one.ask("lock", "lock.front") == "Locked the front door."
    assert await one.ask("lock", language="de") == "Haustür und Hintertür verriegelt."
    assert one.home.commands[1:] == [("lock.front", "Lock", "locked"), ("lock.back", "Lock", "locked")]


async def test_unlock_only_what_is_named() -> None:
    one = home()
    assert await one.ask("unlock", "lock.back") == "Unlocked the back door."
    assert await one.ask("unlock") == "I found no lock there."
    assert one.home.commands == [("lock.back", "Lock", "unlocked")]


async def test_a_lock_that_did_not_lock_is_never_reported_locked() -> None:
    one = home()
    one.home.broken = {"lock.front": "timeout", "lock.back": "timeout"}
    assert await one.ask("lock") == "The front door and the back door did not answer."
