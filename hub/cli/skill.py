"""`hearth skill`: write skills, pack them, and install those of others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.cli.skill_author import agreed, check, new, pack, test
from hub.cli.skill_dev import dev
from hub.core.errors import PackageError
from hub.core.paths import HomePaths
from hub.core.settings_file import load_settings

if TYPE_CHECKING:
    from hub.plugins.installed import Plan

_YES = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.group()
def skill() -> None:
    """Skills: write one, check, test and pack it; install, list and remove those of others."""
    log_to_stderr("error")


for _command in (new, check, test, dev, pack):
    skill.add_command(_command)


@skill.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_YES
@click.option("--allow-more", is_flag=True, help="Agree to what an update asks for beyond what its forerunner had.")
@home_option
@json_option
def install(file: Path, yes: bool, allow_more: bool, config: str | None, as_json: bool) -> int:
    """Install the package FILE into the home. Everything about it is checked before anything is unpacked."""
    from hub.plugins.author_key import fingerprint
    from hub.plugins.grant_words import in_words
    from hub.plugins.installed import InstalledSkills
    from hub.plugins.package import read_package_file

    with chosen_home(config) as paths:
        skills = InstalledSkills(paths.root)
        plan = skills.plan(read_package_file(file))
        if not (as_json and yes):
            _show(plan, err=as_json)
        if plan.before is not None and plan.more and yes and not allow_more:
            name = plan.package.manifest.id
            raise PackageError(
                f"this {name} asks for more than {plan.before.version}", remedy="agree with --allow-more"
            )
        if not yes and not agreed("Install it?"):
            return failure("nothing was installed")
        done = skills.install(plan)
        if as_json:
            before = plan.before.version if plan.before else None
            line = {"event": "installed", "skill": done.id, "version": done.version, "before": before}
            emit({**line, "signer": fingerprint(done.signer), "grants": [in_words(g) for g in done.grant]})
        else:
            click.echo(f"installed {done.id} {done.version}; it runs when the hub starts")
    return 0


def _show(plan: "Plan", *, err: bool) -> None:
    """Who signed the package, what it may do, and what of that is new."""
    from hub.plugins.author_key import fingerprint
    from hub.plugins.grant_words import in_words, plain

    manifest, index = plan.package.manifest, plan.package.index
    lines = [f"{plain(manifest.name)} ({manifest.id} {manifest.version}), signed by {fingerprint(index.signer)}"]
    lines += (
        ["It may:", *(f"  - {in_words(g)}" for g in manifest.grant)] if manifest.grant else ["It asks for nothing."]
    )
    if plan.before is not None and plan.more:
        lines += [f"New since {plan.before.version}:", *(f"  - {in_words(g)}" for g in plan.more)]
    click.echo("\n".join(lines), err=err)


@skill.command("list")
@home_option
@json_option
def list_skills(config: str | None, as_json: bool) -> None:
    """The skills of this home: those that come with the hub, those installed, and those in your own folders."""
    with chosen_home(config) as paths:
        for line in _lines(paths):
            if as_json:
                emit(line)
            else:
                state = "off" if not line["enabled"] else "changed since" if line["changed"] else ""
                click.echo(
                    f"{line['skill']:<20} {line['version']:<10} {line['source']:<10} {line['name']}  {state}".rstrip()
                )


def _lines(paths: HomePaths) -> "list[dict[str, object]]":
    import msgspec

    from hub.plugins.author_key import fingerprint
    from hub.plugins.discovery import find_skills
    from hub.plugins.grant_words import in_words, plain
    from hub.plugins.installed import InstalledSkills

    settings, installed = load_settings(paths.settings).settings.plugins, InstalledSkills(paths.root)
    known = {one.id: one for one in installed.all()}
    lines: list[dict[str, object]] = []
    found = find_skills(msgspec.structs.replace(settings, disabled=()), paths.root)
    for broken in found.broken:
        click.echo(f"{broken.plugin}: {broken.error}", err=True)
    for one in found.plugins:
        name = one.manifest.id
        record = known.get(name) if one.folder.parent == paths.root / "skills" else None
        lines.append(
            {
                "skill": name,
                "name": plain(one.manifest.name),
                "version": plain(one.manifest.version),
                "source": "hub" if one.bundled else "installed" if record else "folder",
                "enabled": name not in settings.disabled,
                "signer": fingerprint(record.signer) if record else None,
                "changed": record is not None and installed.changed(record),
                "grants": [in_words(grant) for grant in one.manifest.grant],
            }
        )
    return lines


@skill.command()
@click.argument("name")
@_YES
@home_option
@json_option
def remove(name: str, yes: bool, config: str | None, as_json: bool) -> int:
    """Take the installed skill NAME out of the home."""
    from hub.plugins.installed import InstalledSkills

    with chosen_home(config) as paths:
        if not yes and not agreed(f"Remove {name}?"):
            return failure("nothing was removed")
        gone = InstalledSkills(paths.root).remove(name)
        if as_json:
            emit({"event": "removed", "skill": gone.id, "version": gone.version})
        else:
            click.echo(f"removed {gone.id} {gone.version}; a hub that runs keeps it until it stops")
    return 0
