"""What is shown of an address with a password in it, and what comes back."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.hidden_passwords import HIDDEN, hidden, hidden_in, is_hidden, restored

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


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_no_password_shows_whatever_it_is_made_of(user: str, password: str) -> None:
    who, secret = quote(user, safe="", errors="replace"), quote(password, safe="", errors="replace")
    assert hidden(f"rtsp://{who}:{secret}@host.example/stream") == f"rtsp://{who}:{HIDDEN}@host.example/stream"


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_nor_one_that_was_not_encoded(password: str) -> None:
    assert hidden(f"rtsp://ann:{password}@host.example/stream") == f"rtsp://ann:{HIDDEN}@host.example/stream"
