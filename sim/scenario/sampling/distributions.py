"""Distributions of numbers, and one uniform per number and draw.

Every number has a stream of its own, keyed by the seed and the number's dotted path, so adding a number or changing one
distribution moves no other, and a block of draws is the same however the draws are cut into blocks. Values come from
the inverse of the cumulative distribution function (CDF) at that uniform.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from sim.scenario.schema.numbers import Normal, Number
from sim.scenario.schema.priors import limits_of
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import Shift
from sim.scenario.source.yaml_text import is_row
from sim.types.arrays import Floats, Ints

_PER_STEP = 4  # 64-bit words per step of the Philox counter
_CELLS = 1024
_TAIL = 1.0 / 64.0


@lru_cache(maxsize=65536)
def stream_key(text: str) -> int:
    """A 64-bit hash of `text` (BLAKE2b), the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


class Uniforms(Protocol):
    """Where the uniforms of a block of draws come from."""

    def uniforms(self, path: str) -> Floats:
        """[D] in the open interval (0, 1), by the name of a stream."""
        ...


class Streams:
    """The uniforms of any number, for the D draws from `first_draw` on; of several seeds, one seed after another.

    Philox (Salmon et al. 2011) with key (seed modulo 2^64, hash of the number's path); word k of the stream belongs to
    draw k. One generator is set to stream after stream, so an instance belongs to one thread.
    """

    def __init__(self, *seeds: int, first_draw: int, n_draws: int) -> None:
        self.first_draw, self.n_draws = first_draw, n_draws
        self._skip = first_draw % _PER_STEP
        self._seeds = [seed & 0xFFFFFFFFFFFFFFFF for seed in seeds]
        self._key = np.zeros(2, dtype=np.uint64)
        self._state: Any = {
            "bit_generator": "Philox",
            "state": {"counter": np.array([first_draw // _PER_STEP, 0, 0, 0], dtype=np.uint64), "key": self._key},
            "buffer": np.zeros(_PER_STEP, dtype=np.uint64),
            "buffer_pos": _PER_STEP,
            "has_uint32": 0,
            "uinteger": 0,
        }
        self._generator = np.random.Philox(key=self._key)

    def uniforms(self, path: str) -> Floats:
        """[D], of S seeds [S * D], in the open interval (0, 1): odd multiples of 2^-53."""
        self._key[1] = stream_key(path)
        words = np.empty((len(self._seeds), self._skip + self.n_draws), dtype=np.uint64)
        for row, seed in enumerate(self._seeds):
            self._key[0] = seed
            self._generator.state = self._state
            words[row] = self._generator.random_raw(words.shape[1])
        uniforms: Floats = ((words[:, self._skip :] >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        return uniforms.reshape(-1)


def quantile(number: Number, u: Floats) -> Floats:
    """Inverse CDF of a number at `u` [D] in (0, 1): [D], within the distribution's support.

    A PERT is a beta with a = 1 + 4 (mode - low)/range, b = 1 + 4 (high - mode)/range.
    """
    return value_at(number.kind, number.form, u)


def value_at(kind: str, form: Any, u: Floats) -> Floats:
    """As `quantile`, by kind and form; of a uniform or triangular number the parameters may be arrays [D] too."""
    match kind:
        case "value":
            return np.full(u.shape, form)
        case "uniform":
            return form[0] + (form[1] - form[0]) * u
        case "triangular":
            return _triangular(form, u)
        case "pert":
            low, mode, high = form
            width = (high - low) or 1.0
            a, b = 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width
            return np.full(u.shape, low) if high == low else low + (high - low) * _beta_quantile(a, b, u)
        case "beta":
            return form.low + (form.high - form.low) * _beta_quantile(form.a, form.b, u)
        case "normal":
            return _truncated_normal(form, u)
        case _:
            steps: Floats = np.cumsum(form.probabilities)
            steps /= steps[-1]
            values: Floats = np.asarray(form.values)
            return values[np.searchsorted(steps, u, side="right").clip(max=len(values) - 1)]


def _triangular(form: tuple[float | Floats, float | Floats, float | Floats], u: Floats) -> Floats:
    low, mode, high = form
    width = high - low
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u * width < mode - low, rising, falling)


@lru_cache(maxsize=4096)
def _beta_table(a: float, b: float) -> tuple[Floats, Floats, Floats]:
    """Nodes x of [0, 1], the CDF there, and the slope dx/du of its inverse (0 where the density vanishes)."""
    from scipy.special import betainc, betaln, xlog1py, xlogy  # pyright: ignore[reportMissingTypeStubs]

    x = np.linspace(0.0, 1.0, _CELLS + 1)
    with np.errstate(divide="ignore", over="ignore"):
        log_density = xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) - betaln(a, b)
        slope = np.exp(-log_density)
    return x, betainc(a, b, x), np.where(np.isfinite(slope), slope, 0.0)


def _beta_quantile(a: float, b: float, u: Floats) -> Floats:
    """Inverse of the regularised incomplete beta function.

    Cubic Hermite interpolation of the inverse between 1,024 cells (error below 1e-8 for PERT shapes), SciPy's inversion
    in the tails and for shapes outside PERT's range, where the inverse bends too much to interpolate.
    """
    from scipy.special import betaincinv  # pyright: ignore[reportMissingTypeStubs]

    if not (1.0 <= a <= 5.0 and 1.0 <= b <= 5.0 and a + b >= 3.0):
        return betaincinv(a, b, u)
    x, cdf, slope = _beta_table(a, b)
    cell = np.clip(np.searchsorted(cdf, u, side="right") - 1, 0, _CELLS - 1)
    step = cdf[cell + 1] - cdf[cell]
    tail = (u < _TAIL) | (u > 1.0 - _TAIL) | (step <= 0.0)
    t = (u - cdf[cell]) / np.where(step > 0.0, step, 1.0)
    s = 1.0 - t
    quantiles = x[cell] * s * s * (1.0 + 2.0 * t) + x[cell + 1] * t * t * (3.0 - 2.0 * t)
    quantiles += step * t * s * (slope[cell] * s - slope[cell + 1] * t)
    quantiles[tail] = betaincinv(a, b, u[tail])
    return quantiles


def _standard_bounds(form: Normal) -> tuple[float, float]:
    low = -math.inf if form.low is None else (form.low - form.mean) / form.sd
    return low, math.inf if form.high is None else (form.high - form.mean) / form.sd


def _truncated_normal(form: Normal, u: Floats) -> Floats:
    """Quantile of a truncated normal; works in the lower tail's mirror image when the bounds lie far above the mean.

    Where the bounds lie so far out that no mass is left in floating point, all of it is put at the nearer bound.
    """
    from scipy.special import ndtr, ndtri  # pyright: ignore[reportMissingTypeStubs]

    low, high = _standard_bounds(form)
    near, far = (-low, -high) if low > 0.0 else (low, high)
    mass = float(ndtr(far) - ndtr(near))
    if mass == 0.0:
        return np.full(u.shape, form.mean + form.sd * (low if low > 0.0 else high))
    z = ndtri(ndtr(near) + u * mass)
    return form.mean + form.sd * np.clip(-z if low > 0.0 else z, low, high)


def support(number: Number) -> tuple[float, float]:
    """Lowest and highest value that a number can take."""
    form = number.form
    match number.kind:
        case "value":
            return form, form
        case "uniform" | "triangular" | "pert":
            return form[0], form[-1]
        case "beta":
            return form.low, form.high
        case "normal":
            return (-math.inf if form.low is None else form.low, math.inf if form.high is None else form.high)
        case _:
            possible = [value for value, chance in zip(form.values, form.probabilities, strict=True) if chance > 0]
            return min(possible), max(possible)


def parameters(number: Number) -> tuple[float, ...]:
    """The constant, or the parameters of the distribution; of a list of values the values alone."""
    form = number.form
    match number.kind:
        case "value":
            return (form,)
        case "uniform" | "triangular" | "pert":
            return tuple(form)
        case "discrete":
            return tuple(form.values)
        case _:
            return tuple(part for _, part in form if part is not None)


def surely_zero_sometimes(number: Number) -> bool:
    """Whether a number is exactly 0 with positive probability."""
    if number.kind == "discrete":
        pairs = zip(number.form.values, number.form.probabilities, strict=True)
        return any(value == 0 and chance > 0 for value, chance in pairs)
    return support(number) == (0.0, 0.0)


def mean(number: Number) -> float:
    """Expected value of a number, in closed form."""
    form = number.form
    match number.kind:
        case "value":
            return form
        case "uniform" | "triangular":
            return math.fsum(form) / len(form)
        case "pert":
            return (form[0] + 4.0 * form[1] + form[2]) / 6.0
        case "beta":
            return form.low + (form.high - form.low) * form.a / (form.a + form.b)
        case "discrete":
            return math.fsum(v * p for v, p in zip(form.values, form.probabilities, strict=True))
        case _:
            return _truncated_mean(form)


def _truncated_mean(form: Normal) -> float:
    """Mean of a truncated normal: m + s (phi(low) - phi(high)) / (Phi(high) - Phi(low))."""
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs]

    low, high = _standard_bounds(form)
    mass = float(ndtr(-low) - ndtr(-high)) if low > 0.0 else float(ndtr(high) - ndtr(low))
    if mass == 0.0:  # as in the quantile: all of it at the nearer bound
        return form.mean + form.sd * (low if low > 0.0 else high)
    density = [0.0 if math.isinf(z) else math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) for z in (low, high)]
    return form.mean + form.sd * (density[0] - density[1]) / mass


def describe(number: Number) -> str:
    """A number's distribution as short text, such as `triangular(0.1, 0.2, 0.5)`, with the level it stands for."""
    if number.level is not None:
        word = " ".join(part for part in (number.level, number.spread) if part)
        return f"{word}: {describe(number.model_copy(update={'level': None}))}"
    form = number.form
    if number.kind == "value":
        return f"{form:g}"
    if is_row(form):
        return f"{number.kind}({', '.join(f'{part:g}' for part in form)})"
    if number.kind == "discrete":
        pairs = zip(form.values, form.probabilities, strict=True)
        return "discrete(" + ", ".join(f"{value:g}: {chance:g}" for value, chance in pairs) + ")"
    return f"{number.kind}(" + ", ".join(f"{key}={part:g}" for key, part in form if part is not None) + ")"


ZERO = np.zeros(())


def stream_name(path: str, scenario: ResolvedScenario) -> str:
    """The name of a number's stream: its path, with a party's id replaced by its bloc's.

    So the members of a bloc draw equal numbers where their distributions are equal, and a party split in two identical
    seats stays one mind. Numbers that are drawn together have the stream of their common word.
    """
    number = scenario.numbers.get(path)
    if number is not None and number.together is not None:
        return f"together.{number.together}"
    head, _, rest = path.partition(".")
    if head != "parties":
        return path
    party, _, tail = rest.partition(".")
    return f"parties.{scenario.parties[party].bloc}.{tail}"


def lot_of(party: str) -> str:
    """Path of the uniform by which a party is drawn into contact groups; its stream is that of the bloc."""
    return f"parties.{party}.lot"


def lot_streams(scenario: ResolvedScenario) -> tuple[str, ...]:
    """Streams of the lots of all contact groups of a scenario."""
    grouped = [talks for talks in scenario.formats.values() if talks.contact_group is not None]
    lots = [lot_of(party) for talks in grouped for party in talks.in_role("principal")]
    return tuple(dict.fromkeys(stream_name(path, scenario) for path in lots))


@dataclass(frozen=True)
class Drawn:
    """Values of numbers in the draws whose uniforms the streams hold, for every regime."""

    scenario: ResolvedScenario
    n_draws: int
    streams: Uniforms
    rows: Ints | None = None
    """[D] which of the streams' draws each is; None for each its own."""
    columns: dict[str, Floats] = field(default_factory=dict[str, Floats])
    """By path, [D] values that stand in place of what the scenario says of a number."""
    _values: dict[str, Floats] = field(default_factory=dict[str, Floats], init=False, repr=False, compare=False)

    @property
    def n_worlds(self) -> int:
        """W = D * (1 + shocks)."""
        return self.n_draws * (1 + len(self.scenario.shocks))

    def uniforms(self, path: str) -> Floats:
        """[D] the uniforms of a stream."""
        return self._in_rows(self.streams.uniforms(stream_name(path, self.scenario)))

    def per_draw(self, path: str, number: Number) -> Floats:
        """[D] values, or [] (no axis) for a constant."""
        if path in self.columns:
            return self.columns[path]
        if number.kind == "value":
            return np.asarray(number.form, dtype=np.float64)
        return self._in_rows(quantile(number, self.streams.uniforms(stream_name(path, self.scenario))))

    def _in_rows(self, values: Floats) -> Floats:
        return values if self.rows is None else values[self.rows]

    def value(self, path: str) -> Floats:
        """[W] values after the shifts of each regime, or [] (no axis) where all worlds are alike; read-only."""
        known = self._values.get(path)
        if known is None:
            known = self._values[path] = self._in_worlds(path)
            known.flags.writeable = False
        return known

    def _in_worlds(self, path: str) -> Floats:
        base = self.per_draw(path, self.scenario.numbers[path])
        shifts = self.scenario.shifts.get(path)
        if shifts is None:
            return base if base.ndim == 0 else self.spread(base)
        regimes = np.empty((self.n_draws, 1 + len(shifts)))
        regimes[:, 0] = base
        for column, shift in enumerate(shifts, start=1):
            regimes[:, column] = base if shift is None else _shifted(base, shift, path)
        return regimes.reshape(-1)

    def get(self, path: str) -> Floats:
        """Like `value`, but 0 for a number that the file does not give."""
        return self.value(path) if path in self.scenario.numbers else ZERO

    def spread(self, per_draw: Floats) -> Floats:
        """[W] from [D]: the same in all regimes."""
        return np.repeat(per_draw, 1 + len(self.scenario.shocks))


def _shifted(base: Floats, shift: Shift, path: str) -> Floats:
    if shift.to is not None:
        moved = np.full_like(base, shift.to)
    elif shift.times is not None:
        moved = base * shift.times
    else:
        moved = base + (shift.add or 0.0)
    low, high = limits_of(tuple(path.split("."))).clip
    return np.clip(moved, low, high) if low > -math.inf or high < math.inf else moved
