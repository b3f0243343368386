"""Names and topics of strangers: shown as data, never trusted as form."""

import hashlib
import re
import unicodedata
from typing import Any

from hub.core.errors import ProtocolError

MAX_NAME = 100
MAX_TOPIC = 512
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def clean_name(raw: Any) -> str:
    """A name to show: one line, no control or direction-changing characters, at most 100 characters; may be empty."""
    if not isinstance(raw, str | int | float) or isinstance(raw, bool):
        return ""
    text = unicodedata.normalize("NFC", str(raw)[: MAX_NAME * 4])
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(kept.split())[:MAX_NAME].strip()


def slug(text: str) -> str:
    """`text` as the second half of an entity id: small letters, digits and underscores, 1 to 100 of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = _NOT_SLUG.sub("_", plain).strip("_")[:100].strip("_")
    return made or f"x{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def check_topic(raw: Any, place: str, key: str) -> str:
    """`raw` as a topic to subscribe or publish to; raises `ProtocolError` for wildcards, control characters and $."""
    if not isinstance(raw, str) or not raw or len(raw.encode("utf-8", "replace")) > MAX_TOPIC:
        raise ProtocolError(f"{key} is not a topic", place=place, remedy=f"give 1 to {MAX_TOPIC} bytes of text")
    if any(c in "+#" or unicodedata.category(c) in ("Cc", "Cs") for c in raw) or raw.startswith("$"):
        raise ProtocolError(
            f"{key} {raw[:60]!r} has a wildcard, a control character or a leading $",
            place=place,
            remedy="name one plain topic",
        )
    return raw
