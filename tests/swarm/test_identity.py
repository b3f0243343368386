import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import StoreError, UsageError
from hub.store.secret_files import read_secret, write_secret
from hub.swarm import certificates
from hub.swarm.check_digits import beginning, shown
from hub.swarm.identity import Identity

IDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_it_is_made_once_and_survives_restarts(tmp_path: Path) -> None:
    path = tmp_path / "swarm" / "identity.pem"
    first = Identity.open(path)
    again = Identity.open(path)
    assert (first.hub, first.certificate) == (again.hub, again.certificate)
    assert first.key.public_key() == again.key.public_key()
    assert first.hub == certificates.hub_id(first.certificate)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(p.name for p in path.parent.iterdir()) == ["identity.pem"]
    assert first.hub not in repr(first)


def test_a_new_one_is_another_hub(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    assert Identity.open(path).hub != Identity.make(path).hub


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    Identity.open(path)
    path.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        Identity.open(path)


@pytest.mark.parametrize("damage", ["cut", "empty", "other key", "noise"])
def test_a_damaged_one_is_refused_and_kept(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "identity.pem"
    content = (tmp_path / "identity.pem", Identity.open(path), path.read_bytes())[2]
    Identity.make(tmp_path / "other.pem")
    other = (tmp_path / "other.pem").read_bytes()
    middle = content.index(b"-----BEGIN CERTIFICATE")
    bad = {
        "cut": content[: len(content) // 2],
        "empty": b"",
        "other key": other[: other.index(b"-----BEGIN CERTIFICATE")] + content[middle:],
        "noise": bytes(range(256)),
    }[damage]
    path.write_bytes(bad)
    with pytest.raises(StoreError, match="backup"):
        Identity.open(path)
    assert path.read_bytes() == bad


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    write_secret(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_secret(path, b"new")
    assert read_secret(path) == b"old"
    assert read_secret(tmp_path / "nothing") is None


def test_the_identity_says_nothing_about_the_household(tmp_path: Path) -> None:
    certificate = certificates.read(Identity.open(tmp_path / "i").certificate)
    assert certificates.common_name(certificate) == "Hearth hub"
    assert certificate.not_valid_after_utc.year == 9999


@given(IDS)
def test_what_is_shown_can_be_typed(hub: str) -> None:
    text = shown(hub)
    assert len(text) == 17
    for typed in (text, text.lower(), text.replace("-", " "), text.replace("-", ""), text.replace("0", "o")):
        assert beginning(typed) == hub[:15]


@given(IDS, st.data())
def test_every_wrong_symbol_is_noticed(hub: str, data: st.DataObject) -> None:
    text = shown(hub)
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if c != "-"]))
    allowed = "0123456789" if place >= 15 else SYMBOLS
    wrong = data.draw(st.sampled_from([c for c in allowed if c != text[place]]))
    with pytest.raises(UsageError):
        beginning(text[:place] + wrong + text[place + 1 :])


@given(IDS, st.integers(0, 12))
def test_swapped_neighbours_are_noticed(hub: str, place: int) -> None:
    plain = shown(hub).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped == plain:
        return
    if place == 11 and (swapped[12:] == plain[12:] or not swapped[12:].isdigit()):
        return
    with pytest.raises(UsageError):
        beginning(swapped)


@pytest.mark.parametrize("typed", ["", "x", "7K3M-9QF2-XA4D", "7K3M-9QF2-XA4D-5٢", "U" * 14, "7K3M-9QF2-XA4D-521"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        beginning(typed)
