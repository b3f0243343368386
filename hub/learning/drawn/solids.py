"""Solid shapes in a picture: capsules in pixels become a relief, and light falls on it.

A body of capsules, seen from far away (orthographic), is a height map; its slope gives the normals, Lambert's law the
light. That is enough for networks that learned on photographs to see flesh.
"""

import math
from collections.abc import Iterable

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB."""
Colour = tuple[int, int, int]
Point = tuple[float, float, float]
_FAR = -1e6
_AMBIENT, _DIFFUSE = 0.42, 0.62


class Capsule(Struct, frozen=True):
    """A ball on its way from `start` to `end` (x to the right, y down, z towards the camera, in pixels)."""

    start: Point
    end: Point
    radius: float
    end_radius: float
    colour: Colour


class Light(Struct, frozen=True):
    """Where light comes from (x to the right, y up, z from the camera) and how bright the picture is (1: usual)."""

    direction: Point = (-0.4, 0.5, 0.8)
    exposure: float = 1.0


class Relief(Struct, frozen=True):
    """What solids look like from the front: the box they fill in the picture (left, top), and there how near they are
    (h, w; very far where nothing is) and their colours (h, w, 3).
    """

    left: int
    top: int
    depth: NDArray[np.float32]
    colour: NDArray[np.float32]


def relief(capsules: Iterable[Capsule], size: tuple[int, int]) -> Relief | None:
    """The relief of capsules within a picture of (width, height); None when nothing of them is in it."""
    width, height = size
    depth = np.full((height, width), _FAR, np.float32)
    colour = np.zeros((height, width, 3), np.float32)
    left, top, right, bottom = width, height, 0, 0
    for capsule in capsules:
        reach = max(capsule.radius, capsule.end_radius) + 1
        xs, ys = (capsule.start[0], capsule.end[0]), (capsule.start[1], capsule.end[1])
        x0, x1 = max(0, math.floor(min(xs) - reach)), min(width, math.ceil(max(xs) + reach) + 1)
        y0, y1 = max(0, math.floor(min(ys) - reach)), min(height, math.ceil(max(ys) + reach) + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        left, top, right, bottom = min(left, x0), min(top, y0), max(right, x1), max(bottom, y1)
        near = _nearness(capsule, np.arange(x0, x1), np.arange(y0, y1))
        part = depth[y0:y1, x0:x1]
        wins = near > part
        part[wins] = near[wins]
        colour[y0:y1, x0:x1][wins] = capsule.colour
    if left >= right or top >= bottom:
        return None
    return Relief(left, top, depth[top:bottom, left:right], colour[top:bottom, left:right])


def _nearness(capsule: Capsule, xs: NDArray[np.int64], ys: NDArray[np.int64]) -> NDArray[np.float32]:
    """How near the capsule comes to the camera at each pixel (h, w).

    That is where the ball that reaches nearest touches the pixel's ray: for a radius that does not change, its place
    along the capsule follows from setting the derivative to zero; for one that changes slowly it is close to that.
    """
    start, end = np.array(capsule.start), np.array(capsule.end)
    across_x, across_y, deep = end - start
    flat = math.hypot(across_x, across_y)
    growth = capsule.end_radius - capsule.radius
    dx = (xs - start[0]).astype(np.float32)[None, :]
    dy = (ys - start[1]).astype(np.float32)[:, None]

    def ball(share: NDArray[np.float32] | float) -> NDArray[np.float32]:
        radius = capsule.radius + growth * share
        left = radius**2 - (dx - across_x * share) ** 2 - (dy - across_y * share) ** 2
        near = np.where(left > 0, start[2] + deep * share + np.sqrt(np.maximum(left, 0)), _FAR)
        result: NDArray[np.float32] = near.astype(np.float32)
        return result

    nearest = np.maximum(ball(0.0), ball(1.0))
    if flat > 1e-3:
        along = (dx * across_x + dy * across_y) / flat
        aside = (dx * across_y - dy * across_x) / flat
        beside = np.clip(along / flat, 0, 1)
        radius = capsule.radius + growth * beside
        inside = np.sqrt(np.maximum(radius**2 - aside**2, 0))
        share = np.clip((along + inside * deep / math.hypot(flat, deep)) / flat, 0, 1)
        nearest = np.maximum(nearest, np.maximum(ball(beside), ball(share)))
    return nearest


def put(picture: Picture, solids: Relief, light: Light, *, grain: float, shadow: float = 0.0) -> None:
    """Light a relief and lay it over the picture, in place.

    `grain` is the size of its smallest part in pixels (a finger's thickness): folds finer than that are smoothed.
    `shadow` darkens what is behind, to the lower right, as a wall near it would.
    """
    there = solids.depth > _FAR / 2
    if not there.any():
        return
    if shadow:
        _shadow(picture, solids, there, grain, shadow)
    filled = np.where(there, solids.depth, solids.depth[there].min()).astype(np.float32)
    smooth = cv2.GaussianBlur(filled, (0, 0), max(0.6, grain * 0.12))
    slope_y, slope_x = np.gradient(smooth)
    normal = np.dstack([-slope_x, slope_y, np.ones_like(slope_x)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    towards = np.array(light.direction, np.float32)
    lit = np.clip(normal @ (towards / np.linalg.norm(towards)), 0, 1)
    hollow = np.clip(cv2.GaussianBlur(filled, (0, 0), max(1.0, grain)) - smooth, 0, None)
    open_sky = np.clip(1 - 0.9 * np.clip(hollow / max(1.0, grain * 2.5), 0, 1), 0.45, 1)
    bright = (_AMBIENT + _DIFFUSE * lit) * open_sky
    flesh = solids.colour * bright[..., None]
    flesh[..., 0] += 14 * (1 - lit) * open_sky  # blood shines red through what is in shade
    edge = cv2.GaussianBlur(there.astype(np.float32), (0, 0), 0.8)[..., None]
    spread = cv2.GaussianBlur(np.where(there[..., None], flesh, 0).astype(np.float32), (0, 0), 0.8)
    part = picture[solids.top : solids.top + there.shape[0], solids.left : solids.left + there.shape[1]]
    mixed = part * (1 - edge) + np.where(there[..., None], flesh * edge, spread)
    part[:] = np.clip(mixed, 0, 255).astype(np.uint8)


def _shadow(picture: Picture, solids: Relief, there: NDArray[np.bool_], grain: float, strength: float) -> None:
    height, width = picture.shape[:2]
    whole = np.zeros((height, width), np.float32)
    off = round(grain * 0.6)
    top, left = min(solids.top + off, height), min(solids.left + off, width)
    part = whole[top : top + there.shape[0], left : left + there.shape[1]]
    part[:] = there[: part.shape[0], : part.shape[1]]
    small = cv2.resize(whole, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), max(0.8, grain * 0.2)), (width, height))
    picture[:] = (picture * (1 - strength * soft)[..., None]).astype(np.uint8)
