"""What the app may set joins what hearth.toml says, and never wins over it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import NotFoundError, ValueRefusedError
from hub.core.kept_settings import KEPT, form_of, is_locked, merged, parsed, value_in
from hub.core.settings import Settings
from hub.core.settings_file import parse_settings

TOML = {
    "home.name": '[home]\nname = "Mill"\n',
    "voice.area": '[voice]\narea = "hall"\n',
    "voice.silence_ms": "[voice]\nsilence_ms = 900\n",
    "learning.enabled": "[learning]\nenabled = false\n",
    "gesture": '[[gesture]]\nname = "fist"\nsay = "lights off"\n',
}
FITS: dict[str, st.SearchStrategy[Any]] = {
    "home.name": st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=100),
    "voice.area": st.sampled_from(["", "hall", "attic"]),
    "voice.silence_ms": st.integers(100, 3000),
    "learning.enabled": st.booleans(),
    "gesture": st.lists(
        st.fixed_dictionaries({"name": st.sampled_from(["fist", "ok"]), "does": st.sampled_from(["stop", "nothing"])})
    ),
}
UNFIT: dict[str, st.SearchStrategy[Any]] = {
    "home.name": st.sampled_from([7, None, "x" * 101, "a\nb", ["Mill"]]),
    "voice.area": st.sampled_from([1, "a\x00", {}]),
    "voice.silence_ms": st.sampled_from([99, 3001, "700", True, 1.5]),
    "learning.enabled": st.sampled_from([0, "yes", None]),
    "gesture": st.sampled_from([{}, [{"name": "wave"}], [{"does": "stop"}], [{"name": "ok", "say": "x" * 201}]]),
}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_file_wins_what_fits_holds_and_the_rest_is_told(data: st.DataObject) -> None:
    written = data.draw(st.sets(st.sampled_from(sorted(set(TOML) - {"voice.silence_ms"}))))
    good = {key: data.draw(FITS[key]) for key in data.draw(st.sets(st.sampled_from(sorted(FITS))))}
    bad = {key: data.draw(UNFIT[key]) for key in data.draw(st.sets(st.sampled_from(sorted(UNFIT)))) - good.keys()}
    loaded = parse_settings("\n".join(TOML[key] for key in sorted(written)))
    joined = merged(loaded.settings, loaded.said, {**good, **bad, "safety.deny": []}, {})
    found, problems = joined.settings, joined.problems
    assert joined.kept == good.keys() - written
    for key in TOML:
        if key in written:
            assert is_locked(key, loaded.said)
            assert value_in(found, key) == value_in(loaded.settings, key)
        elif key in good:
            assert value_in(found, key) == parsed(key, good[key], {})
        else:
            assert value_in(found, key) == value_in(Settings(), key)
    told = " ".join(problem.message for problem in problems)
    assert {key for key in bad if f"{key}:" in told} == bad.keys() - written
    assert "safety.deny" in told and len(problems) == len(bad.keys() - written) + 1


def test_a_table_with_a_mistake_is_locked_as_a_whole() -> None:
    for text in ("[voice]\nmicrophone = maybe\n", '[voice]\nmicrophone = "no"\n', "voice.microphone = 3\n"):
        loaded = parse_settings(text)
        assert loaded.problems
        found = merged(loaded.settings, loaded.said, {"voice.microphone": True, "home.name": "Mill"}, {}).settings
        assert (found.voice.microphone, found.home.name) == (False, "Mill"), text


def test_what_a_check_refuses_is_refused_with_the_key() -> None:
    def check(_value: Any) -> None:
        raise ValueRefusedError("nobody speaks that", remedy="use en")

    with pytest.raises(ValueRefusedError, match=r"home.language: nobody speaks that"):
        parsed("home.language", "xx", {"home.language": check})
    joined = merged(Settings(), frozenset(), {"home.language": "xx"}, {"home.language": check})
    assert (joined.settings.home.language, len(joined.problems)) == ("en", 1)


def test_what_does_not_fit_together_is_left_out_together() -> None:
    def check(web: Any) -> None:
        if web.host != "127.0.0.1" and not web.tls:
            raise ValueRefusedError("in the clear", remedy="set tls")

    kept = {"web.host": "0.0.0.0", "web.tls": True, "home.name": "Mill"}
    joined = merged(Settings(), frozenset(), kept, {"web": check})
    assert (joined.settings.web.host, joined.settings.web.tls, joined.problems) == ("0.0.0.0", True, ())
    # Since then somebody wrote into hearth.toml that there is to be no TLS.
    loaded = parse_settings("[web]\ntls = false\n")
    joined = merged(loaded.settings, loaded.said, kept, {"web": check})
    assert joined.settings.web == Settings().web and joined.settings.home.name == "Mill"
    assert joined.kept == {"home.name"} and "web: in the clear" in joined.problems[0].message


def test_every_setting_of_the_app_is_described_for_a_form() -> None:
    for key in KEPT:
        form = form_of(key)
        assert form.schema.get("type")
        assert key in ("gesture", "camera") or (form.title and form.description)
    for key in ("web.port", "safety.deny", "home", "", "home.name.x"):
        with pytest.raises(NotFoundError):
            form_of(key)
