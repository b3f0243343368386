"""On and off, for everything that has a switch."""

from hub.sdk import Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()


@skill.intent("turn_on", "turn_off", "start", "stop", "lights_out")
async def turn(ctx: Context, target: Target, value: bool) -> str:
    """Switch all of the target."""
    return await summarize(ctx, "on" if value else "off", await ctx.home.command(target, "OnOff", value))


@skill.intent("toggle")
async def toggle(ctx: Context, target: Target) -> str:
    """Turn off what is on; when nothing of the target is, turn it on."""
    lit = [(await ctx.home.states(entity)).get("OnOff") for entity in target]
    return await turn(ctx, target, not any(lit))
