"""A skill beside the harmful one."""

import os

from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("tell")
async def tell(ctx: Context) -> str:
    """Its process."""
    return str(os.getpid())
