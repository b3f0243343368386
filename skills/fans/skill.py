"""The speed of fans."""

from hub.sdk import CommandResult, Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()
_SLOWEST = 10  # percent: slower than this is off


@skill.intent("speed")
async def speed(ctx: Context, target: Target, percent: float) -> str:
    """Let fans run at `percent` of their speed."""
    level = round(percent)
    return await summarize(ctx, "speed", await ctx.home.command(target, "Level", level), percent=level)


@skill.intent("faster", "slower")
async def nudge(ctx: Context, target: Target, sign: int, percent: float = 25.0) -> str:
    """Let fans run faster or slower than they do."""
    results: list[CommandResult] = []
    for fan in target:
        states = await ctx.home.states(fan)
        now = 0.0 if states.get("OnOff") is False else float(states.get("Level") or 0)
        level = max(_SLOWEST, min(100, round(now + sign * percent)))
        results += await ctx.home.command(fan, "Level", level)
    return await summarize(ctx, "faster" if sign > 0 else "slower", results)
