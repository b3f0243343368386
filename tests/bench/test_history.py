from hub.bench.history import measure


def test_it_measures_rows_that_are_on_the_disk() -> None:
    committed, whole, disk = measure(rows=5_000)
    assert committed.unit == whole.unit == "rows/s"
    assert committed.ours > whole.ours > 0
    assert committed.target == 50_000
    # 5,000 rows do not hide what the empty tables take, so this is above the figure of a full run.
    assert 30 < disk.ours < 120
    assert disk.target == 60
