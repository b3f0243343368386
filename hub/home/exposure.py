"""Exposure: what voice and gesture may touch, and what needs a yes first. One table says all of it.

Deny by default: what a rule below covers is not exposed to voice, gesture and skills until the household says
`exposed = true`. Making a home safer (locking, closing) never needs a yes; a gesture never does anything risky.
"""

from typing import Final

from msgspec import Struct

from hub.core.commands import Command
from hub.core.entities import Entity
from hub.core.errors import ConfirmationRequiredError, DeniedError
from hub.core.events import Value
from hub.core.settings import SafetySettings
from hub.core.states import StateTable
from hub.home.registry import Home
from hub.home.scenes import Effect, Scenes


class Safe(Struct, frozen=True):
    """A trait's values that need no yes; with `lowering`, also those at or below the present one."""

    trait: str
    values: tuple[Value, ...]
    lowering: bool = False


class RiskRule(Struct, frozen=True, kw_only=True):
    """What is risky about a kind of entity.

    It covers entities of `kinds` (and, where given, of `device_classes`; where `strangers_only`, only those that no
    person ever named). Commands other than `safe` ask first, unless `asks` is false; `verb` says what they would do.
    """

    what: str
    kinds: tuple[str, ...]
    device_classes: tuple[str, ...] = ()
    strangers_only: bool = False
    safe: tuple[Safe, ...] = ()
    asks: bool = True
    verb: str = "change"


_CLOSING = (Safe("Position", (0,), lowering=True), Safe("OnOff", (False,)))
ARMED: Final = ("armed", "armed_home", "armed_away", "armed_night", "armed_vacation", "arm_home", "arm_away")
RULES: Final = (
    RiskRule(what="locks", kinds=("lock",), safe=(Safe("Lock", ("locked",)),), verb="unlock"),
    RiskRule(
        what="garage doors, gates and doors",
        kinds=("cover",),
        device_classes=("garage", "garage_door", "gate", "door"),
        safe=_CLOSING,
        verb="open",
    ),
    RiskRule(what="alarms", kinds=("alarm",), safe=(Safe("Mode", ARMED),), verb="disarm"),
    RiskRule(what="sirens", kinds=("siren",), safe=(Safe("OnOff", (False,)),), verb="sound"),
    RiskRule(what="valves", kinds=("valve",), safe=_CLOSING, verb="open"),
    RiskRule(what="unknown switches and buttons", kinds=("switch", "button"), strangers_only=True, asks=False),
)
"""The built-in rules; `[safety]` in hearth.toml adds to them."""

GUARDED_CHANNELS: Final = ("voice", "gesture", "skill")
"""Ways in that reach only what is exposed. The page, the API and the command line belong to people who signed in."""


class Exposure:
    """Decides by `RULES`, the household's word on each entity, and `[safety]`."""

    def __init__(self, home: Home, states: StateTable, scenes: Scenes, safety: SafetySettings) -> None:
        self._home = home
        self._states = states
        self._scenes = scenes
        self._confirm = frozenset(safety.confirm)
        self._deny = frozenset(safety.deny)

    def rule(self, entity: Entity) -> RiskRule | None:
        """The built-in rule that covers the entity."""
        for rule in RULES:
            if entity.kind not in rule.kinds:
                continue
            if rule.device_classes and entity.device_class not in rule.device_classes:
                continue
            if rule.strangers_only and self._home.known_to_household(entity.id):
                continue
            return rule
        return None

    def exposed(self, entity: Entity) -> bool:
        """Whether voice, gesture and skills may name and change the entity."""
        if entity.id in self._deny or entity.kind in self._deny or entity.exposed is False:
            return False
        return entity.exposed is True or self.rule(entity) is None

    def asks_always(self, entity: Entity) -> bool:
        """Whether `[safety]` wants a yes for every change of the entity."""
        return entity.id in self._confirm or entity.kind in self._confirm

    def risk(self, entity: Entity, trait: str, value: Value) -> str:
        """What would be risky about setting `trait` to `value`, in words ("unlock front door"); empty when nothing.

        A scene is as risky as the riskiest thing that it does.
        """
        rule = self.rule(entity)
        safe = rule is not None and any(self._is_safe(s, entity, trait, value) for s in rule.safe)
        if rule is not None and rule.asks and not safe:
            return f"{rule.verb} {entity.name}"
        if not safe and self.asks_always(entity):
            return f"change {entity.name}"
        if trait == "Press":
            for effect in self._scenes.effects(entity.id):
                risk = self._effect_risk(effect)
                if risk:
                    return risk
        return ""

    def _is_safe(self, safe: Safe, entity: Entity, trait: str, value: Value) -> bool:
        if safe.trait != trait:
            return False
        if value in safe.values:
            return True
        now = self._states.value(entity.id, trait)
        return safe.lowering and isinstance(now, int | float) and isinstance(value, int | float) and value <= now

    def _effect_risk(self, effect: Effect) -> str:
        entity = self._home.view().entities.get(effect.entity)
        return "" if entity is None else self.risk(entity, effect.trait, effect.value)

    def check(self, command: Command, entity: Entity) -> None:
        """Let a command pass, or say why not.

        Raises `DeniedError` when it may not come in this way, `ConfirmationRequiredError` when a person must say yes.
        """
        if command.channel in GUARDED_CHANNELS and not self.exposed(entity):
            raise DeniedError(
                f"{entity.name} is not exposed to {command.channel}",
                place=entity.id,
                remedy="expose it in its settings, or use the page",
            )
        risk = self.risk(entity, command.trait, command.value)
        if not risk:
            return
        if command.channel == "gesture":
            raise DeniedError(f"a gesture may not {risk}", place=entity.id, remedy="say it or use the page")
        if not command.confirmed:
            raise ConfirmationRequiredError(risk, place=entity.id, remedy="ask, and send it again with `confirmed`")
