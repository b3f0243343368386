"""A skill of somebody else, installed through the page: seen, agreed to, understood at once, and removed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from hub.guard.sealing.syscalls import this_architecture
from hub.plugins.packages.author_key import AuthorKey, fingerprint
from tests.command import hearth, lines_of
from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit
from tests.plugins.packages import crafted

pytestmark = [
    *BROWSES,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="cages need Linux on x86-64 or arm64"),
]
MANIFEST = b"""id = "dinner"
name = "Dinner"
version = "1.0"
api = 1
description = "Remembers what there is for dinner."
[[grant]]
port = "store"
why = "To remember the dish."
[[grant]]
port = "home.people"
why = "To know for how many."
optional = true
[[setting]]
name = "dish"
label = "The dish"
default = "Soup"
[[setting]]
name = "guests"
label = "Guests"
default = 2
min = 0
[[setting]]
name = "loud"
label = "Say it loudly"
default = false
"""
CODE = b"""from hub.sdk import Context, GrantError, Skill
skill = Skill()

@skill.intent("tell")
async def tell(ctx: Context) -> str:
    try:
        await ctx.home.whereabouts()
    except GrantError:
        return "Soup for nobody I know of."
    told = f"{ctx.settings['dish']} for everybody and {ctx.settings['guests']} more"
    return told + ("!" if ctx.settings["loud"] else ".")
"""
LOCALE = b"""language: en
intents:
  tell:
    sentences: ["what is for dinner"]
    examples: [what is for dinner]
"""
FILES = {"skill.toml": MANIFEST, "skill.py": CODE, "locale/en.yaml": LOCALE}
ASKED = "what is for dinner"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AuthorKey:
    return AuthorKey.at(tmp_path_factory.mktemp("author") / "author.key")


@pytest.fixture(scope="module")
def package(key: AuthorKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("package") / "dinner-1.0.hearthskill"
    file.write_bytes(crafted(FILES, key, id="dinner"))
    return file


def said(hub: RunningHub) -> str:
    _, answer = hub.post("api/v1/say", text=ASKED)
    return str(answer["reply"]) if answer["understood"] else ""


def test_a_skill_is_installed_understood_and_removed(
    visit: Visit, hub: RunningHub, key: AuthorKey, package: Path
) -> None:
    page = visit.page
    visit.go("skills")
    assert said(hub) == ""
    page.get_by_label("File").set_input_files(package)
    review = page.locator(".review")
    expect(review.get_by_role("heading", name="Dinner 1.0")).to_be_focused()
    expect(review).to_contain_text(fingerprint(key.signer))
    expect(review.locator(".warning")).to_contain_text("Nothing of this author")
    expect(review.get_by_label("Remember small things of its own")).to_be_disabled()
    expect(review.get_by_label("Know which rooms are in use")).not_to_be_checked()
    expect(review).to_contain_text(ASKED)
    assert visit.axe("a skill under review") == []
    assert said(hub) == ""
    review.get_by_role("button", name="Install").click()
    dinner = page.locator("[data-skill='dinner']")
    expect(dinner).to_contain_text("Running")
    assert said(hub) == "Soup for nobody I know of."

    dinner.get_by_label("Know which rooms are in use").check()
    dinner.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("status").filter(has_text="Dinner now may do this")).to_be_visible()
    assert said(hub) == "Soup for everybody and 2 more."
    dinner.get_by_label("Settings: Dinner").click()
    dinner.get_by_role("textbox", name="The dish").fill("Stew")
    dinner.get_by_label("Guests").fill("3")
    dinner.get_by_label("Say it loudly").check()
    dinner.locator("form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Dinner does so from now on")).to_be_visible()
    assert said(hub) == "Stew for everybody and 3 more!"
    assert visit.axe("an installed skill") == []

    dinner.get_by_role("switch", name="Dinner").uncheck()
    expect(dinner.locator(".state")).to_have_text("Off")
    assert said(hub) == ""
    dinner.get_by_role("switch", name="Dinner").check()
    expect(dinner.locator(".state")).to_have_text("Running")
    dinner.get_by_role("button", name="Remove: Dinner").click()
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Cancel").click()
    expect(dinner).to_be_visible()
    dinner.get_by_role("button", name="Remove: Dinner").click()
    question.get_by_role("button", name="Yes, go on").click()
    expect(dinner).to_have_count(0)
    assert said(hub) == ""


def test_threat_38_a_forged_package_is_refused_and_the_page_says_why(
    visit: Visit, hub: RunningHub, key: AuthorKey, tmp_path: Path
) -> None:
    file = tmp_path / "evil.hearthskill"
    file.write_bytes(crafted({**FILES, "../evil": b""}, key, id="dinner"))
    visit.go("skills")
    visit.page.get_by_label("File").set_input_files(file)
    expect(visit.page.get_by_role("alert").filter(has_text="a file may not be named")).to_be_visible()
    expect(visit.page.locator(".review")).to_have_count(0)


def test_what_the_command_installs_is_there_at_once(hub: RunningHub, package: Path) -> None:
    home = hub.home
    done = hearth("skill", "install", package, "--yes", "--json", "--without", "home.people", "--config", home)
    assert (lines_of(done)[0]["state"], done.stderr) == ("running", "")
    assert said(hub) == "Soup for nobody I know of."
    [gone] = lines_of(hearth("skill", "remove", "dinner", "--yes", "--json", "--config", home))
    assert (gone["skill"], gone["version"]) == ("dinner", "1.0")
    assert said(hub) == ""
