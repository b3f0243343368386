"""Makes packages of skills for the tests: sound ones, and ones that no honest author would make."""

import hashlib
import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.plugins.packages.author_key import AuthorKey

CODE = b"""from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("go")
async def go(ctx: Context) -> str:
    return "went"
"""
LOCALE = b"language: en\nintents:\n  go:\n    sentences: ['let it go']\n"


def manifest(name: str = "mine", version: str = "1.0", *grants: str) -> bytes:
    """A skill.toml; a grant is "port" or "port=kind"."""
    text = f'id = "{name}"\nname = "Mine"\nversion = "{version}"\napi = 1\n'
    for grant in grants:
        port, _, only = grant.partition("=")
        text += f'[[grant]]\nport = "{port}"\nwhy = "Because."\n' + (f'only = ["{only}"]\n' if only else "")
    return text.encode()


def skill_files(*grants: str, name: str = "mine", version: str = "1.0") -> dict[str, bytes]:
    return {"skill.toml": manifest(name, version, *grants), "skill.py": CODE, "locale/en.yaml": LOCALE}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def crafted(
    files: Mapping[str, bytes],
    key: AuthorKey,
    /,
    *,
    more: Iterable[tuple[str | zipfile.ZipInfo, bytes]] = (),
    compression: int = zipfile.ZIP_STORED,
    signature: bytes | None = None,
    unsigned: bool = False,
    **index: Any,
) -> bytes:
    """A package of `files` with whatever else a forger puts in: members that nobody signed, another index."""
    signed = msgspec.json.encode(
        {
            "format": 1,
            "id": "mine",
            "version": "1.0",
            "signer": key.signer,
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            **index,
        }
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("hearthskill.json", signed)
        if not unsigned:
            made = key.sign(b"hearth skill package 1\0" + signed)
            archive.writestr("hearthskill.sig", made if signature is None else signature)
        for name, data in (*files.items(), *more):
            archive.writestr(name, data)
    return buffer.getvalue()


def link(name: str, to: str) -> tuple[zipfile.ZipInfo, bytes]:
    """A symbolic link as a member."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to.encode()


def wheel(module: str, code: str) -> bytes:
    """A wheel with one module in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{module}.py", code)
        archive.writestr(f"{module}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    return buffer.getvalue()
