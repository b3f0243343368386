"""Doors: lock and unlock. Whether to ask before unlocking is the home's decision, not this skill's."""

from hub.sdk import Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()


@skill.intent("lock")
async def lock(ctx: Context, target: Target | None = None) -> str:
    """Lock what was named, or every lock."""
    if target is None:
        target = Target(tuple(e.id for e in await ctx.home.entities(kind="lock", trait="Lock")))
    return await summarize(ctx, "locked", await ctx.home.command(target, "Lock", "locked"))


@skill.intent("unlock")
async def unlock(ctx: Context, target: Target) -> str:
    """Unlock what was named."""
    return await summarize(ctx, "unlocked", await ctx.home.command(target, "Lock", "unlocked"))
