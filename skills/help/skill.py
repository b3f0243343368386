"""What can be asked for in this home."""

from hub.sdk import Context, Skill

skill = Skill()
_SPOKEN_OF = ("light", "cover", "climate", "fan", "lock", "media_player", "vacuum", "scene")


@skill.intent("abilities")
async def abilities(ctx: Context) -> str:
    """Examples, for the kinds of things that are here only."""
    kinds = {e.kind for e in await ctx.home.entities()}
    return ctx.reply("abilities", kinds=[k for k in _SPOKEN_OF if k in kinds])


@skill.intent("name", "thanks")
async def manners(ctx: Context, key: str) -> str:
    """Who it is, and you are welcome."""
    return ctx.reply(key)
