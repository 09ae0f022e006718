"""What the runs of a design hang on, as 64-bit words: of a cell and format, and of a point.

The runs of a format in a cell hang on the code that plays, the libraries it plays with, and the resolved scenario as
that format plays it: without other formats, words for people, and numbers that a factor of the design replaces. Those
of a point hang besides on its seed and on what its levels do. So a level, a format, an override or a number that is
new, or other than it was, is played, and nothing else.

Shape letters: C cells, F formats, N points of the samples.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.app.harness import code_digest
from sim.scenario import ResolvedScenario
from sim.scenario.schema.numbers import Number
from sim.sweep.design import Design, mixed
from sim.types.arrays import Keys

LIBRARIES = ("numba", "numpy", "pyarrow", "scipy")
_ROOMS = ("types", "scenario", "rules", "formats", "bargaining", "engines")
_MODULES = (
    *(f"analysis/comparison/{name}.py" for name in ("results", "runs_table", "summarise")),
    *(f"sweep/{name}.py" for name in ("folders/parts", "play_points", "point_counts")),
)
_UNPLAYED = frozenset(
    {
        *("id", "title", "summary", "as_of", "notes", "codebook", "codebooks", "references", "formats", "tracks"),
        *("overrides", "scenarios", "documented", "reference_class", "rivals", "labels"),
    }
)
"""Of a scenario: words, what was applied already, and the formats, which are looked at one by one."""
_WORDS = frozenset({"name", "summary", "only_in_tracks"})
"""Of all its parts."""
_NEUTRAL = {"scale": 1.0, "shift": 0.0}
"""Levels at which a number stays as it is."""


def playing_code() -> str:
    """SHA-256 over the code that plays and writes parts; of reports, pages and commands nothing."""
    return code_digest(*_ROOMS, *_MODULES)


@cache
def playing_versions() -> dict[str, str]:
    """Versions of the libraries that numbers and bytes depend on."""
    return {name: version(name) for name in LIBRARIES}


def word_of_text(text: str) -> int:
    """64-bit hash of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def played_words(design: Design) -> Keys:
    """[C, F] what the runs of each cell and format hang on, but for levels and seeds."""
    steered = {
        target for factor in design.numbers if factor.steering.kind == "value" for target in factor.steering.targets
    }
    base = _text([playing_code(), playing_versions()])
    rows = [_cell_words(cell.scenario.resolved, design.formats, steered, base) for cell in design.cells]
    return np.array(rows, dtype=np.uint64)


def plays(resolved: ResolvedScenario, formats: Collection[str]) -> tuple[tuple[str, int], ...]:
    """What the runs of a scenario hang on, by format; the same for scenarios that play the same.

    Where a track is played every format counts, since another factor may make it a leg.
    """
    tracked = any(key in resolved.tracks for key in formats)
    keys = [*resolved.formats, *resolved.tracks] if tracked else [key for key in formats if key in resolved.formats]
    return tuple(zip(keys, _cell_words(resolved, keys, (), ""), strict=True))


def _cell_words(resolved: ResolvedScenario, formats: Collection[str], steered: Collection[str], base: str) -> list[int]:
    fields = {name: getattr(resolved, name) for name in ResolvedScenario.model_fields if name not in _UNPLAYED}
    shocks = fields.pop("shocks")
    common = base + _text(_content(fields, "", steered))
    words: list[int] = []
    for key in formats:
        track = resolved.tracks.get(key)
        legs = [key] if track is None else list(dict.fromkeys(leg.format for leg in track.legs))
        talks = {leg: _content(resolved.formats[leg], f"formats.{leg}", steered) for leg in legs}
        own = [key, track and _content(track, f"tracks.{key}", steered), talks]
        own.append([_shock(shock, name, legs, steered) for name, shock in shocks.items()])
        words.append(word_of_text(common + _text(own)))
    return words


def _shock(shock: Any, name: str, legs: Collection[str], steered: Collection[str]) -> Any:
    """A shock without what it does to other formats."""
    own = {f"formats.{leg}" for leg in legs}
    sets = {
        path: shift
        for path, shift in shock.set.items()
        if not path.startswith("formats.") or ".".join(path.split(".")[:2]) in own
    }
    return [name, _content({"hazard": shock.hazard, "set": sets}, f"shocks.{name}", steered)]


def _content(part: Any, path: str, steered: Collection[str]) -> Any:
    """A part of a scenario as plain data without words for people, in file order."""
    if isinstance(part, Number):
        return "steered" if path in steered else number_content(part)
    if isinstance(part, BaseModel):
        fields = type(part).model_fields.items()
        part = {field.alias or name: getattr(part, name) for name, field in fields if name not in _WORDS}
    if isinstance(part, Mapping):
        start = f"{path}." if path else ""
        return {str(key): _content(child, f"{start}{key}", steered) for key, child in part.items()}
    return [_content(child, path, steered) for child in part] if isinstance(part, list | tuple) else part


def number_content(number: Number) -> list[Any]:
    """What of a number moves a run: its distribution, and what it is drawn together with."""
    form = number.form.model_dump() if isinstance(number.form, BaseModel) else number.form
    return [number.kind, form, number.together]


def _text(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))


def point_keys(design: Design) -> Keys:
    """[N] what the runs of each point hang on besides: its seed, and each number that a level moves.

    Levels that move nothing (a dummy's, a multiple of 1, a shift of 0) count for nothing, whatever the factors are
    called and in whichever order they stand. Points of one key are played once.
    """
    with np.errstate(over="ignore"):
        keys = mixed(design.seeds() + np.uint64(word_of_text("seed")))
        for factor, column in zip(design.numbers, design.points.levels.T, strict=True):
            kind, bits = factor.steering.kind, (column + 0.0).view(np.uint64)  # -0.0 is 0.0
            moves = column != _NEUTRAL[kind] if kind in _NEUTRAL else np.ones(len(column), dtype=np.bool_)
            for target in factor.steering.targets:
                keys = keys + np.where(moves, mixed(mixed(bits) + np.uint64(word_of_text(f"{kind} {target}"))), 0)
    return mixed(keys)
