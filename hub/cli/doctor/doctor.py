"""`hearth doctor`: what could be wrong here, and the step that mends it."""

import asyncio

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option, log_to_stderr


@click.command()
@home_option
@json_option
def doctor(config: str | None, as_json: bool) -> int:
    """Check this machine and this home. Exits with 1 when something is broken; what is merely absent is only told."""
    from hub.cli.doctor.checks import examine

    log_to_stderr("error")
    broken: list[str] = []
    with chosen_home(config) as paths:
        for finding in asyncio.run(examine(paths)):
            if finding.level == "broken":
                broken.append(finding.check)
            if as_json:
                emit(finding)
                continue
            mark = {"ok": "✓", "absent": "-", "broken": "✗"}[finding.level]
            click.echo(f"{mark} {finding.check}: {finding.detail}")
            if finding.mend:
                click.echo(f"    {finding.mend}")
    return failure(f"broken: {', '.join(broken)}") if broken else 0
