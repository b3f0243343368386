"""One MQTT message's payload: its bytes, and lazily its text and its JSON."""

from functools import cached_property
from typing import Any

import msgspec

from hub.core.errors import ProtocolError

MAX_BYTES = 1024 * 1024
"""No ordinary payload is larger; what is, is dropped."""

MAX_LIST_BYTES = 16 * 1024 * 1024
"""Zigbee2MQTT's list of devices grows with the network."""

NOT_JSON = object()


class Payload:
    """What came on `topic`. `json` is `NOT_JSON` when it is none."""

    def __init__(self, topic: str, data: bytes) -> None:
        self.topic = topic
        self.data = data

    @cached_property
    def text(self) -> str:
        """The payload as UTF-8 text, undecodable bytes replaced."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The payload as JSON, or `NOT_JSON`."""
        try:
            return msgspec.json.decode(self.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return NOT_JSON

    def table(self) -> dict[str, Any]:
        """The payload as a JSON object; raises `ProtocolError` naming the topic when it is none."""
        value = self.json
        if not isinstance(value, dict):
            raise ProtocolError("not a JSON object", place=self.topic, remedy="publish a JSON object, or nothing")
        return value
