"""`hearth bench occupancy` on rows that the tests make up, and on the recordings where they are."""

from pathlib import Path

import pytest

from hub.bench import occupancy
from hub.bench.occupancy import Minute, believed, read, score, threshold
from hub.core.errors import UsageError

ROWS = """"date","Temperature","Humidity","Light","CO2","HumidityRatio","Occupancy"
"1","2015-02-04 17:51:00",23.18,27.272,426,721.25,0.00479,1
"2","2015-02-04 17:51:59",23.15,27.2675,0,714,0.00478,0
"""


def day() -> list[Minute]:
    """Ten hours of a room of 50 m3: nobody, one person from the second hour to the fifth with a lamp, nobody."""
    ppm, minutes = 450.0, []
    for minute in range(600):
        somebody = 120 <= minute < 300
        ppm += 6.0 * somebody - 0.01 * (ppm - 420.0)
        minutes.append(Minute(60.0 * minute, 400.0 * somebody, ppm, somebody))
    return minutes


def test_rows_are_read(tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text(ROWS)
    first, second = read(tmp_path / "rows.txt")
    assert (first.light, first.air, first.somebody, second.somebody) == (426.0, 721.25, True, False)
    assert second.at - first.at == 59.0


def test_a_day_is_told_by_air_and_better_by_air_and_light() -> None:
    minutes = day()
    air, both = (score(minutes, believed(minutes, light=light)) for light in (False, True))
    assert air.accuracy > 90 and both.accuracy > air.accuracy
    assert both.recall > 99


def test_the_fitted_threshold_is_the_best_there_is() -> None:
    minutes = [Minute(0, light, 0, somebody) for light, somebody in ((1, False), (2, True), (3, False), (9, True))]
    limit = threshold(minutes, lambda m: m.light)
    best = max(
        score(minutes, [m.light >= at for m in minutes]).accuracy for at in (0.0, 1.0, 2.0, 3.0, 9.0, float("inf"))
    )
    assert score(minutes, [m.light >= limit for m in minutes]).accuracy == best == 75.0


def test_scores_of_who_says_nothing_and_who_says_all() -> None:
    minutes = day()
    nothing, everything = (score(minutes, [said] * 600) for said in (False, True))
    assert (nothing.accuracy, nothing.precision, nothing.recall) == (70.0, 0.0, 0.0)
    assert (everything.accuracy, everything.precision, everything.recall) == (30.0, 30.0, 100.0)


def test_without_recordings_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEARTH_DATA", raising=False)
    with pytest.raises(UsageError, match="not on this machine"):
        occupancy.measure()


@pytest.mark.realdata
def test_the_office_is_told_as_well_as_ever(data: Path) -> None:
    lines = occupancy.measure()
    assert len(lines) == 14
    assert [line.measure for line in lines if line.ok is False] == []
