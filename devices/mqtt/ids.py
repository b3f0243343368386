"""Entity ids that stay with their devices, also where two devices share a name."""

from hub.sdk import Value

MAX_SAVED = 1500  # what fits into a plugin's store


class EntityIds:
    """Gives every entity an id: the one it wishes for, or that with a number when another has it.

    Who got which number is kept in `saved` (key -> id), so that it is the same after a restart, whoever comes first.
    """

    def __init__(self, saved: Value | dict[str, str] = None) -> None:
        self.saved: dict[str, str] = {}
        if isinstance(saved, dict):
            self.saved = {k: v for k, v in saved.items() if isinstance(k, str) and isinstance(v, str)}
        self.changed = False
        self._holders: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def take(self, key: str, wished: str) -> str:
        """The id of the entity `key`; it keeps the one it has while its kind stays."""
        kind = wished.partition(".")[0]
        held = self._ids.get(key)
        if held is not None:
            if held.startswith(f"{kind}."):
                return held
            self.release(key)
        reserved = {v: k for k, v in self.saved.items()}
        chosen = self.saved.get(key, wished)
        if not chosen.startswith(f"{kind}.") or chosen in self._holders:
            chosen = wished
        number = 1
        while chosen in self._holders or reserved.get(chosen, key) != key:
            number += 1
            chosen = f"{wished[:110]}_{number}"
        if number > 1 and len(self.saved) < MAX_SAVED:
            holder = self._holders.get(wished)
            self.saved[key] = chosen
            if holder is not None:
                self.saved[holder] = wished
            self.changed = True
        self._holders[chosen] = key
        self._ids[key] = chosen
        return chosen

    def release(self, key: str) -> None:
        """The entity is no more; its id may be given away unless it is a remembered one."""
        held = self._ids.pop(key, None)
        if held is not None:
            del self._holders[held]
