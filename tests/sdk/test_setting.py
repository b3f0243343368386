"""Settings of a skill: what may be chosen, and what a manifest may offer."""

from typing import Any

import pytest

from hub.core.errors import ManifestError, ValueRefusedError
from hub.sdk.manifest import SkillManifest, parse_manifest
from hub.sdk.setting import SkillSetting, chosen_or_default

FLAG = SkillSetting(name="flag", label="Flag", default=True)
COUNT = SkillSetting(name="count", label="Count", default=3, min=1, max=9)
SHARE = SkillSetting(name="share", label="Share", default=0.5)
CITY = SkillSetting(name="city", label="City", default="")
UNIT = SkillSetting(name="unit", label="Unit", default="C", options=("C", "F"))


@pytest.mark.parametrize(
    ("setting", "value", "chosen"),
    [(FLAG, False, False), (COUNT, 9, 9), (COUNT, 2.0, 2), (SHARE, 1, 1.0), (CITY, "Wien", "Wien"), (UNIT, "F", "F")],
)
def test_what_fits_is_chosen(setting: SkillSetting, value: Any, chosen: Any) -> None:
    found = setting.checked(value)
    assert (found, type(found)) == (chosen, type(chosen))


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        (FLAG, 1, "yes or no"), (FLAG, "true", "yes or no"), (COUNT, True, "whole number from 1 up to 9"),
        (COUNT, 10, "from 1 up to 9"), (COUNT, 2.5, "whole"), (SHARE, float("nan"), "a number"), (SHARE, "1", "number"),
        (CITY, "x" * 501, "500 characters"), (CITY, None, "text"), (UNIT, "K", "one of C, F"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_what_does(setting: SkillSetting, value: Any, says: str) -> None:
    with pytest.raises(ValueRefusedError) as caught:
        setting.checked(value)
    assert says in caught.value.remedy


def test_what_does_not_fit_any_more_is_the_default() -> None:
    chosen = {"count": 12, "unit": "F", "gone": 1}
    assert chosen_or_default([COUNT, UNIT, CITY], chosen) == {"count": 3, "unit": "F", "city": ""}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('name = "a"\nlabel = "A"\ndefault = 1\n[[setting]]\nname = "a"\nlabel = "A"\ndefault = 1', "named a"),
        ('name = "a"\nlabel = "A"\ndefault = 1\nmin = 2', "its default"),
        ('name = "a"\nlabel = "A"\ndefault = "x"\noptions = ["y"]', "its default"),
        ('name = "a"\nlabel = "A"\ndefault = 1\noptions = ["y"]', "is no text"),
        ('name = "A"\nlabel = "A"\ndefault = 1', "regex"),
        ('name = "a"\nlabel = "A"\ndefault = [1]', "default"),
        ('name = "a"\nlabel = "A"\ndefault = nan', "its default"),
    ],
)
def test_a_manifest_that_offers_nonsense_is_refused(lines: str, says: str) -> None:
    text = f'id = "mine"\nname = "Mine"\nversion = "1"\napi = 1\n[[setting]]\n{lines}\n'
    with pytest.raises(ManifestError, match=says):
        parse_manifest(text.encode(), "skill.toml", SkillManifest)
