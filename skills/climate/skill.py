"""Heating and cooling: set a temperature, warmer, cooler, on, off and modes."""

import asyncio

from hub.sdk import CommandResult, Context, Entity, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()
_ON_MODES = ("heat", "auto", "heat_cool", "cool", "on")  # what "on" means, best first


@skill.intent("set")
async def set_temperature(ctx: Context, temperature: float, target: Target | None = None, area: str = "") -> str:
    """Set thermostats to a temperature in their unit."""
    results = await _command(ctx, {e.id: temperature for e in await _thermostats(ctx, target, area)})
    return await summarize(ctx, "set", results, temperature=temperature)


@skill.intent("warmer", "cooler")
async def nudge(ctx: Context, sign: int, target: Target | None = None, area: str = "", number: int = 1) -> str:
    """Set thermostats some degrees above or below what they are set to."""
    wanted: dict[str, float] = {}
    for thermostat in await _thermostats(ctx, target, area):
        now = (await ctx.home.states(thermostat.id)).get("Setpoint")
        if now is not None:
            wanted[thermostat.id] = float(now) + sign * number
    results = await _command(ctx, wanted)
    if len(set(wanted.values())) == 1 and all(r.ok for r in results):
        return await summarize(ctx, "set", results, temperature=next(iter(wanted.values())))
    return await summarize(ctx, "warmer" if sign > 0 else "cooler", results)


@skill.intent("turn_on", "turn_off")
async def turn(ctx: Context, value: bool, target: Target | None = None, area: str = "") -> str:
    """Turn heating or cooling on or off."""
    results: list[CommandResult] = []
    for thermostat in await _thermostats(ctx, target, area, trait=""):
        if "OnOff" in thermostat.traits:
            results += await ctx.home.command(thermostat.id, "OnOff", value)
        elif mode := _mode(thermostat, _ON_MODES if value else ("off",)):
            results += await ctx.home.command(thermostat.id, "Mode", mode)
    return await summarize(ctx, "on" if value else "off", results)


@skill.intent("mode")
async def set_mode(ctx: Context, mode: str, target: Target | None = None, area: str = "") -> str:
    """Let thermostats heat, cool or decide."""
    results: list[CommandResult] = []
    for thermostat in await _thermostats(ctx, target, area, trait="Mode"):
        results += await ctx.home.command(thermostat.id, "Mode", mode)
    return await summarize(ctx, "mode", results, mode=mode)


async def _thermostats(ctx: Context, target: Target | None, area: str, trait: str = "Setpoint") -> list[Entity]:
    """Those named; else those of another room that was named; else those of the speaker's room; else all."""
    known = await ctx.home.entities(kind="climate", trait=trait)
    if target is not None:
        return [e for e in known if e.id in target.entities]
    if area not in ("", ctx.area):
        return [e for e in known if e.area == area]
    return [e for e in known if ctx.area and e.area == ctx.area] or known


def _mode(thermostat: Entity, wanted: tuple[str, ...]) -> str:
    """The first of the wanted modes that the thermostat offers."""
    config = thermostat.traits.get("Mode")
    return next((m for m in wanted if config is not None and m in config.options), "")


async def _command(ctx: Context, wanted: dict[str, float]) -> list[CommandResult]:
    ended = await asyncio.gather(
        *(ctx.home.command(thermostat, "Setpoint", value) for thermostat, value in wanted.items())
    )
    return [result for results in ended for result in results]
