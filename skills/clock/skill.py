"""What time and what day it is."""

from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("time", "date")
async def now(ctx: Context, key: str) -> str:
    """The time or the date of the home."""
    return ctx.reply(key, now=ctx.clock.now().isoformat())
