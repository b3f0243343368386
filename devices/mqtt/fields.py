"""Reading a component's configuration: each field checked, each mistake named with its topic."""

import math
from typing import Any

from hub.core.errors import ProtocolError

from .naming import check_topic, clean_name
from .templates import Template

MAX_OPTIONS = 200
MAX_PAYLOAD_TEXT = 4096


class Fields:
    """The long-keyed configuration `config` that came on the topic `place`. Every method raises `ProtocolError`."""

    def __init__(self, config: dict[str, Any], place: str) -> None:
        self.config = config
        self.place = place

    def wrong(self, key: str, wanted: str) -> ProtocolError:
        """The error for a field that is not `wanted`."""
        return ProtocolError(
            f"{key} is {str(self.config.get(key))[:60]!r}", place=self.place, remedy=f"it must be {wanted}"
        )

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self.config.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """A payload or word; numbers and booleans are taken as Home Assistant does, by their Python text."""
        value = self.config.get(key)
        if value is None:
            return default
        if isinstance(value, str | int | float) and len(str(value)) <= MAX_PAYLOAD_TEXT:
            return str(value)
        raise self.wrong(key, f"text of at most {MAX_PAYLOAD_TEXT} characters")

    def name(self, key: str) -> str:
        """A name to show, cleaned; empty when there is none."""
        return clean_name(self.config.get(key))

    def flag(self, key: str, default: bool = False) -> bool:
        """A boolean."""
        value = self.config.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in ("true", "yes", "on", "1"):
            return True
        if word in ("false", "no", "off", "0"):
            return False
        raise self.wrong(key, "true or false")

    def number(self, key: str, default: float | None = None) -> float | None:
        """A finite number."""
        value = self.config.get(key)
        if value is None:
            return default
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise self.wrong(key, "a number") from None
        if isinstance(value, bool) or not math.isfinite(number):
            raise self.wrong(key, "a number")
        return number

    def amount(self, key: str, default: float) -> float:
        """A finite number that is always there."""
        found = self.number(key, default)
        assert found is not None
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of options, cleaned, without repetitions."""
        value = self.config.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MAX_OPTIONS:
            raise self.wrong(key, f"a list of at most {MAX_OPTIONS} words")
        return tuple(dict.fromkeys(filter(None, map(clean_name, value))))

    def topic(self, key: str) -> str:
        """A topic, or empty when there is none."""
        return check_topic(self.config[key], self.place, key) if self.has(key) else ""

    def required_topic(self, key: str) -> str:
        """A topic that must be there."""
        return check_topic(self.config.get(key), self.place, key)

    def template(self, *keys: str) -> Template | None:
        """The template in the first of `keys` that is there."""
        for key in keys:
            if self.has(key):
                if not isinstance(self.config[key], str):
                    raise self.wrong(key, "a template")
                return Template(self.config[key], self.place)
        return None

    @property
    def qos(self) -> int:
        """0, 1 or 2."""
        value = self.amount("qos", 0)
        if value not in (0, 1, 2):
            raise self.wrong("qos", "0, 1 or 2")
        return int(value)
