"""What is shown of an address with a password in it, and what comes back."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.hidden_passwords import HIDDEN, hidden, hidden_in, is_hidden, restored, without_passwords

SHOWN = f"rtsp://ann:{HIDDEN}@10.0.0.5:554/main"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://ann:secret@10.0.0.5:554/main", SHOWN),
        ("rtsp://ann:se@cret@10.0.0.5:554/main", SHOWN),
        ("rtsp://ann:se/cr@et@10.0.0.5", f"rtsp://ann:{HIDDEN}@10.0.0.5"),
        ("rtsp://ann:a:b@10.0.0.5:554/main", SHOWN),
        ("rtsp://ann@10.0.0.5/main", "rtsp://ann@10.0.0.5/main"),
        ("rtsp://10.0.0.5/a@b", "rtsp://10.0.0.5/a@b"),
        ("/dev/video0", "/dev/video0"),
        ("mailto:ann@example", "mailto:ann@example"),
        ("rtsp://10.0.0.5/main?user=ann&password=secret", f"rtsp://10.0.0.5/main?user=ann&password={HIDDEN}"),
        ("rtsp://10.0.0.5:554/main?Pwd=a@b/c?d;e#f&channel=1", f"rtsp://10.0.0.5:554/main?Pwd={HIDDEN}&channel=1"),
        ("rtsp://10.0.0.5?stream=1&accessToken=secret", f"rtsp://10.0.0.5?stream=1&accessToken={HIDDEN}"),
        ("rtsp://10.0.0.5/main?api_key=1&AUTH=2;x=3", f"rtsp://10.0.0.5/main?api_key={HIDDEN}&AUTH={HIDDEN}"),
        ("rtsp://10.0.0.5/user=ann&password=secret&stream=0", f"rtsp://10.0.0.5/user=ann&password={HIDDEN}&stream=0"),
        ("rtsp://10.0.0.5/user=ann_password=secret_stream=0", f"rtsp://10.0.0.5/user=ann_password={HIDDEN}"),
        ("rtsp://ann:secret@10.0.0.5:554/main?pass=other", f"{SHOWN}?pass={HIDDEN}"),
        ("rtsp://10.0.0.5/main?password=&secret", "rtsp://10.0.0.5/main?password=&secret"),
        ("rtsp://10.0.0.5/main?author=ann&passive=1&usr=ann", "rtsp://10.0.0.5/main?author=ann&passive=1&usr=ann"),
        ("film?password=secret.mp4", "film?password=secret.mp4"),
    ],
)
def test_a_password_is_hidden(address: str, shown: str) -> None:
    assert hidden(address) == shown
    assert hidden(shown) == shown


def test_it_is_hidden_wherever_it_stands_in_json() -> None:
    told = hidden_in({"camera": [{"source": "rtsp://ann:secret@10.0.0.5:554/main", "rate": 15.0, "gestures": True}]})
    assert told == {"camera": [{"source": SHOWN, "rate": 15.0, "gestures": True}]}


def test_what_was_shown_comes_back_with_the_password_that_is_known() -> None:
    known = ["/dev/video0", "rtsp://eve:other@10.0.0.5:554/main", "rtsp://ann:secret@10.0.0.5:554/main"]
    assert restored(SHOWN, known) == known[2]
    assert restored("rtsp://ann:new@10.0.0.5:554/main", known) == "rtsp://ann:new@10.0.0.5:554/main"
    unknown = f"rtsp://ann:{HIDDEN}@10.0.0.6/main"
    assert restored(unknown, known) == unknown and is_hidden(unknown)


@pytest.mark.parametrize("name", ["password", "passwd", "pwd", "pass", "token", "key", "auth", "secret", "loginpas"])
def test_every_name_for_it_is_known_and_what_was_shown_of_it_comes_back(name: str) -> None:
    address = f"rtsp://10.0.0.5/main?channel=1&{name.upper()}=s3cret"
    shown = hidden(address)
    assert shown == f"rtsp://10.0.0.5/main?channel=1&{name.upper()}={HIDDEN}"
    assert is_hidden(shown) and not is_hidden(address)
    assert restored(shown, ["rtsp://10.0.0.5/main", address]) == address
    other = shown.replace("channel=1", "channel=2")
    assert restored(other, [address]) == other


def test_both_kinds_come_back_together_or_not_at_all() -> None:
    known = ["rtsp://ann:secret@10.0.0.5/main?token=abc"]
    assert restored(f"rtsp://ann:{HIDDEN}@10.0.0.5/main?token={HIDDEN}", known) == known[0]
    mixed = f"rtsp://ann:{HIDDEN}@10.0.0.5/main?token=new"
    assert restored(mixed, known) == mixed and is_hidden(mixed)


def test_a_text_is_told_without_them() -> None:
    text = "rtsp://ann:secret@10.0.0.5/main?token=abc&channel=1 is gone, 'http://10.0.0.5/?key=abc' too; password=later"
    told = without_passwords(text)
    assert told == (
        f"rtsp://10.0.0.5/main?token={HIDDEN}&channel=1 is gone, 'http://10.0.0.5/?key={HIDDEN}' too; password=later"
    )


@given(st.text(st.characters(exclude_characters="&", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_parameter_shows_whatever_it_is_made_of(password: str) -> None:
    for place in ("host.example/stream", "host.example:554/stream", "host.example"):
        assert hidden(f"rtsp://{place}?x=1&pwd={password}&y=2") == f"rtsp://{place}?x=1&pwd={HIDDEN}&y=2"


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    told = without_passwords("rtsp://" + "_" * 200_000 + "?token=abc")
    assert told.endswith(f"?token={HIDDEN}")


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_no_password_shows_whatever_it_is_made_of(user: str, password: str) -> None:
    who, secret = quote(user, safe="", errors="replace"), quote(password, safe="", errors="replace")
    assert hidden(f"rtsp://{who}:{secret}@host.example/stream") == f"rtsp://{who}:{HIDDEN}@host.example/stream"


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_nor_one_that_was_not_encoded(password: str) -> None:
    assert hidden(f"rtsp://ann:{password}@host.example/stream") == f"rtsp://ann:{HIDDEN}@host.example/stream"
