"""What a sentence was taken to mean, and the ways in which that can fall short of acting on it."""

from typing import Any

from msgspec import Struct, field

from hub.sdk.intents import Target
from hub.sdk.locale import TargetFilter


class Meaning(Struct, frozen=True, kw_only=True):
    """An intent with its slots and entities. `said` is the sentence as it was understood, for asking back.

    `causes` are events beside the speech that it comes from: the hand that pointed.
    """

    skill: str
    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    target: Target | None = None
    wanted: TargetFilter = TargetFilter()
    said: str = ""
    cost: float = 0.0
    literal: int = 0
    rank: int = 0
    causes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """ "skill.intent"."""
        return f"{self.skill}.{self.intent}"

    def same_as(self, other: "Meaning") -> bool:
        """Whether both would do the same."""
        mine = self.target.entities if self.target else ()
        theirs = other.target.entities if other.target else ()
        return self.name == other.name and self.slots == other.slots and set(mine) == set(theirs)


class Understood(Struct, frozen=True):
    """Do this; when not `sure`, ask first."""

    meaning: Meaning
    sure: bool = True


class Which(Struct, frozen=True):
    """It can mean any of these: ask which."""

    options: tuple[Meaning, ...]


class Misunderstood(Struct, frozen=True, kw_only=True):
    """Nothing that this home can do. `reason` is a code that replies exist for, `name` what it is about."""

    reason: str
    name: str = ""
    entities: tuple[str, ...] = ()
    area: str = ""


Outcome = Understood | Which | Misunderstood
