"""What a household does with skills: install those of others, switch and remove them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option
from hub.cli.skill.author import agreed
from hub.core.errors import PackageError

if TYPE_CHECKING:
    from hub.cli.skill.work import Done
    from hub.plugins.skills.known_skill import AskedGrant, Reviewed

_YES = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_YES
@click.option("--allow-more", is_flag=True, help="Agree to what an update asks for beyond what its forerunner had.")
@click.option("--without", multiple=True, metavar="GRANT", help="Do not grant this, where it can do without.")
@home_option
@json_option
def install(
    file: Path, yes: bool, allow_more: bool, without: tuple[str, ...], config: str | None, as_json: bool
) -> int:
    """Install the package FILE into the home. Everything about it is checked before anything is unpacked.

    A hub that runs takes it up at once.
    """
    from hub.cli.skill.work import skill_work
    from hub.plugins.packages.package import package_bytes

    with chosen_home(config) as paths:
        work = skill_work(paths)
        found = work.review(package_bytes(file), str(file))
        if not (as_json and yes):
            _show(found, err=as_json)
        more = [one for one in found.grants if one.new and one.grant not in without]
        if more and yes and not allow_more:
            raise PackageError(
                f"this {found.skill} asks for more than {found.before}", remedy="agree with --allow-more"
            )
        if not yes and not agreed("Install it?"):
            return failure("nothing was installed")
        unknown = set(without) - {one.grant for one in found.grants}
        if unknown:
            raise PackageError(f"it does not ask for {min(unknown)!r}", remedy="leave out --without")
        done = work.install(found, [one.grant for one in found.grants if one.grant not in without])
    if as_json:
        line = {"event": "installed", "skill": done.skill, "version": done.version, "before": found.before or None}
        emit({**line, "signer": found.signer, "grants": done.grants, "state": done.state})
    else:
        click.echo(f"installed {done.skill} {done.version}; {_state(done)}")
    return 1 if done.state == "left_out" else 0


def _state(done: "Done") -> str:
    if not done.state:
        return "it runs when the hub starts"
    return "it runs" if done.state == "running" else f"it does not run: {done.reason}"


def _show(found: "Reviewed", *, err: bool) -> None:
    """Who signed the package, what it may do, and what of that is new."""
    known = "" if found.signer_known else ", of whom nothing is installed yet"
    lines = [f"{found.name} ({found.skill} {found.version}), signed by {found.signer}{known}"]
    lines += ["It may:", *(_grant(one) for one in found.grants)] if found.grants else ["It asks for nothing."]
    more = [one for one in found.grants if one.new]
    if more:
        lines += [f"New since {found.before}:", *(f"  - {one.words}" for one in more)]
    click.echo("\n".join(lines), err=err)


def _grant(one: "AskedGrant") -> str:
    return f"  - {one.words}" + (f" (it can do without: --without {one.grant})" if one.optional else "")


@click.command()
@click.argument("name")
@click.argument("state", type=click.Choice(("on", "off")))
@home_option
@json_option
def switch(name: str, state: str, config: str | None, as_json: bool) -> int:
    """Switch the skill NAME on or off; it stays so. A hub that runs follows at once."""
    from hub.cli.skill.work import skill_work

    with chosen_home(config) as paths:
        done = skill_work(paths).switch(name, state == "on")
    if as_json:
        emit({"event": "switched", "skill": done.skill, "on": state == "on", "state": done.state})
    else:
        click.echo(f"{done.skill} is {state}" + (f"; it does not run: {done.reason}" if done.reason else ""))
    return 0


@click.command()
@click.argument("name")
@_YES
@home_option
@json_option
def remove(name: str, yes: bool, config: str | None, as_json: bool) -> int:
    """Take the installed skill NAME out of the home, with all that it kept. A hub that runs stops it at once."""
    from hub.cli.skill.work import skill_work

    with chosen_home(config) as paths:
        if not yes and not agreed(f"Remove {name}?"):
            return failure("nothing was removed")
        gone = skill_work(paths).remove(name)
    if as_json:
        emit({"event": "removed", "skill": gone.skill, "version": gone.version})
    else:
        click.echo(f"removed {gone.skill} {gone.version}")
    return 0
