"""Threat 38: packages that are refused before a byte of them is unpacked."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import HearthError, ManifestError, PackageError
from hub.plugins.packages.author_key import AuthorKey, fingerprint, verified
from hub.plugins.packages.package import pack, package_bytes, read_package
from tests.plugins.packages import crafted, link, manifest, skill_files, write_folder

Make = Callable[[AuthorKey, AuthorKey], bytes]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> AuthorKey:
    return AuthorKey.at(tmp_path_factory.mktemp("author") / "author.key")


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> AuthorKey:
    return AuthorKey.at(tmp_path_factory.mktemp("other") / "author.key")


def test_what_is_packed_is_what_is_read(key: AuthorKey, tmp_path: Path) -> None:
    files = skill_files("store")
    name, content = pack(write_folder(tmp_path, files), key)
    assert name == "mine-1.0.hearthskill"
    package = read_package(content, "x")
    assert package.files == files
    assert package.index.signer == key.signer
    assert [g.port for g in package.manifest.grant] == ["store"]


def test_the_same_folder_gives_the_same_bytes(key: AuthorKey, tmp_path: Path) -> None:
    first = pack(write_folder(tmp_path / "a", skill_files()), key)
    other_order = dict(reversed(skill_files().items()))
    assert pack(write_folder(tmp_path / "b", other_order), key) == first


def test_hidden_files_and_caches_stay_at_home(key: AuthorKey, tmp_path: Path) -> None:
    left_out = {".git/config": b"", "__pycache__/a.pyc": b"", "tests/__pycache__/b.pyc": b"", "old.hearthskill": b""}
    _, content = pack(write_folder(tmp_path, {**skill_files(), **left_out}), key)
    assert set(read_package(content, "x").files) == set(skill_files())


def test_a_link_is_not_packed(key: AuthorKey, tmp_path: Path) -> None:
    (write_folder(tmp_path, skill_files()) / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(PackageError, match="link"):
        pack(tmp_path, key)


FORGED: dict[str, tuple[Make, str]] = {
    "no zip": (lambda _k, _o: b"not a zip at all", "no package"),
    "empty": (lambda _k, _o: b"", "no package"),
    "unsigned": (lambda k, _o: crafted(skill_files(), k, unsigned=True), "not signed"),
    "another's signature": (lambda k, o: crafted(skill_files(), k, signer=o.signer), "signature is wrong"),
    "no signature at all": (lambda k, _o: crafted(skill_files(), k, signature=b""), "signature is wrong"),
    "a signer that is none": (lambda k, _o: crafted(skill_files(), k, signer="?"), "signature is wrong"),
    "zip slip": (lambda k, _o: crafted({**skill_files(), "../../evil.py": b""}, k), "may not be named"),
    "absolute": (lambda k, _o: crafted({**skill_files(), "/etc/cron.d/evil": b""}, k), "may not be named"),
    "backslashes": (lambda k, _o: crafted({**skill_files(), "..\\evil.py": b""}, k), "may not be named"),
    "a drive": (lambda k, _o: crafted({**skill_files(), "c:evil.py": b""}, k), "may not be named"),
    "a dot folder": (lambda k, _o: crafted({**skill_files(), "./evil.py": b""}, k), "may not be named"),
    "hidden": (lambda k, _o: crafted({**skill_files(), ".pth": b""}, k), "may not be named"),
    "a device": (lambda k, _o: crafted({**skill_files(), "con.txt": b""}, k), "may not be named"),
    "letters that look alike": (
        lambda k, _o: crafted({**skill_files(), "sk\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}ll.py": b""}, k),
        "may not be named",
    ),
    "a null": (lambda k, _o: crafted(skill_files(), k, more=[("skill.py\0.txt", b"")]), "may not be|no package|named"),
    "case": (lambda k, _o: crafted({**skill_files(), "SKILL.py": b""}, k), "but for their case"),
    "case of a folder": (lambda k, _o: crafted({**skill_files(), "Locale/de.yaml": b""}, k), "two things"),
    "a file and a folder": (lambda k, _o: crafted({**skill_files(), "skill.py/x": b""}, k), "two things"),
    "twice": (lambda k, _o: crafted(skill_files(), k, more=[("skill.py", b"evil")]), "but for their case"),
    "a link": (lambda k, _o: crafted(skill_files(), k, more=[link("data", "/etc/passwd")]), "no plain file"),
    "a link to a folder": (lambda k, _o: crafted(skill_files(), k, more=[link("data", "..")]), "no plain file"),
    "a folder": (lambda k, _o: crafted(skill_files(), k, more=[("data/", b"")]), "may not be named"),
    "a bomb": (lambda k, _o: crafted({**skill_files(), "zeros": bytes(7 << 20)}, k, compression=8), "packed or locked"),
    "too large": (lambda k, _o: crafted({**skill_files(), "zeros": bytes(9 << 20)}, k, compression=8), "too large"),
    "too many": (lambda k, _o: crafted({**skill_files(), **{f"f{n}": b"" for n in range(600)}}, k), "too large"),
    "unsigned file": (lambda k, _o: crafted(skill_files(), k, more=[("evil.py", b"")]), "not those that were signed"),
    "missing file": (lambda k, _o: crafted(skill_files(), k, files={"skill.py": "0" * 64}), "not those"),
    "another format": (lambda k, _o: crafted(skill_files(), k, format=2), "format 2"),
    "an index of nonsense": (lambda k, _o: crafted(skill_files(), k, files=7), "index cannot be read"),
    "an index with more": (lambda k, _o: crafted(skill_files(), k, extra=1), "index cannot be read"),
    "another id": (lambda k, _o: crafted(skill_files(), k, id="lights"), "disagree"),
    "another version": (lambda k, _o: crafted(skill_files(), k, version="9"), "disagree"),
    "no code": (lambda k, _o: crafted({"skill.toml": manifest(), "locale/en.yaml": b"language: en"}, k), "disagree"),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_threat_38_a_forged_package_is_refused(key: AuthorKey, other: AuthorKey, name: str) -> None:
    make, says = FORGED[name]
    with pytest.raises(PackageError, match=says):
        read_package(make(key, other), "x.hearthskill")


@pytest.mark.parametrize(
    "files",
    [
        {**skill_files(), "skill.toml": b"nonsense"},
        {**skill_files(), "skill.toml": manifest("../up")},
        skill_files("root"),
        {**skill_files(), "locale/en.yaml": b"a: &a [1,1]\nb: &b [*a,*a]\n" * 10},
        {"skill.toml": manifest(), "skill.py": b""},
    ],
)
def test_threat_38_manifest_grants_and_words_are_checked_first(key: AuthorKey, files: dict[str, bytes]) -> None:
    with pytest.raises(ManifestError):
        read_package(crafted(files, key), "x.hearthskill")


def test_threat_38_a_member_larger_than_it_says_is_refused(key: AuthorKey) -> None:
    content = bytearray(crafted(skill_files(), key))
    at = content.rindex(b"PK\x01\x02")  # the last member's entry in the directory
    content[at + 20 : at + 28] = (1).to_bytes(4, "little") * 2
    with pytest.raises(PackageError):
        read_package(bytes(content), "x.hearthskill")


def test_threat_38_any_changed_byte_of_a_file_is_noticed(key: AuthorKey) -> None:
    content = crafted(skill_files(), key)
    at = content.index(b"went")
    with pytest.raises(PackageError):
        read_package(content[:at] + b"bent" + content[at + 4 :], "x.hearthskill")


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_noise_is_refused_and_nothing_else(data: bytes, at: int) -> None:
    whole = _sound()
    for content in (data, whole[:at] + data + whole[at + len(data) :]):
        try:
            read_package(content, "x")
        except HearthError:
            continue


def _sound(made: list[Any] = []) -> bytes:  # noqa: B006 -- made once
    if not made:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in skill_files().items():
                archive.writestr(name, data)
        made.append(buffer.getvalue())
    return bytes(made[0])


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="cannot be read"):
        package_bytes(tmp_path / "nothing.hearthskill")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "author.key"
    first, again = AuthorKey.at(path), AuthorKey.at(path)
    assert first.signer == again.signer
    assert path.stat().st_mode & 0o777 == 0o600
    assert verified(first.signer, again.sign(b"x"), b"x")
    assert not verified(first.signer, again.sign(b"x"), b"y")
    assert len(fingerprint(first.signer)) == 29
    path.chmod(0o644)
    with pytest.raises(PackageError, match="others may read"):
        AuthorKey.at(path)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "author.key"
    path.write_bytes(b"not a key")
    path.chmod(0o600)
    with pytest.raises(PackageError, match="no key"):
        AuthorKey.at(path)
