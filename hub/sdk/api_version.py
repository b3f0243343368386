"""The version of what `hub.sdk` offers. It stands apart because a plugin asks for it, and needs no manifests."""

from typing import Final

API_VERSION: Final = 1
