"""What the routes about skills need of the room that runs them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol


class SkillKeeper(Protocol):
    """Keeps the home's skills. Raises `HearthError`s; what it gives fits `hub.web.api.skills`'s answers."""

    async def known(self) -> Sequence[Any]:
        """Every skill of the home."""
        ...

    async def review(self, content: bytes) -> Any:
        """Look at a package without unpacking it."""
        ...

    async def install(self, digest: str, grants: Iterable[str]) -> Any:
        """Install a package that was reviewed, with exactly these grants, and start it; the skill."""
        ...

    async def grant(self, skill: str, grants: Iterable[str]) -> Any:
        """Let an installed skill have exactly these grants; the skill."""
        ...

    async def configure(self, skill: str, values: Mapping[str, object]) -> Any:
        """Choose settings of a skill, which starts anew with them; the skill."""
        ...

    async def switch(self, skill: str, on: bool) -> Any:
        """Switch a skill on or off, for good; the skill."""
        ...

    async def remove(self, skill: str) -> None:
        """Stop an installed skill and take it out of the home, with all that it kept."""
        ...
