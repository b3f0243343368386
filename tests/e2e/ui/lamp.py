"""A lamp on a real broker."""

import json
import threading
from typing import Any

import paho.mqtt.client as mqtt


class Lamp:
    """Announces itself as `name`, does what it is told and says so; `state` is what it was told last."""

    def __init__(self, port: int, name: str = "Reading lamp") -> None:
        self.state = "OFF"
        about = {"name": name, "unique_id": "ui1", "command_topic": "ui/set", "state_topic": "ui/state"}
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.on_message = self._told
        self._ready = threading.Event()
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("ui/set")
        assert self._ready.wait(30)
        self._client.publish("homeassistant/light/ui1/config", json.dumps(about), retain=True)
        self._client.publish("ui/state", self.state, retain=True)

    def _told(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.state = bytes(message.payload).decode()
        self._client.publish("ui/state", message.payload, retain=True)

    def stop(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()
