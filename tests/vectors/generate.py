"""`python -m tests.vectors.generate` writes the vectors of every format again.

Each format has a module `generate_<format>.py` beside this one, with a function `files()`: the vectors' bytes by their
path below this folder, made again from fixed test keys. What libraries seal with entropy of their own cannot be made
again: those few files are read from the folder and mutated; delete one to have it made anew.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent


def formats() -> dict[str, dict[str, bytes]]:
    """The vectors of every format, by the name of its generator."""
    names = sorted(path.stem for path in FOLDER.glob("generate_*.py"))
    return {name.removeprefix("generate_"): import_module(f"tests.vectors.{name}").files() for name in names}


def main() -> None:
    """Write every vector, and say how many each format has."""
    for name, files in formats().items():
        for path, content in files.items():
            (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / path).write_bytes(content)
        print(f"{name}: {len(files)} files")


if __name__ == "__main__":
    main()
