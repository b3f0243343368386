"""Pictures can be read by everybody: described in words, and legible in light and in dark."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: the contrast of text."""
BEHIND = {"ink": ("panel", "card"), "soft": ("panel", "card"), "warm": ("sealed",), "onlight": ("light",)}
"""Class of text -> the classes of what it stands on."""


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _fills(css: str) -> dict[str, str]:
    return dict(re.findall(r"\.(\w+) \{[^}]*?fill: (#[0-9a-f]{6})", css))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.name)
def test_text_stands_out_in_light_and_dark(picture: Path) -> None:
    style = ElementTree.parse(picture).getroot().findtext(f"{SVG}style") or ""
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    for fills in (_fills(light), {**_fills(light), **_fills(dark)}):
        for text, grounds in BEHIND.items():
            for ground in grounds:
                assert _contrast(fills[text], fills[ground]) >= ENOUGH, (text, ground, fills)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.name)
def test_a_picture_says_what_it_shows(picture: Path) -> None:
    root = ElementTree.parse(picture).getroot()
    assert root.get("role") == "img"
    named = {element.get("id"): (element.text or "").strip() for element in root}
    words = [named.get(name) for name in (root.get("aria-labelledby") or "").split()]
    assert len(words) == 2
    assert all(words)
