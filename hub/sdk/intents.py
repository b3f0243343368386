"""What crosses between the dialogue and a skill: a call with its slots, and the answer."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field


class Target(Struct, frozen=True):
    """What a sentence is about: the ids of entities, already resolved, and how the person called them."""

    entities: tuple[str, ...] = ()
    phrase: str = ""
    area: str = ""

    def __iter__(self) -> Iterator[str]:
        return iter(self.entities)

    def __len__(self) -> int:
        return len(self.entities)


class CallContext(Struct, frozen=True, kw_only=True):
    """Where and by whom something was said, and the events that led to it."""

    area: str = ""
    person: str = ""
    language: str = "en"
    text: str = ""
    channel: str = "voice"
    causes: tuple[int, ...] = ()
    confirmed: bool = False


class IntentCall(Struct, frozen=True, kw_only=True):
    """Please do `intent` of `skill`. Slots are JSON values; `target` is there when the sentence named one."""

    skill: str
    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    target: Target | None = None
    context: CallContext = CallContext()


class IntentAnswer(Struct, frozen=True, kw_only=True):
    """What a skill says back: a reply's key with its values, or plain text, or the error it ended in (`to_wire`)."""

    reply: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    expects_answer: bool = False
    error: dict[str, str] | None = None


class Reply(str):
    """A reply to be rendered in the person's language: the key, with its values. Skills return it as their text."""

    __slots__ = ("values",)
    values: dict[str, Any]

    def __new__(cls, key: str, values: dict[str, Any]) -> "Reply":
        """`key` names a template of the skill's locale; `values` fill it."""
        reply = super().__new__(cls, key)
        reply.values = values
        return reply
