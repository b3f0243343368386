"""Small networks as plain lists of arrays: forward, loss, gradient and step, in numpy.

A head with a few thousand weights trains in seconds on one core, needs no framework, and what a hub learns is a list of
arrays that can be clipped, noised, added and sealed.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = list[NDArray[np.float32]]
"""For each layer its matrix (in, out) and its bias (out,)."""


class Network:
    """Layers of matrices with ReLU between them; the last gives logits.

    A last layer with one output says yes or no: it gives the logit of class 1, and that of class 0 is nothing.

    After Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986), with starting
    weights of He et al., "Delving deep into rectifiers" (2015).
    """

    def __init__(self, weights: Weights) -> None:
        if not weights or len(weights) % 2:
            raise ValueError("a network has a matrix and a bias for each layer")
        self.weights = weights

    @classmethod
    def fresh(cls, sizes: Sequence[int], rng: np.random.Generator) -> "Network":
        """A new network whose layers have these sizes, from the input's to the number of classes."""
        weights: Weights = []
        for into, out in pairwise(sizes):
            weights.append((rng.standard_normal((into, out)) * np.sqrt(2.0 / into)).astype(np.float32))
            weights.append(np.zeros(out, np.float32))
        return cls(weights)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The layers' sizes."""
        return (self.weights[0].shape[0], *(m.shape[1] for m in self.weights[::2]))

    def logits(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the last layer says (n, classes) of inputs (n, in)."""
        return _of_classes(self._layers(x)[-1])

    def probabilities(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same as shares that add up to 1."""
        return softmax(self.logits(x))

    def loss(self, x: NDArray[np.float32], y: NDArray[np.integer[Any]]) -> float:
        """The mean cross-entropy of classes (n,) for inputs (n, in), in nats."""
        return cross_entropy(self.logits(x), y)

    def gradient(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.integer[Any]],
        *,
        decay: float = 0.0,
        smoothing: float = 0.0,
        worth: NDArray[np.float32] | None = None,
    ) -> Weights:
        """The gradient of the loss, in the shape of the weights.

        `decay` pulls matrices (not biases) towards zero; with `smoothing` that share of each label is spread over all
        classes (Szegedy et al., "Rethinking the Inception architecture", 2016). `worth` (n,) says how much each example
        counts, 1 where it is not given.
        """
        layers = self._layers(x)
        back = _errors(layers[-1], y, smoothing) / np.float32(len(y))
        if worth is not None:
            back = back * worth[:, None]
        found: Weights = []
        for number in reversed(range(0, len(self.weights), 2)):
            before = layers[number // 2]
            found.append(back.sum(axis=0))
            found.append(before.T @ back + np.float32(decay) * self.weights[number])
            if number:
                back = (back @ self.weights[number].T) * (before > 0)
        return found[::-1]

    def gradient_lengths(self, x: NDArray[np.float32], y: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """How long the gradient (n,) of each example alone is, without making it: rows' lengths multiply.

        After Goodfellow, "Efficient per-example gradient computations" (2015).
        """
        layers = self._layers(x)
        back = _errors(layers[-1], y, 0.0)
        squares = np.zeros(len(y), np.float32)
        for number in reversed(range(0, len(self.weights), 2)):
            before = layers[number // 2]
            squares += np.square(back).sum(axis=1) * (1 + np.square(before).sum(axis=1))
            if number:
                back = (back @ self.weights[number].T) * (before > 0)
        return np.sqrt(squares)

    def step(self, change: Weights) -> None:
        """Add a change, as an optimizer or a round of many hubs has it, to the weights."""
        self.weights = [weight + delta for weight, delta in zip(self.weights, change, strict=True)]

    def _layers(self, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        layers = [x]
        for number in range(0, len(self.weights), 2):
            value = layers[-1] @ self.weights[number] + self.weights[number + 1]
            layers.append(np.maximum(value, 0) if number + 2 < len(self.weights) else value)
        return layers


class Adam:
    """Steps of a length of their own for every weight: Kingma and Ba, "Adam" (2015)."""

    def __init__(self, rate: float = 1e-3, *, first: float = 0.9, second: float = 0.999) -> None:
        self.rate, self._first, self._second = rate, first, second
        self._steps = 0
        self._means: Weights = []
        self._squares: Weights = []

    def change(self, gradient: Weights) -> Weights:
        """The change of the weights that this gradient asks for."""
        if not self._steps:
            self._means = [np.zeros_like(g) for g in gradient]
            self._squares = [np.zeros_like(g) for g in gradient]
        self._steps += 1
        self._means = [_nearer(mean, g, self._first) for mean, g in zip(self._means, gradient, strict=True)]
        self._squares = [
            _nearer(square, g * g, self._second) for square, g in zip(self._squares, gradient, strict=True)
        ]
        length = -self.rate * math.sqrt(1 - self._second**self._steps) / (1 - self._first**self._steps)
        steps = zip(self._means, self._squares, strict=True)
        return [(mean * length / (np.sqrt(square) + 1e-8)).astype(np.float32) for mean, square in steps]


def _nearer(old: NDArray[np.float32], new: NDArray[np.float32], kept: float) -> NDArray[np.float32]:
    return (new + (old - new) * kept).astype(np.float32)


def fit(
    network: Network,
    x: NDArray[np.float32],
    y: NDArray[np.integer[Any]],
    rng: np.random.Generator,
    *,
    epochs: int,
    batch: int = 256,
    rate: float = 3e-3,
    decay: float = 1e-4,
    smoothing: float = 0.0,
) -> None:
    """Train on inputs (n, in) and classes (n,), in place: shuffled minibatches, a rate that falls to nothing.

    The same numbers and the same generator give the same weights on the same machine.
    """
    adam, done = Adam(), 0
    total = epochs * -(-len(x) // batch)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            some = order[start : start + batch]
            adam.rate = rate * 0.5 * (1 + math.cos(math.pi * done / total))
            network.step(adam.change(network.gradient(x[some], y[some], decay=decay, smoothing=smoothing)))
            done += 1


def _of_classes(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The logits (n, classes) that a last layer's values (n, outputs) stand for."""
    return np.hstack([np.zeros_like(values), values]) if values.shape[1] == 1 else values


def _errors(values: NDArray[np.float32], y: NDArray[np.integer[Any]], smoothing: float) -> NDArray[np.float32]:
    """How far the last layer's values (n, outputs) are from what the classes (n,) want, as the loss weighs it."""
    logits = _of_classes(values)
    wanted = np.full_like(logits, smoothing / logits.shape[1])
    wanted[np.arange(len(y)), y] += np.float32(1.0 - smoothing)
    return (softmax(logits) - wanted)[:, -values.shape[1] :]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits (n, classes) as shares that add up to 1."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def cross_entropy(logits: NDArray[np.float32], y: NDArray[np.integer[Any]]) -> float:
    """The mean cross-entropy of classes (n,), in nats."""
    top = logits.max(axis=1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return float(np.mean(total - logits[np.arange(len(y)), y]))
