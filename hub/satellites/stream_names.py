"""What goes by the name of a stream of sound."""

import re


def entity_of(stream: str) -> str:
    """What a stream's microphone goes by: "satellite:Kitchen:3" is `microphone.satellite_kitchen`.

    All pages of browsers have one switch, and all programs that use the hub's services.
    """
    kind, _, rest = stream.partition(":")
    if kind not in ("browser", "wyoming") and rest:
        kind = f"{kind} {re.sub(r':[0-9]+$', '', rest)}"
    return f"microphone.{re.sub(r'[^a-z0-9]+', '_', kind.lower()).strip('_')}"[:100]
