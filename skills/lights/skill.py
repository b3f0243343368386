"""Brightness, colour and warmth of lights."""

import asyncio
from collections.abc import Callable

from hub.sdk import CommandResult, Context, Entity, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()
_DIMMEST = 5  # percent: as dark as "dimmer" goes; darker is off
_WARMEST, _NEUTRAL, _COOLEST = 2000, 4000, 6500  # kelvin, for lights that do not say what they can
_WARMTH = {"white": 4000, "#ffffff": 4000, "warm white": 2700, "#ffe4c4": 2700}  # kelvin


@skill.intent("brightness", "brightest", "dimmest")
async def brightness(ctx: Context, percent: float, target: Target | None = None, area: str = "") -> str:
    """Make lights this bright."""
    level = round(percent)
    results = await _change(ctx, await _lights(ctx, target, area), "Level", lambda _: level)
    return await summarize(ctx, "brightness", results, percent=level)


@skill.intent("brighter", "dimmer")
async def nudge(ctx: Context, sign: int, target: Target | None = None, area: str = "", percent: float = 20.0) -> str:
    """Make lights brighter or dimmer than they are."""
    step = round(sign * percent)

    def moved(now: float) -> int:
        return max(_DIMMEST, min(100, round(now) + step))

    results = await _change(ctx, await _lights(ctx, target, area), "Level", moved)
    return await summarize(ctx, "brighter" if step > 0 else "dimmer", results)


@skill.intent("color")
async def color(ctx: Context, color: str, target: Target | None = None, area: str = "") -> str:
    """Give lights a colour; those that only know white take the white that is nearest."""
    lights = await _lights(ctx, target, area)
    results = await _change(ctx, [e for e in lights if "Color" in e.traits], "Color", lambda _: color)
    if color in _WARMTH:
        rest = [e for e in lights if "Color" not in e.traits and "ColorTemperature" in e.traits]
        results += await _change(ctx, rest, "ColorTemperature", lambda _: _WARMTH[color])
    return await summarize(ctx, "color", results or _unable(lights, "Color"))


@skill.intent("warmth", "kelvin")
async def warmth(ctx: Context, number: int, target: Target | None = None, area: str = "") -> str:
    """Make white light as warm as `number` kelvin."""
    lights = await _lights(ctx, target, area)
    able = [e for e in lights if "ColorTemperature" in e.traits]
    results = await _change(ctx, able, "ColorTemperature", lambda _: number)
    return await summarize(ctx, "color", results or _unable(lights, "ColorTemperature"))


@skill.intent("warmer_white", "cooler_white")
async def shift(ctx: Context, kelvin: int, target: Target) -> str:
    """Make white light warmer or cooler than it is, within what the light can."""
    results: list[CommandResult] = []
    for light in await _lights(ctx, target, ""):
        config = light.traits["ColorTemperature"]
        low, high = config.min or _WARMEST, config.max or _COOLEST
        now = (await ctx.home.states(light.id)).get("ColorTemperature") or _NEUTRAL
        wanted = round(max(low, min(high, float(now) + kelvin)))
        results += await ctx.home.command(light.id, "ColorTemperature", wanted)
    return await summarize(ctx, "color", results)


async def _lights(ctx: Context, target: Target | None, area: str) -> list[Entity]:
    """The lights that are meant: those named, else those of the room."""
    lights = await ctx.home.entities(kind="light")
    if target is not None:
        return [e for e in lights if e.id in target.entities]
    room = area or ctx.area
    return [e for e in lights if e.area == room] if room else []


async def _change(
    ctx: Context, lights: list[Entity], trait: str, new: Callable[[float], float | str]
) -> list[CommandResult]:
    """Command each light that has the trait to become `new(what it is now)`, all at once."""
    able = [e for e in lights if trait in e.traits]
    values = [new(await _level(ctx, e.id) if trait == "Level" else 0.0) for e in able]
    ended = await asyncio.gather(*(ctx.home.command(e.id, trait, v) for e, v in zip(able, values, strict=True)))
    return [result for results in ended for result in results] or _unable(lights, trait)


async def _level(ctx: Context, light: str) -> float:
    states = await ctx.home.states(light)
    return 0.0 if states.get("OnOff") is False else float(states.get("Level") or 0)


def _unable(lights: list[Entity], trait: str) -> list[CommandResult]:
    """What to report when none of the lights can do it."""
    return [
        CommandResult(command=0, entity=e.id, trait=trait, value=None, ok=False, code="value_refused") for e in lights
    ]
