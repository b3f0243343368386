"""Scenes, by their names."""

from hub.sdk import Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()


@skill.intent("activate")
async def activate(ctx: Context, target: Target) -> str:
    """Set a scene."""
    return await summarize(ctx, "activated", await ctx.home.command(target, "Press", "pressed"))
