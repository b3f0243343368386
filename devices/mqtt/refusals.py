"""Why there is no conversation with a broker, in words that say what to do."""

from typing import Final

import aiomqtt

from hub.core.errors import HearthError

# Of CONNACK: bad user name or password, not authorised; in MQTT 3 and in MQTT 5.
_NOT_LET_IN: Final = (4, 5, 134, 135)


def why(error: Exception, *, address: str, username: str) -> str:
    """What is wrong and what to do, in one line. `address` and `username` are those that were tried."""
    code = _code(error)
    if code in _NOT_LET_IN and username:
        return f"the broker {address} refuses {username!r} with this password (check both)"
    if code in _NOT_LET_IN:
        return f"the broker {address} lets nobody in without a user name and password (give both)"
    if isinstance(error, HearthError):
        return str(error)
    told = str(error) or "it does not answer in time"
    return f"the broker {address} cannot be spoken to: {told} (is it an MQTT broker, without TLS?)"


def _code(error: Exception) -> int:
    """The broker's own reason, 0 where it gave none."""
    if not isinstance(error, aiomqtt.MqttCodeError) or error.rc is None:
        return 0
    return error.rc if isinstance(error.rc, int) else error.rc.value
