"""TLS for integrations in cages: over the connections that the hub opens for them they may speak what they like."""

import asyncio.sslproto
import importlib
import sys


def let_asyncio_speak_tls() -> None:
    """Give asyncio the ssl that the zygote imported it without; nothing where it has it."""
    if vars(asyncio.sslproto)["ssl"] is not None:
        return
    import ssl

    for name, module in tuple(sys.modules.items()):
        if name.startswith("asyncio.") and vars(module).get("ssl", ssl) is None:
            vars(module)["ssl"] = ssl
    importlib.reload(asyncio.sslproto)  # what it makes of ssl at its import; it is used by its name alone
