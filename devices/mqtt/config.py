"""The settings of one broker: the form, the validation and the docs."""

from typing import Annotated, Any, Final

from msgspec import Meta, Struct

_SELDOM: Final[dict[str, Any]] = {"x-advanced": True}
"""What most households leave as it is; the form shows it when asked."""


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[mqtt]]` table."""

    host: Annotated[str, Meta(title="Address", description="Name or address of the broker", max_length=253)] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 1883
    username: Annotated[str, Meta(title="User name")] = ""
    password: Annotated[str, Meta(title="Password", extra_json_schema={"writeOnly": True})] = ""
    discovery_prefix: Annotated[
        str,
        Meta(
            title="Discovery prefix",
            description="Home Assistant's discovery; empty: off",
            pattern=r"^[^+#]*$",
            extra_json_schema=_SELDOM,
        ),
    ] = "homeassistant"
    zigbee2mqtt_topic: Annotated[
        str,
        Meta(
            title="Zigbee2MQTT topic",
            description="Its base topic; empty: off",
            pattern=r"^[^+#]*$",
            extra_json_schema=_SELDOM,
        ),
    ] = "zigbee2mqtt"
    timeout_s: Annotated[
        float, Meta(title="Seconds that a device may take to answer", gt=0, le=60, extra_json_schema=_SELDOM)
    ] = 4.5
    first_wait_s: Annotated[
        float, Meta(title="First wait before connecting again, seconds", gt=0, le=60, extra_json_schema=_SELDOM)
    ] = 0.5
    longest_wait_s: Annotated[float, Meta(title="Longest wait, seconds", gt=0, le=600, extra_json_schema=_SELDOM)] = (
        30.0
    )
