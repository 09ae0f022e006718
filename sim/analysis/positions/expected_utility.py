"""The expected-utility model of Bueno de Mesquita, as documented by Scholz, Calbert & Smith (2011).

Scholz, Calbert & Smith (2011), Unravelling Bueno de Mesquita's group decision model, Journal of Theoretical Politics
23(4), 510-531, and ICAART 2011, 18-30; numbers of equations and pages here are those of the latter. The example is the
delay of emission standards for cars in the European Community (Bueno de Mesquita 1994, Political forecasting: an
expected utility method, in Bueno de Mesquita & Stokman, European Community Decision Making, ch. 4, p. 78).

A round: (1) every actor's utilities of winning and losing against every other (15, 16), of the status quo (24), the
chance of winning (30) and from them the expected utility of a challenge (5 to 7) with risk exponents of 1; (2) how much
the others would gain by challenging an actor is its danger, which sets its risk exponent (32, 33); (3) the same again
with these exponents; (4) each dyad falls into confrontation, compromise, compelling or stalemate (section 6), each
actor takes one of the offers made to it, and all move at once.

The text leaves choices open, and taken at its word it does not give the authors' own Table 2. `ModelReading` names the
choices. `TABLE_2` is the reading that gives that table within rounding but for one of its sixteen numbers; its three
departures from the text were found by others who compared the text with the authors' program:

- the chance of winning divides by the votes of *all* pairs of positions, not of the two at issue, so it is small;
- both sides of a dyad are seen through the eyes of the actor that decides, with its own risk exponent;
- among compromises an actor takes the one with the lowest weighted midpoint of the two positions, not the nearest.

The median of round 2 comes out as 9.6, printed is 9.9; no reading tried gives both that and the rest. The printed
numbers were taken from a transcription of the paper, not from the paper.

Shape letters: A actors, T rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from sim.analysis.positions.baselines import median_by
from sim.types import SpatialIssue
from sim.types.arrays import Floats

Deal = Literal["confrontation", "compromise", "compelled"]
_TIE = 1e-12
STILL = 1e-6  # of the scale: a round in which nobody moves further ends the rounds


@dataclass(frozen=True)
class ModelReading:
    """How what the text leaves open is read."""

    all_pairs: bool
    """The chance of winning divides by the votes of all pairs of positions rather than of the two at issue."""
    own_eyes: bool  # an actor takes the other's expected utility with its own risk exponent rather than the other's
    lowest_midpoint: bool
    """Among compromises the one with the lowest weighted midpoint is taken rather than the one that moves least."""
    compelled: bool  # an actor with more to lose than the other has to win gives way wholly; else it stays
    q: float = 1.0  # chance that the other keeps its position if not challenged; Scholz et al. took 1 (p. 27).


TABLE_2 = ModelReading(all_pairs=True, own_eyes=True, lowest_midpoint=True, compelled=False)
TEXT = ModelReading(all_pairs=False, own_eyes=False, lowest_midpoint=False, compelled=True)
"""The text at its word, as far as it is plain."""


@dataclass(frozen=True)
class TakenOffer:
    """An offer that was taken."""

    actor: str
    towards: str
    kind: Deal
    position: float  # the actor's new position


@dataclass(frozen=True)
class Round:
    """What a round left."""

    positions: Floats  # [A]
    risk: Floats  # [A] exponents, 0.5 (averse) to 2 (acceptant)
    moves: tuple[TakenOffer, ...]
    median: float
    mean: float


@dataclass(frozen=True)
class _Actors:
    names: tuple[str, ...]
    salience: Floats  # [A] 0 to 1
    weight: Floats  # [A] salience times capability, shares
    scale: float  # range of the first positions


def expected_utility(issue: SpatialIssue, *, n_rounds: int = 10, reading: ModelReading = TABLE_2) -> tuple[Round, ...]:
    """Play rounds until nobody moves, at most `n_rounds`; none where all positions are the same.

    The median by salience times capability after the last of them is the forecast.
    """
    positions = issue.positions
    scale = float(np.ptp(positions))
    if scale <= _TIE:
        return ()
    actors = _Actors(issue.actors, issue.saliences, issue.weights, scale)
    rounds: list[Round] = []
    for _ in range(n_rounds):
        rounds.append(play_round(actors, positions, reading))
        moved = float(np.abs(rounds[-1].positions - positions).max())
        positions = rounds[-1].positions
        if moved <= STILL * scale:
            break
    return tuple(rounds)


def forecast_of(issue: SpatialIssue) -> float:
    """Median after the last round; the common position where there is no round."""
    rounds = expected_utility(issue)
    return rounds[-1].median if rounds else float(issue.positions[0])


def play_round(actors: _Actors, positions: Floats, reading: ModelReading) -> Round:
    """One round from [A] positions."""
    n_actors = len(positions)
    plain, voters = np.ones(n_actors), partial(win_chances, scale=actors.scale, all_pairs=reading.all_pairs)
    wins = voters(positions, actors.weight, plain)
    risk = risk_exponents(challenges(actors, positions, wins, plain[:, None], reading=reading))
    wins = voters(positions, actors.weight, risk)
    own = challenges(actors, positions, wins, risk[:, None], reading=reading)
    # [i, j]: what j expects of challenging i, by the exponent of i or by its own
    eyes = risk[None, :] if reading.own_eyes else risk[:, None]
    other = challenges(actors, positions, wins, eyes, reading=reading).T
    moves: list[TakenOffer] = []
    after = positions.copy()
    for i in range(n_actors):
        taken = _best_offer(positions, i, own[i], other[i], reading=reading)
        if taken is not None:
            j, kind, after[i] = taken
            moves.append(TakenOffer(actors.names[i], actors.names[j], kind, float(after[i])))
    return Round(after, risk, tuple(moves), median_by(after, actors.weight), float(actors.weight @ after))


def win_chances(positions: Floats, weight: Floats, risk: Floats, *, scale: float, all_pairs: bool) -> Floats:
    """[A, A] chance that i wins against j: weighted votes for i over votes cast (eq. 30).

    Voter k gives ``c_k s_k ((|x_k - x_j|/R)^r_k - (|x_k - x_i|/R)^r_k)``; 0 between actors of one position. With
    `all_pairs` the votes cast are those of every pair of actors together.
    """
    distance = (np.abs(positions[:, None] - positions[None, :]) / scale) ** risk[:, None]  # [k, position]
    votes = weight[:, None, None] * (distance[:, None, :] - distance[:, :, None])  # [k, i, j]
    cast = np.abs(votes).sum(axis=0)
    won = np.maximum(votes, 0.0).sum(axis=0)
    total = np.full_like(cast, cast.sum()) if all_pairs else cast
    same = np.abs(positions[:, None] - positions[None, :]) <= _TIE * scale
    return np.where(same | (total <= 0.0), 0.0, won / np.where(total > 0.0, total, 1.0))


def challenges(actors: _Actors, positions: Floats, wins: Floats, risk: Floats, *, reading: ModelReading) -> Floats:
    """[A, A] expected utility to i of challenging j, with risk exponents that broadcast to [A, A] (eqs. 5 to 7).

    ``s_j (P u_s + (1 - P) u_f) + (1 - s_j) u_s - Q u_q - (1 - Q)(T u_b + (1 - T) u_w)`` with, at distance
    ``d = |x_i - x_j| / R`` and median m: ``u_s = 2 - 4 (0.5 - 0.5 d)^r`` (15), ``u_f = 2 - 4 (0.5 + 0.5 d)^r`` (16),
    ``u_q = 2 - 4 0.5^r`` (24), ``u_b, u_w = 2 - 4 (0.5 -+ 0.25 (|x_i - m| / R + d))^r`` (22, 23); T is 1 if m is
    nearer to i than j is. The salience is that of the one who is challenged.
    """
    scale = actors.scale
    distance = np.abs(positions[:, None] - positions[None, :]) / scale
    won, lost = _value(0.5 - 0.5 * distance, risk), _value(0.5 + 0.5 * distance, risk)
    resists = actors.salience[None, :]
    utility = resists * (wins * won + (1.0 - wins) * lost) + (1.0 - resists) * won
    utility = utility - reading.q * _value(np.full_like(distance, 0.5), risk)
    if reading.q < 1.0:
        to_median = np.abs(positions - median_by(positions, actors.weight))[:, None] / scale
        moved = 0.25 * (to_median + distance)
        better, worse = _value(0.5 - moved, risk), _value(0.5 + moved, risk)
        utility = utility - (1.0 - reading.q) * np.where(to_median < distance, better, worse)
    np.fill_diagonal(utility, 0.0)
    return utility


def _value(inner: Floats, risk: Floats) -> Floats:
    return 2.0 - 4.0 * np.maximum(inner, 0.0) ** risk


def risk_exponents(first: Floats) -> Floats:
    """[A] exponents from the [A, A] expected utilities at exponent 1 (eqs. 32, 33).

    Danger ``D_i = sum_j E(j challenges i)``, ``R_i = (2 D_i - max D - min D) / (max D - min D)`` and
    ``r_i = (1 - R_i / 3) / (1 + R_i / 3)``, from 0.5 to 2; 1 for all where nobody's danger differs.
    """
    danger = first.sum(axis=0) - np.diag(first)
    low, high = float(danger.min()), float(danger.max())
    if high - low <= _TIE:
        return np.ones(len(danger))
    basis = (2.0 * danger - high - low) / (high - low)
    return (1.0 - basis / 3.0) / (1.0 + basis / 3.0)


def _best_offer(
    positions: Floats, i: int, own: Floats, other: Floats, *, reading: ModelReading
) -> tuple[int, Deal, float] | None:
    """The offer that i takes: a confrontation lost before a compromise before giving way, each by the least move.

    With a the expectation of i and b that of j: ``b > a > 0`` confrontation, i goes to j; ``b > 0 > a`` and
    ``b > |a|`` compromise, i goes ``|a / b|`` of the way (eq. 36); ``b > 0 > a`` and ``b < |a|`` compelled, i goes to
    j; all else leaves i where it is. Ties: the first actor of the table.
    """
    offers: dict[Deal, list[tuple[float, int, float]]] = {"confrontation": [], "compromise": [], "compelled": []}
    for j in range(len(positions)):
        a, b, gap = float(own[j]), float(other[j]), float(positions[j] - positions[i])
        if abs(gap) <= _TIE or b <= _TIE:
            continue
        if b > a > 0.0:
            offers["confrontation"].append((abs(gap), j, float(positions[j])))
        elif a < 0.0 and b > -a:
            goes = float(positions[i]) + gap * abs(a / b)
            midpoint = (abs(a) * float(positions[i]) + b * float(positions[j])) / (abs(a) + b)
            offers["compromise"].append((midpoint if reading.lowest_midpoint else abs(gap * a / b), j, goes))
        elif a < 0.0 and reading.compelled:
            offers["compelled"].append((abs(gap), j, float(positions[j])))
    for kind, of_kind in offers.items():
        if of_kind:
            _, j, goes = min(of_kind, key=lambda offer: offer[:2])
            return j, kind, goes
    return None
