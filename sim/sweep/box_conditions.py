"""What is looked for among design points: a condition such as `settlement < 0.5` or `farmers leads all-three`.

    condition = clause {"and" clause}
    clause    = measure ["of" format] ("<" | "<=" | ">" | ">=") number ["%"]
              | format ("leads" | "ahead of") format ["on" measure]

A bound and `ahead of` go by the estimate at the point. `leads` asks that the paired difference of two formats is told
from zero at the point, all points looked at together, as the page of a sweep does (`sim.sweep.point_leaders`).
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.errors import InputError, did_you_mean
from sim.sweep.point_leaders import told_ahead
from sim.types.arrays import Mask

if TYPE_CHECKING:
    from sim.sweep.sweep_result import SweepResult

RELATIONS: dict[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORD = re.compile(r"<=|>=|<|>|[^\s<>=%]+%?|\S")
_HOW = 'Write "settlement < 0.5", "settlement of FORMAT >= 50%", "FORMAT leads FORMAT", or several with "and".'


@dataclass(frozen=True)
class Bound:
    """A measure of a format beyond a number."""

    measure: str
    format: str
    relation: str
    value: float

    def __str__(self) -> str:
        return f"{self.measure} of {self.format} {self.relation} {self.value:g}"

    def holds(self, result: SweepResult) -> tuple[Mask, Mask]:
        """[P] where it holds, and [P] where that is known."""
        column = [result.design.formats.index(self.format)]
        hits, trials = (part[:, :, column].sum(axis=(1, 2)) for part in result.measured(self.measure))
        known = trials > 0
        share = hits / np.where(known, trials, 1)
        return RELATIONS[self.relation](share, self.value) & known, known


@dataclass(frozen=True)
class Lead:
    """A format ahead of another: by its estimate, or so that it is told apart."""

    first: str
    second: str
    measure: str
    certain: bool

    def __str__(self) -> str:
        return f"{self.first} {'leads' if self.certain else 'ahead of'} {self.second} on {self.measure}"

    def holds(self, result: SweepResult) -> tuple[Mask, Mask]:
        """[P] where it holds, and [P] where that is known."""
        first, second = (result.design.formats.index(name) for name in (self.first, self.second))
        hits, trials = result.measured(self.measure)
        runs = trials.sum(axis=1)
        known: Mask = np.asarray((runs[:, [first, second]] > 0).all(axis=1))
        if self.certain:
            return told_ahead(result.design, hits, trials, (first, second)), known
        share = hits.sum(axis=1) / np.where(runs > 0, runs, 1)
        return known & (share[:, first] > share[:, second]), known


Clause = Bound | Lead


@dataclass(frozen=True)
class Known:
    """The names that a condition may use, and the format meant where none is named."""

    formats: Sequence[str]
    measures: Sequence[str]
    format: str | None = None


def parse_condition(text: str, known: Known) -> tuple[Clause, ...]:
    """The clauses of a condition, all of which are to hold.

    Raises:
        InputError: it is no condition, or names a measure or format that is not there; the message says what may stand.
    """
    words = _WORD.findall(text)
    clauses: list[list[str]] = [[]]
    for word in words:
        if word == "and":
            clauses.append([])
        else:
            clauses[-1].append(word)
    return tuple(_clause(clause, text, known) for clause in clauses)


def _clause(words: list[str], text: str, known: Known) -> Clause:
    match words:
        case [measure, ("<" | "<=" | ">" | ">=") as relation, number]:
            return _bound((measure, known.format, relation, number), text, known)
        case [measure, "of", name, ("<" | "<=" | ">" | ">=") as relation, number]:
            return _bound((measure, name, relation, number), text, known)
        case [first, *relation, second] if relation in (["leads"], ["ahead", "of"]):
            return _lead((first, second, "settlement", relation == ["leads"]), known)
        case [first, *relation, second, "on", measure] if relation in (["leads"], ["ahead", "of"]):
            return _lead((first, second, measure, relation == ["leads"]), known)
        case _:
            raise InputError(f'"{text}" is no condition. {_HOW}')


def _bound(parts: tuple[str, str | None, str, str], text: str, known: Known) -> Bound:
    measure, name, relation, number = parts
    if name is None and len(known.formats) > 1:
        raise InputError(f'Of which format is "{text}" meant? One of {", ".join(known.formats)}. {_HOW}')
    value = _number(number)
    if not math.isfinite(value):
        raise InputError(f'"{number}" in "{text}" is no number. {_HOW}')
    there = _named("measure", measure, known.measures)
    return Bound(there, _named("format", name or known.formats[0], known.formats), relation, value)


def _lead(parts: tuple[str, str, str, bool], known: Known) -> Lead:
    first, second, measure, certain = parts
    if first == second:
        raise InputError(f'A format cannot be ahead of itself: "{first}" stands on both sides.')
    first, second = (_named("format", name, known.formats) for name in (first, second))
    return Lead(first, second, _named("measure", measure, known.measures), certain)


def _number(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        return math.nan


def _named(what: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise InputError(f'No {what} is called "{name}". {did_you_mean(name, names)}')
    return name


def holds(result: SweepResult, clauses: Sequence[Clause]) -> tuple[Mask, Mask]:
    """[P] points where every clause holds, and [P] points where that is known."""
    met, known = zip(*(clause.holds(result) for clause in clauses), strict=True)
    return np.all(met, axis=0), np.all(known, axis=0)
