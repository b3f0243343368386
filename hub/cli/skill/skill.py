"""`hearth skill`: write skills, pack them, and install those of others."""

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.skill.author import check, new, pack, test
from hub.cli.skill.dev import dev
from hub.cli.skill.household import install, remove, switch
from hub.core.paths import HomePaths
from hub.core.settings_file import load_settings


@click.group()
def skill() -> None:
    """Skills: write one, check, test and pack it; install, switch and remove those of others."""
    log_to_stderr("error")


for _command in (new, check, test, dev, pack, install, switch, remove):
    skill.add_command(_command)


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


def _lines(paths: HomePaths) -> list[dict[str, object]]:
    import msgspec

    from hub.plugins.discovery import find_skills
    from hub.plugins.packages.author_key import fingerprint
    from hub.plugins.packages.grant_words import in_words, plain
    from hub.plugins.packages.installed import InstalledSkills
    from hub.plugins.skill_switches import SkillSwitches

    settings, installed = load_settings(paths.settings).settings.plugins, InstalledSkills(paths.root)
    off = {*settings.disabled, *SkillSwitches(paths.root).off()}
    known = {one.id: one for one in installed.all()}
    lines: list[dict[str, object]] = []
    found = find_skills(msgspec.structs.replace(settings, disabled=()), paths.root, also_off=True)
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
                "enabled": name not in off,
                "signer": fingerprint(record.signer) if record else None,
                "changed": record is not None and installed.changed(record),
                "grants": [in_words(grant) for grant in one.manifest.grant],
            }
        )
    return lines
