"""Cards of a model that only these tests have."""

import hashlib
from pathlib import Path

FILES = {"a.bin": b"first" * 1000, "sub/b.bin": b"second" * 2000}
WHEEL = 'wheel = "thing==1.0"\nmember = "thing/{file}"'


def write_card(folder: Path, source: str = WHEEL, files: dict[str, bytes] = FILES, name: str = "thing") -> Path:
    folder.mkdir(exist_ok=True)
    text = f'name = "{name}"\ntask = "wake"\nversion = "1"\nlicence = "MIT"\ndescription = "x"\n'
    for file, data in files.items():
        text += f'[[files]]\nname = "{file}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"\nsize = {len(data)}\n'
    (folder / f"{name}.toml").write_text(f"{text}[[sources]]\n{source}\n")
    return folder
