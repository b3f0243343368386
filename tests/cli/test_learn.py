"""`hearth learn`: what is kept, rounds tried out, and forgetting."""

from pathlib import Path

from tests.command import failed, hearth, lines_of


def test_status_says_what_is_kept_of_each_kind(home: Path) -> None:
    ran = hearth("learn", "status", "--config", home, "--json")
    assert ran.returncode == 0
    lines = {line["kind"]: line for line in lines_of(ran)}
    assert set(lines) == {"gesture", "presence", "wake"}
    assert lines["gesture"] == {
        "kind": "gesture", "examples": 0, "bytes": 0, "oldest": None, "enough": False, "round": 0, "last": None,
        "rounds": [],
    }  # fmt: skip
    assert "no round yet" in hearth("learn", "status", "--config", home).stdout


def test_simulate_prints_a_line_a_scenario() -> None:
    few = ("learn", "simulate", "--homes", "3", "--rounds", "2", "--scenario", "local", "--scenario", "hostile")
    ran = hearth(*few, "--json")
    local, hostile = lines_of(ran)
    assert set(local) == {"scenario", "accuracy", "rounds", "bytes"}
    assert set(hostile) == {"scenario", "accuracy", "rounds", "bytes", "without_gate"}
    assert lines_of(hearth(*few, "--json")) == [local, hostile]
    shown = hearth(*few).stdout.splitlines()
    assert shown[0].split() == ["scenario", "accuracy", "rounds", "bytes"] and "without a gate" in shown[2]


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    assert hearth("learn", "simulate", "--homes", "2").returncode == 2
    assert hearth("learn", "simulate", "--scenario", "magic").returncode == 2
    ran = hearth("learn", "simulate", "--data", tmp_path, "--json")
    assert ran.returncode == 2 and "no occupancy recording" in ran.stderr


def test_a_round_without_a_hub_that_runs_says_so(home: Path) -> None:
    failed(hearth("learn", "round", "--config", home), "no hub runs over this home", "hearth run")


def test_forgetting_changes_the_key(home: Path) -> None:
    hearth("learn", "status", "--config", home)
    before = (home / "examples.key").read_bytes()
    ran = hearth("learn", "forget", "--config", home, "--json")
    assert lines_of(ran) == [{"kind": "", "forgotten": 0}]
    assert (home / "examples.key").read_bytes() != before
    assert hearth("learn", "forget", "songs", "--config", home).returncode == 2
