import pytest
import yaml

from hub.core.errors import ManifestError
from hub.sdk.safe_yaml import load_yaml


def test_plain_data_and_honest_aliases_are_read():
    assert load_yaml("a: &a [1, {b: x}]\nc: *a", "f") == {"a": [1, {"b": "x"}], "c": [1, {"b": "x"}]}


def test_what_swells_is_refused_before_it_does():
    nested = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    flat = f"a: &a [{','.join(['1'] * 1000)}]\nb: [{','.join(['*a'] * 1000)}]"
    for text in (nested, flat, "a: &a [*a]"):
        with pytest.raises(ManifestError, match="swell"):
            load_yaml(text, "f")


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "a: [", "a: *nowhere", "\x00"])
def test_code_and_nonsense_are_refused(text):
    with pytest.raises(yaml.YAMLError):
        load_yaml(text, "f")
