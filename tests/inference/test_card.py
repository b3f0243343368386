"""Model cards: the bundled ones, and broken ones that must name their place."""

from pathlib import Path

import pytest

from hub.core.bundled import bundled
from hub.core.errors import ModelError
from hub.inference.card import BundledSource, HuggingFaceSource, WheelSource, load_card, parse_card

HASH = "0" * 64
GOOD = f"""
name = "thing"
task = "wake"
version = "1"
licence = "MIT"
description = "A thing."
[[files]]
name = "a/b.onnx"
sha256 = "{HASH}"
size = 5
[[files]]
name = "c.onnx"
sha256 = "{HASH}"
size = 5
[[sources]]
wheel = "thing==1.0"
member = "thing/{{file}}"
"""


@pytest.mark.parametrize("path", sorted(bundled("models").glob("*.toml")), ids=lambda p: p.stem)
def test_bundled_cards_are_sound(path: Path) -> None:
    card = load_card(path)
    assert card.size > 0
    for source in card.sources:
        assert isinstance(source, WheelSource | HuggingFaceSource | BundledSource)
        assert not (isinstance(source, HuggingFaceSource) and card.default)  # defaults install from the package index


def test_the_card_says_what_it_must() -> None:
    card = parse_card(GOOD, "thing.toml")
    assert [f.name for f in card.files] == ["a/b.onnx", "c.onnx"]
    assert card.sources == (WheelSource(wheel="thing==1.0", member="thing/{file}"),)
    with pytest.raises(ModelError, match=r"no file 'd'.*a/b\.onnx"):
        card.file("d")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('task = "wake"', 'task = "dream"', "field task"),
        (HASH, "123", r"field files\[0\]\.sha256"),
        ("size = 5", "size = 0", r"field files\[0\]\.size"),
        ("size = 5", 'size = "5"', r"field files\[0\]\.size"),
        ("a/b.onnx", "../b.onnx", r"field files\[0\]\.name"),
        ("a/b.onnx", "/etc/passwd", r"field files\[0\]\.name"),
        ("a/b.onnx", "a\\\\b", r"field files\[0\]\.name"),
        ("a/b.onnx", "C.onnx", "same name"),
        ("thing==1.0", "thing", r"field sources\[0\]\.wheel"),
        ("thing==1.0", "--index-url=x==1", r"field sources\[0\]\.wheel"),
        ("thing/{file}", "thing/one", r"sources\[0\]\.member.*\{file\}"),
        ("thing/{file}", "../{file}", "leaves the wheel"),
        ('wheel = "thing==1.0"\nmember = "thing/{file}"', 'bundled = "../{file}"', r"sources\[0\]\.bundled.*leaves"),
        ('wheel = "thing==1.0"\nmember = "thing/{file}"', 'bundled = "/etc/{file}"', r"sources\[0\]\.bundled.*leaves"),
        ('wheel = "thing==1.0"\nmember = "thing/{file}"', 'bundled = "a.onnx"', r"sources\[0\]\.bundled.*\{file\}"),
        ('wheel = "thing==1.0"\nmember = "thing/{file}"', "bundled = 5", r"field sources\[0\]\.bundled"),
        ('member = "thing/{file}"', 'bundled = "{file}"', "exactly one of"),
        ('member = "thing/{file}"', 'url = "https://x/{file}"', "exactly one of"),
        ('wheel = "thing==1.0"', 'thing = "x"', "exactly one of"),
        ('name = "thing"', 'name = "thing"\ncolour = "red"', "colour"),
        ('name = "thing"', 'name = "Thing/.."', "field name"),
        ('licence = "MIT"', "", "licence"),
        ("[[sources]]", "[[sources]", r"line \d+|at line"),
        (
            'member = "thing/{file}"',
            'member = "thing/{file}"\n[[words]]\nword="x"\nphrase="x"\nfile="d"',
            r"words\[0\]\.file",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_field(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ModelError, match=says) as caught:
        parse_card(GOOD.replace(old, new, 1), "models/thing.toml")
    assert "models/thing.toml" in str(caught.value)


def test_a_hub_revision_must_be_a_commit() -> None:
    text = GOOD.replace('wheel = "thing==1.0"\nmember = "thing/{file}"', 'huggingface = "a/b"\nrevision = "main"')
    with pytest.raises(ModelError, match=r"sources\[0\]\.revision"):
        parse_card(text, "thing.toml")


def test_name_and_file_agree(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(GOOD)
    with pytest.raises(ModelError, match="field name is 'thing'"):
        load_card(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match="cannot be read"):
        load_card(path)
    path.write_text("#" * 300_000)
    with pytest.raises(ModelError, match="larger than"):
        load_card(path)
