"""How well other hubs have done in rounds: who sends what cannot be used is not listened to for a while."""

from typing import Final

_LEAST: Final = 0.2
_BACK: Final = 0.1
_FORGIVEN: Final = 0.01


class Scores:
    """A score of 0 to 1 for each hub. It halves with each update that is unusable or harmful, and comes back slowly."""

    def __init__(self) -> None:
        self._scores: dict[str, float] = {}

    def of(self, hub: str) -> float:
        """A hub's score; 1 for one that nothing is known of."""
        return self._scores.get(hub, 1.0)

    def lower(self, hub: str) -> None:
        """Its update could not be used, or did harm."""
        self._scores[hub] = self.of(hub) / 2

    def raise_(self, hub: str) -> None:
        """Its update counted."""
        self._scores[hub] = min(self.of(hub) + _BACK, 1.0)

    def passed(self) -> None:
        """A round has passed: who was not listened to comes back, a little later each time."""
        for hub, score in self._scores.items():
            if not self.heard(hub):
                self._scores[hub] = min(score + _FORGIVEN, 1.0)

    def heard(self, hub: str) -> bool:
        """Whether its updates count at all."""
        return self.of(hub) >= _LEAST
