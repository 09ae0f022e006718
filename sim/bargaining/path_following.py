"""Fixed points of a smoothed system at high precision: damped iteration where it is easy, path following from there.

Damped iteration contracts at low precision and stalls at high precision, where answers turn within `1 / precision`. So
the precision is annealed along the branch of fixed points that starts at the low end: predictor and corrector steps in
arc length, which also pass the folds where the branch turns back (Allgower & Georg 1990, Numerical Continuation
Methods; for logit equilibria Turocy 2005, Games and Economic Behavior 51). Nothing here is random.

Shape letters: M unknowns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Floats

System = Callable[[Floats, float], tuple[Floats, Floats]]  # (unknowns [M], log precision) -> F(v) - v, [M, M + 1]

LOOSE = 1e-7  # residual at which a point of the branch is good enough to step on from
FIRST_STEP, LEAST_STEP = 0.1, 1e-9
BELOW = 0.5  # log precision under the low end at which the branch counts as lost
CLIMB = 0.1  # log precision by which the search goes on without a branch
DIGITS = 1e-12  # residual that Newton's method aims at, below what is asked for
CORRECTIONS = 6
SETTLING = 30  # damped iterations at the low end; Newton steps do the rest


@dataclass(frozen=True)
class Pace:
    """How carefully to follow a branch."""

    longest: float  # longest step
    short: float  # steps longer than this must not turn by more than `least_cosine` allows
    least_cosine: float  # of the angle between neighbouring directions: a sharper turn may be another branch
    by_side: bool  # whether the direction is told by the determinant, which other branches that cross would upset


PACES = (Pace(1.0, 1e-4, 0.5, False), Pace(0.5, 1e-5, 0.7, True), Pace(0.1, 1e-7, 0.9, False))


@dataclass(frozen=True)
class Traced:
    """Where the search ended: the caller judges the residual."""

    unknowns: Floats  # [M]
    residual: float  # sup norm of F(v) - v at the final precision
    iterations: int  # evaluations of the system


def damped(system: System, start: Floats, log_precision: float, *, most: int) -> Traced:
    """Iterate `v <- v + (F(v) - v) / 2` until the residual is loosely met or `most` evaluations are spent."""
    unknowns = start.copy()
    gap, _ = system(unknowns, log_precision)
    done = 1
    while done < most and np.abs(gap).max() > LOOSE:
        unknowns = unknowns + 0.5 * gap
        gap, _ = system(unknowns, log_precision)
        done += 1
    return Traced(unknowns, float(np.abs(gap).max()), done)


def polish(system: System, start: Floats, log_precision: float, *, target: float, most: int) -> Traced:
    """Newton's method at a fixed precision, each step halved until the residual falls.

    It stops at `target`, when no step helps, or after `most` evaluations.
    """
    unknowns, (gap, slopes) = start.copy(), system(start, log_precision)
    size, done = float(np.abs(gap).max()), 1
    while done < most and size > target:
        step = _solve(slopes[:, :-1], -gap)
        part, better = 1.0, False
        while not better and part > 1e-6 and done < most:
            trial = unknowns + part * step
            trial_gap, trial_slopes = system(trial, log_precision)
            done += 1
            better = bool(np.abs(trial_gap).max() < size)
            part /= 2
        if not better:
            break
        unknowns, gap, slopes, size = trial, trial_gap, trial_slopes, float(np.abs(trial_gap).max())
    return Traced(unknowns, size, done)


def trace(system: System, start: Floats, ends: tuple[float, float], *, target: float, most: int) -> Traced:
    """Follow the branch of fixed points between two `ends` of the log precision, and polish the upper one.

    A search that lost the branch begins again at the next of `PACES`; after the last, `_climb` makes do without.
    `start` [M] is improved by damped iteration at the low end, `target` is the residual to reach at the final
    precision, and a quarter of the `most` evaluations may be spent at each pace, and as many on the climb.
    """
    first = damped(system, start, ends[0], most=SETTLING)
    foot = np.append(first.unknowns, ends[0])
    done, head = first.iterations, foot
    for pace in PACES:
        end, used = _follow(system, foot, ends, pace=pace, target=target, most=min(most - done, most // 4))
        done += used
        if end[-1] == ends[1]:
            gap, _ = system(end[:-1], ends[1])
            return Traced(end[:-1], float(np.abs(gap).max()), done)
        head = end if end[-1] > head[-1] else head
    rest = _climb(system, head, ends, target=min(target, DIGITS), most=most // 4)
    return Traced(rest.unknowns, rest.residual, done + rest.iterations)


def _follow(
    system: System, foot: Floats, ends: tuple[float, float], *, pace: Pace, target: float, most: int
) -> tuple[Floats, int]:
    """Predictor and corrector steps from `foot [M + 1]`: the end or, if the branch is lost, its highest point."""
    up = np.append(np.zeros(len(foot) - 1), 1.0)
    point, slopes, done = _correct(system, foot, up)
    direction, step, head = _tangent(slopes, up), FIRST_STEP, point
    side = _side(slopes, direction)
    while done < most and step > LEAST_STEP and point[-1] > ends[0] - BELOW:
        ahead = point + step * direction
        if ahead[-1] > ends[1]:
            ahead = point + (ends[1] - point[-1]) / direction[-1] * direction
            last = polish(system, ahead[:-1], ends[1], target=min(target, DIGITS), most=30)
            done += last.iterations
            if last.residual <= target:
                return np.append(last.unknowns, ends[1]), done
            step /= 4
            continue
        corrected, corrected_slopes, used = _correct(system, ahead, direction)
        done += used
        turned = _tangent(corrected_slopes, direction) if used <= CORRECTIONS else -direction
        if used > CORRECTIONS or (turned @ direction < pace.least_cosine and step > pace.short):
            step /= 3
            continue
        if pace.by_side and _side(corrected_slopes, turned) != side:
            turned = -turned
        step = min(pace.longest, step * (2.0 if used <= 3 else 1.0 if used <= 4 else 0.6))
        point, slopes, direction = corrected, corrected_slopes, turned
        head = point if point[-1] > head[-1] else head
    return head, done


def _side(slopes: Floats, direction: Floats) -> float:
    """Orientation of the branch: 1 or -1; constant along it but for points where others cross it."""
    return float(np.linalg.slogdet(np.vstack((slopes, direction)))[0])


def _climb(system: System, point: Floats, ends: tuple[float, float], *, target: float, most: int) -> Traced:
    """Where the branch was lost: raise the precision in short steps, and land on whatever branch Newton finds."""
    level = min(max(float(point[-1]), ends[0]), ends[1])
    here = damped(system, point[:-1], level, most=SETTLING)
    done, best = here.iterations, here
    while done < most:
        best = polish(system, best.unknowns, level, target=target, most=40)
        done += best.iterations
        if level >= ends[1]:
            break
        level = min(level + CLIMB, ends[1])
    if level < ends[1]:
        best = polish(system, best.unknowns, ends[1], target=target, most=60)
        done += best.iterations
    return Traced(best.unknowns, best.residual, done)


def _tangent(slopes: Floats, before: Floats) -> Floats:
    """Unit vector along the branch, on the side of `before`."""
    right = np.append(np.zeros(len(slopes)), 1.0)
    along = _solve(np.vstack((slopes, before)), right)
    return along / np.linalg.norm(along)


def _correct(system: System, start: Floats, direction: Floats) -> tuple[Floats, Floats, int]:
    """Newton steps across `direction` back to the branch; more than `CORRECTIONS` evaluations mean it was not met."""
    point = start.copy()
    for used in range(1, CORRECTIONS + 1):
        gap, slopes = system(point[:-1], float(point[-1]))
        if np.abs(gap).max() <= LOOSE:
            return point, slopes, used
        step = _solve(np.vstack((slopes, direction)), np.append(-gap, 0.0))
        if not np.isfinite(step).all() or np.abs(step).max() > 1.0:
            break
        point = point + step
    return point, slopes, CORRECTIONS + 1


def _solve(matrix: Floats, right: Floats) -> NDArray[np.floating]:
    """Solve a square linear system; by least squares where it is singular, and nan where it is not finite."""
    if not np.isfinite(matrix).all() or not np.isfinite(right).all():
        return np.full(len(right), np.nan)
    try:
        solution = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        solution = np.full(len(right), np.nan)
    return solution if np.isfinite(solution).all() else np.linalg.lstsq(matrix, right, rcond=None)[0]
