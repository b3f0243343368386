"""Colours and light in the units that devices speak: rgb, hs, xy, mired and scales."""

import colorsys


def hex_of(red: float, green: float, blue: float) -> str:
    """#rrggbb of 0 to 255."""
    return "#" + "".join(f"{max(0, min(255, round(c))):02x}" for c in (red, green, blue))


def rgb_of(colour: str) -> tuple[int, int, int]:
    """0 to 255 of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hex_of_hs(hue: float, saturation: float) -> str:
    """#rrggbb at full brightness of hue 0 to 360 and saturation 0 to 100."""
    return hex_of(*(c * 255 for c in colorsys.hsv_to_rgb((hue % 360) / 360, max(0, min(100, saturation)) / 100, 1)))


def hs_of(colour: str) -> tuple[float, float]:
    """Hue 0 to 360 and saturation 0 to 100 of #rrggbb."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(c / 255 for c in rgb_of(colour)))
    return round(hue * 360, 2), round(saturation * 100, 2)


def hex_of_xy(x: float, y: float) -> str:
    """#rrggbb at full brightness of CIE 1931 xy (sRGB primaries, D65)."""
    y = max(y, 1e-4)
    big_x, big_z = x / y, (1 - x - y) / y
    linear = (
        3.2404542 * big_x - 1.5371385 - 0.4985314 * big_z,
        -0.9692660 * big_x + 1.8760108 + 0.0415560 * big_z,
        0.0556434 * big_x - 0.2040259 + 1.0572252 * big_z,
    )
    top = max(*linear, 1e-9)
    return hex_of(*(255 * _gamma(max(0.0, c / top)) for c in linear))


def xy_of(colour: str) -> tuple[float, float]:
    """CIE 1931 xy of #rrggbb; black gives the white point."""
    red, green, blue = (_linear(c / 255) for c in rgb_of(colour))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    total = x + y + z
    return (round(x / total, 4), round(y / total, 4)) if total else (0.3127, 0.329)


def _gamma(c: float) -> float:
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def kelvin_of(mired: float) -> int:
    """Kelvin of mired, inside what the trait allows."""
    return round(max(1000, min(12000, 1_000_000 / max(mired, 1))))


def mired_of(kelvin: float) -> int:
    """Mired of kelvin."""
    return round(1_000_000 / max(kelvin, 1))


def percent_of(raw: float, low: float, high: float) -> int:
    """`raw` between `low` and `high` (either may be the larger) as 0 to 100."""
    if high == low:
        return 0
    percent = max(0.0, min(100.0, (raw - low) / (high - low) * 100))
    return 1 if 0 < percent < 1 else round(percent)  # a lamp at 1 of 255 is not off


def scaled(percent: float, low: float, high: float) -> int:
    """0 to 100 as a whole number between `low` and `high`."""
    return round(low + (high - low) * percent / 100)
