"""Sets of words, such as the aliases of an entity: one that is added on one hub while another removes it stays.

An observed-remove set (Shapiro et al., 2011) made of cells: each adding writes a cell under a key that never was
before, and removing a word removes the cells of it that this hub knows of. An adding that it has not observed has a
key of its own, and lives.
"""

from collections.abc import Iterable

from hub.core.ids import new_id
from hub.swarm.state.shared import SharedState


class SharedSet:
    """The set called `name` (the beginning of its keys)."""

    def __init__(self, state: SharedState, name: str) -> None:
        self._state = state
        self._prefix = f"{name}/"

    def words(self) -> tuple[str, ...]:
        """The words in it, in the order in which they were added first."""
        return tuple(dict.fromkeys(str(cell.value) for cell in self._state.under(self._prefix).values()))

    def replaced(self, words: Iterable[str]) -> tuple[dict[str, str], list[str]]:
        """What `SharedState.write` needs to make it these words: cells to set, and keys to remove."""
        wanted = list(dict.fromkeys(words))
        here = self.words()
        added = {f"{self._prefix}{new_id():x}{self._state.hub[:8]}": word for word in wanted if word not in here}
        gone = [key for key, cell in self._state.under(self._prefix).items() if cell.value not in wanted]
        return added, gone

    async def add(self, *words: str) -> None:
        """Put words in; raises as `SharedState.write` does."""
        await self._state.write(*self.replaced((*self.words(), *words)))

    async def remove(self, *words: str) -> None:
        """Take words out, as far as this hub knows of them."""
        await self._state.write(*self.replaced(word for word in self.words() if word not in words))
