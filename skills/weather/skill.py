"""Says that there is no weather here, rather than nothing."""

from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("weather")
async def weather(ctx: Context, place: str = "") -> str:
    """This hub asks nobody outside the home, and so knows no weather."""
    return ctx.reply("none", place=place)
