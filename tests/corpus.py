"""Files with one fault each, and what their error must hold: how the corpora of scenarios and designs are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Fault:
    """A text with one fault in it, and of the error its path and words that it must hold."""

    name: str
    content: bytes
    path: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def faults(base: Path, changes: Path, invalid: Path) -> Iterator[Fault]:
    """The files of the folder `invalid`, and `base` with each of the changes that a file lists."""
    for expected in sorted(invalid.glob("*.expected")):
        path, *words = expected.read_text(encoding="utf-8").splitlines()
        yield Fault(expected.stem, expected.with_suffix(".yaml").read_bytes(), path, tuple(words))
    sound = base.read_text(encoding="utf-8")
    for name, entry in yaml.safe_load(changes.read_text(encoding="utf-8")).items():
        ((old, new),) = entry["change"].items()
        assert sound.count(old) == 1, name
        path, *words = entry["error"]
        yield Fault(name, sound.replace(old, new).encode(), path, tuple(words))
