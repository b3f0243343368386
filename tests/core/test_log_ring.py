"""The last lines of the log: few, short, and without what is nobody's business."""

from hub.core.log_ring import LogRing


def test_the_newest_lines_are_kept_and_passed_on_as_they_are() -> None:
    ring = LogRing(most=2)
    for number in range(3):
        line = {"event": f"line {number}", "level": "info", "hub": "kitchen"}
        assert ring(None, "info", line) is line
    assert [each.text for each in ring.lines()] == ["line 2", "line 1"]
    assert (ring.lines()[0].level, ring.lines()[0].facts) == ("info", {"hub": "kitchen"})


def test_neither_secrets_nor_what_was_said_is_kept() -> None:
    ring = LogRing()
    ring(None, "warning", {
        "event": "a sentence could not be answered", "text": "open the safe", "said": "1234", "token": "abc",
        "api_key": "k", "password": "p", "error": "there is no 'grandma diary' here",
        "url": "rtsp://me:pw@10.0.0.2/cam?ch=1&pwd=safe", "long": "x" * 10_000,
    })  # fmt: skip
    (line,) = ring.lines()
    assert set(line.facts) == {"error", "url", "long"}
    assert line.facts["error"] == "there is no '…' here"
    assert line.facts["url"] == "rtsp://10.0.0.2/cam?ch=1&pwd=••••••"
    assert len(line.facts["long"]) == 300
