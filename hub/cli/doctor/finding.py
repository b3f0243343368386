"""`Finding`: one thing that `hearth doctor` looked at."""

from typing import Literal

from msgspec import Struct


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `absent` is done without; `broken` needs mending; `mend` says how.

    `action` names what a hub that runs can do about it by itself, when it is told to.
    """

    check: str
    level: Literal["ok", "absent", "broken"]
    detail: str
    mend: str = ""
    action: Literal["", "models", "certificate"] = ""
