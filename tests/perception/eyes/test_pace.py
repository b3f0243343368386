from hub.perception.eyes.pace import Pace


def test_it_is_told_about_once_a_second() -> None:
    pace = Pace(3)
    told = [pace.looked(100 + n / 10, 100 + n / 10 - 0.02, n) for n in range(25)]
    assert [n for n, said in enumerate(told) if said is not None] == [0, 10, 20]
    assert pace.frames == 25


def test_it_tells_the_middle_and_the_slowest_since_it_last_told() -> None:
    pace = Pace(3)
    pace.looked(100.0, 90.0, 0)  # told at once; not counted again
    for age in (0.010, 0.050, 0.020):
        assert pace.looked(100.5, 100.5 - age, 2) is None
    told = pace.looked(101.5, 101.5 - 0.030, 7)
    assert told is not None
    assert (told.camera, told.frames, told.passed_over) == (3, 5, 7)
    assert (told.age_ms, told.slowest_ms) == (30.0, 50.0)


def test_a_frame_from_the_future_is_not_younger_than_now() -> None:
    told = Pace(1).looked(10.0, 20.0, 0)
    assert told is not None
    assert (told.age_ms, told.slowest_ms) == (0.0, 0.0)
