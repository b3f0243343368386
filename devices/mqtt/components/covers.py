"""What opens and closes: cover, valve, lock."""

from collections.abc import Iterable

from hub.core.errors import ProtocolError
from hub.core.events import Value

from ..colour import percent_of, scaled
from ..draft import UNKNOWN, Draft, number_in
from ..model import Publish, Report, Write
from ..payload import NOT_JSON, Payload


class _Span:
    """The device's numbers for closed and open."""

    def __init__(self, draft: Draft) -> None:
        self.closed = draft.fields.amount("position_closed", 0)
        self.open = draft.fields.amount("position_open", 100)
        if self.closed == self.open:
            raise draft.fields.wrong("position_open", "another number than position_closed")

    def percent(self, text: str, place: str) -> int:
        return percent_of(number_in(text, place), self.closed, self.open)


class _Words:
    """The device's words for its states, and where it was last seen. To stay there, while it moves, means to stop."""

    def __init__(self, draft: Draft) -> None:
        text = draft.fields.text
        self.open, self.closed = text("state_open", "open"), text("state_closed", "closed")
        self.opening, self.closing = text("state_opening", "opening"), text("state_closing", "closing")
        self.stopped = text("state_stopped", "stopped")
        self.moving = False
        self.position: int | None = None
        self._last = 0

    def at(self, position: int) -> Report:
        """It is there now."""
        self.position = position
        return Report("Position", position)

    def reports(self, word: str, *, positioned: bool) -> Iterable[Report]:
        """What a state means for Position. `positioned`: a topic of its own gives the number."""
        self.moving = word in (self.opening, self.closing)
        if self.moving:
            self._last = 1 if word == self.opening else -1
            yield Report("Position", None, self._last)
        elif word == self.open and not positioned:
            yield self.at(100)
        elif word == self.closed:
            yield self.at(0)
        elif word == self.stopped and not positioned and self._last:
            yield self.at(100 if self._last > 0 else 0)


def cover(draft: Draft) -> None:
    """Blinds, shutters, garage doors: Position, by words or by numbers."""
    fields = draft.fields
    if not (fields.has("command_topic") or fields.has("set_position_topic") or fields.has("state_topic")
            or fields.has("position_topic")):  # fmt: skip
        raise fields.wrong("command_topic", "a topic")
    draft.trait("Position")
    words, span = _Words(draft), _Span(draft)
    positioned = fields.has("position_topic")
    draft.state("state_topic", ("value_template",), lambda t: words.reports(t, positioned=positioned), "Position")
    place = fields.topic("position_topic")
    draft.state("position_topic", ("position_template",),
                lambda t: (words.at(span.percent(t, place)),), "Position")  # fmt: skip
    draft.write("Position", _cover_writer(draft, span, words))


def _cover_writer(draft: Draft, span: _Span, words: _Words) -> Write:
    fields = draft.fields
    topic, positions = fields.topic("command_topic"), fields.topic("set_position_topic")
    template = fields.template("set_position_template")
    to_open = fields.text("payload_open", "OPEN") if fields.config.get("payload_open", "") is not None else None
    to_stop = fields.text("payload_stop", "STOP") if fields.config.get("payload_stop", "") is not None else None
    to_close = fields.text("payload_close", "CLOSE") if fields.config.get("payload_close", "") is not None else None

    def write(value: Value) -> tuple[Publish, ...]:
        percent = int(value or 0)
        word = {0: to_close, 100: to_open}.get(percent)
        if words.moving and percent == words.position and topic and to_stop:
            word = to_stop
        if topic and word is not None:
            return (draft.message(topic, word),)
        if positions:
            number = scaled(percent, span.closed, span.open)
            if template is None:
                return (draft.message(positions, str(number)),)
            text = template.render(position=percent, value=number, position_open=span.open, position_closed=span.closed)
            return (draft.message(positions, text),)
        raise ProtocolError("this cover can only open and close", place=fields.place, remedy="ask for 0 or 100")

    return write


def valve(draft: Draft) -> None:
    """A water or gas valve: Position."""
    fields = draft.fields
    topic = fields.topic("command_topic")
    draft.trait("Position")
    words, span = _Words(draft), _Span(draft)
    positioned = fields.flag("reports_position")
    place = fields.topic("state_topic")
    template = fields.template("value_template")

    def read(payload: Payload) -> Iterable[Report]:
        text = payload.text if template is None else template.value(payload)
        table = payload.json if template is None and payload.json is not NOT_JSON else None
        if isinstance(table, dict):
            if positioned and isinstance(table.get("position"), int | float):
                yield Report("Position", percent_of(table["position"], span.closed, span.open))
            yield from words.reports(str(table.get("state", "")), positioned=positioned)
        elif text in (words.opening, words.closing, words.open, words.closed):
            yield from words.reports(text, positioned=False)
        elif positioned and text not in UNKNOWN:
            yield Report("Position", span.percent(text, place))

    draft.listen(place, read, "Position")
    if not topic:
        return
    to_open, to_close = fields.text("payload_open", "OPEN"), fields.text("payload_close", "CLOSE")
    command = fields.template("command_template")

    def write(value: Value) -> tuple[Publish, ...]:
        percent = int(value or 0)
        if positioned:
            text: str | int = scaled(percent, span.closed, span.open)
        elif percent in (0, 100):
            text = to_open if percent else to_close
        else:
            raise ProtocolError("this valve can only open and close", place=fields.place, remedy="ask for 0 or 100")
        return (draft.message(topic, str(text) if command is None else command.render(value=text)),)

    draft.write("Position", write)


def lock(draft: Draft) -> None:
    """A door lock: Lock."""
    fields = draft.fields
    fields.required_topic("command_topic")
    text = fields.text
    words = {
        text("state_locked", "LOCKED"): Report("Lock", "locked"),
        text("state_unlocked", "UNLOCKED"): Report("Lock", "unlocked"),
        text("state_locking", "LOCKING"): Report("Lock", "locking", 1),
        text("state_unlocking", "UNLOCKING"): Report("Lock", "unlocking", -1),
        text("state_jammed", "JAMMED"): Report("Lock", "jammed"),
    }
    told = {"locked": text("payload_lock", "LOCK"), "unlocked": text("payload_unlock", "UNLOCK")}
    draft.trait("Lock")
    draft.state("state_topic", ("value_template",), lambda t: (words[t],) if t in words else (), "Lock")
    draft.command("Lock", "command_topic", ("command_template",), lambda value: told.get(str(value)))
