"""Cameras: open and closed. A closed one is off: its device is closed and nobody looks."""

from hub.sdk import Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()


@skill.intent("turn_on", "turn_off")
async def turn(ctx: Context, target: Target, value: bool) -> str:
    """Open or close what was named."""
    return await summarize(ctx, "on" if value else "off", await ctx.home.command(target, "OnOff", value))
