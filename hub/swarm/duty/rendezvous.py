"""Which hub does what: all compute the same from the hubs that live, and nothing is told.

Highest random weight (D. Thaler and C. Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996): when a hub
dies, only what it did moves, and to hubs spread evenly; when it is back, the same comes back to it.
"""

import hashlib
from collections.abc import Iterable


def weight(duty: str, hub: str) -> bytes:
    """How fit a hub is for a duty: the highest does it."""
    return hashlib.blake2b(f"{duty}\0{hub}".encode(), digest_size=16).digest()


def responsible(duty: str, hubs: Iterable[str]) -> str:
    """The hub that does `duty`, of those that live and are able to; empty when none is."""
    return max(hubs, key=lambda hub: weight(duty, hub), default="")
