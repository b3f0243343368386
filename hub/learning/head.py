"""What hubs learn: a head on features, of which the first layers may stay as they are."""

import hashlib
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.learning.network import Network, Weights

_TINY: Final = float(np.finfo(np.float32).tiny)


class Material(Struct, frozen=True):
    """Examples to learn from: features (n, in) float32, classes (n,) int64, and how much each counts (n,) float32."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    worth: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.y)

    def where(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Material":
        """Some of them."""
        return Material(self.x[rows], self.y[rows], self.worth[rows])

    def joined(self, other: "Material") -> "Material":
        """These and others."""
        return Material(
            np.concatenate((self.x, other.x)),
            np.concatenate((self.y, other.y)),
            np.concatenate((self.worth, other.worth)),
        )

    @classmethod
    def plain(cls, x: NDArray[np.float32], y: NDArray[np.integer]) -> "Material":
        """Examples that all count alike."""
        return cls(np.asarray(x, np.float32), np.asarray(y, np.int64), np.ones(len(y), np.float32))


class Head(Struct, frozen=True):
    """A network of one kind of example (`gesture`, `presence`, ...).

    `weights` are all its layers; the first `frozen` of them never change and never cross the wire. `labels` name its
    classes in their order.
    """

    kind: str
    labels: tuple[str, ...]
    weights: Weights
    frozen: int = 0

    @property
    def open(self) -> Weights:
        """The weights that are learnt."""
        return self.weights[2 * self.frozen :]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the weights that are learnt."""
        return tuple(weight.shape for weight in self.open)

    @property
    def base(self) -> str:
        """What all hubs of a round must have in common: a hash of every weight, 16 hexadecimal digits."""
        digest = hashlib.sha256(self.kind.encode())
        for weight in self.weights:
            plain = np.where(np.abs(weight) < _TINY, np.float32(0.0), weight)  # as frames carry them: no -0 either
            digest.update(str(weight.shape).encode() + np.ascontiguousarray(plain, "<f4").tobytes())
        return digest.hexdigest()[:16]

    def seen(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the frozen layers make of inputs (n, in)."""
        for number in range(0, 2 * self.frozen, 2):
            x = np.maximum(x @ self.weights[number] + self.weights[number + 1], 0)
        return x

    def with_open(self, weights: Weights) -> "Head":
        """The same head with other learnt weights."""
        return Head(self.kind, self.labels, [*self.weights[: 2 * self.frozen], *weights], self.frozen)

    def network(self) -> Network:
        """All of it, to be asked."""
        return Network(list(self.weights))

    def marks(self, material: Material) -> "Marks":
        """How it does on examples, each."""
        if not len(material):
            return Marks(np.zeros(0), np.zeros(0, np.bool_), material.y)
        logits = self.network().logits(material.x).astype(np.float64)
        top = logits.max(axis=1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        losses = total - logits[np.arange(len(material)), material.y]
        return Marks(losses, logits.argmax(axis=1) == material.y, material.y)

    def loss(self, material: Material) -> float:
        """The mean loss over examples, in nats; 0 without any."""
        return self.marks(material).loss

    def right(self, material: Material) -> int:
        """How many examples it gets right."""
        return self.marks(material).count


class Marks(Struct, frozen=True):
    """How a head does on examples (n,): its loss on each, in nats, whether it is right, and their classes."""

    losses: NDArray[np.float64]
    right: NDArray[np.bool_]
    y: NDArray[np.int64]

    @property
    def loss(self) -> float:
        """The mean loss; 0 without examples."""
        return float(self.losses.mean()) if len(self.losses) else 0.0

    @property
    def count(self) -> int:
        """How many are right."""
        return int(np.count_nonzero(self.right))
