"""Intent recognition and handling: text in; what it means, or the answer after it was done."""

from typing import Any

from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.intent import Entity, Intent, IntentsStart, IntentsStop, NotRecognized

from hub.satellites.ports import Dialogue, Recognized, Understanding
from hub.satellites.wyoming.wire import Wire, context_in, text_in, word_in

MAX_TEXT = 2_000


class IntentService:
    """Says what a text means, and changes nothing."""

    def __init__(self, wire: Wire, understanding: Understanding) -> None:
        self._wire = wire
        self._understanding = understanding

    async def recognize(self, event: Event) -> None:
        """Answer `recognize` with intent, with several between intents-start and intents-stop, or not-recognized."""
        text, context = text_in(event, most=MAX_TEXT), context_in(event)
        found = self._understanding.recognize(text, area=_said(context, "area"), language=_said(context, "language"))
        if not found:
            await self._wire.write(NotRecognized(context=context).event())
        elif len(found) == 1:
            await self._wire.write(_intent(found[0], context))
        else:
            parts = [_intent(one, context) for one in found]
            await self._wire.write(IntentsStart(context=context).event(), *parts, IntentsStop(context=context).event())


def _intent(found: Recognized, context: dict[str, Any] | None) -> Event:
    entities = [Entity(name=name, value=value) for name, value in found.slots.items()]
    return Intent(name=found.name, entities=entities, context=context).event()


class HandleService:
    """Answers and does what a text asks for, under the exposure rules of voice."""

    def __init__(self, wire: Wire, dialogue: Dialogue, stream: str) -> None:
        self._wire = wire
        self._dialogue = dialogue
        self._stream = stream

    async def transcript(self, event: Event) -> None:
        """Answer a `transcript` with handled or not-handled. Raises what the dialogue raises."""
        text, context = text_in(event, most=MAX_TEXT), context_in(event)
        conversation = _said(context, "conversation_id")
        answer = await self._dialogue.hear(
            text,
            area=_said(context, "area"),
            stream=f"{self._stream}:{conversation}" if conversation else self._stream,
            language=word_in(event, "language", 2),
        )
        done = NotHandled if answer.reason else Handled
        await self._wire.write(done(text=answer.reply, context=context).event())

    async def intent(self, event: Event) -> None:
        """Intents of others have no words that this home could check, so they are not acted on."""
        await self._wire.write(NotHandled(text="Say it in words.", context=context_in(event)).event())


def _said(context: dict[str, Any] | None, key: str) -> str:
    value = (context or {}).get(key)
    return value[:100] if isinstance(value, str) else ""
