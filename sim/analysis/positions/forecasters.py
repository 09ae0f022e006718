"""Every forecaster of a numeric issue, said once: its key, its names, its source, and the number it gives, if it does.

Some forecast from a table of positions alone, with one number; others give distributions, from a simulation or with
numbers learnt from outcomes (`backtest.cross_validation`). All that is reported or stored goes by these keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.analysis.positions.baselines import Nash, compromise, mean, median, middle, nash, weighted_median
from sim.analysis.positions.expected_utility import forecast_of
from sim.types import SpatialIssue


@dataclass(frozen=True)
class ForecastMethod:
    """A forecaster."""

    key: str  # stable: JSON, CSV and stored results use it
    name: str  # in words, as within a sentence
    short: str  # for a narrow column or a figure
    source: str  # who proposed it, and what is meant where the name leaves that open
    point: Callable[[SpatialIssue], float | None] | None = None
    """Its forecast from a table of positions, in units of the issue, None where it cannot be made; no function where
    it gives distributions."""

    @property
    def title(self) -> str:
        """The name at the beginning of a line."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def short_title(self) -> str:
        """The short name at the beginning of a line."""
        return self.short[:1].upper() + self.short[1:]


_POOL = "Linear pool: Stone (1961); Gneiting & Ranjan (2013)"
FORECASTERS: Mapping[str, ForecastMethod] = {
    method.key: method
    for method in (
        ForecastMethod("process", "simulation, constants fitted", "simulation", "Exponential tilts of the priors"),
        ForecastMethod(
            "process_prior", "simulation, constants as assumed before", "simulation, nothing fitted", "The priors"
        ),
        ForecastMethod(
            "layered",
            "layer: simulation, weighted positions and outcomes at large, mixed",
            "layer over the simulation",
            _POOL,
        ),
        ForecastMethod("mixture_with_process", "mixture with the simulation added", "mixture and simulation", _POOL),
        ForecastMethod(
            "positions",
            "positions weighted by salience and capability",
            "weighted positions",
            "As a distribution: each actor's share of salience times capability",
        ),
        ForecastMethod("gaussian", "Gaussian round the compromise model", "Gaussian", "One standard deviation, fitted"),
        ForecastMethod("mixture", "mixture of positions, Gaussian and outcomes at large", "mixture", _POOL),
        ForecastMethod("marginal", "outcomes at large", "outcomes at large", "Frequencies over all issues, fitted"),
        ForecastMethod(
            "compromise",
            "compromise model",
            "compromise model",
            "Mean weighted by salience and capability: van den Bos (1991); Achen (2006)",
            compromise,
        ),
        ForecastMethod("mean", "mean of the positions", "mean of positions", "Unweighted", mean),
        ForecastMethod("median", "median of the positions", "median of positions", "Black (1948)", median),
        ForecastMethod(
            "weighted_median",
            "weighted median",
            "weighted median",
            "By salience and capability: Black (1948)",
            weighted_median,
        ),
        ForecastMethod(
            "nash",
            "Nash bargaining solution",
            "Nash, quadratic loss",
            "Quadratic loss, breakdown bad for all: Nash (1950); Achen (2006)",
            nash,
        ),
        ForecastMethod(
            "nash_linear",
            "Nash bargaining solution, linear loss",
            "Nash, linear loss",
            "Schneider, Finke & Bailer (2010)",
            lambda issue: nash(issue, Nash(loss=1.0)),
        ),
        ForecastMethod(
            "nash_reference",
            "Nash bargaining solution, reference point as breakdown",
            "Nash, reference point",
            "Quadratic loss, breakdown leaves it: Nash (1950)",
            lambda issue: nash(issue, Nash(breakdown=None)),
        ),
        ForecastMethod(
            "middle", "middle of the scale", "middle of the scale", "What one would say knowing nothing", middle
        ),
        ForecastMethod(
            "expected_utility",
            "expected-utility model",
            "expected utility",
            "Bueno de Mesquita (1994), as documented by Scholz, Calbert & Smith (2011)",
            forecast_of,
        ),
    )
}
"""By key, in the order of reports."""
SPREADS: tuple[str, ...] = tuple(key for key, method in FORECASTERS.items() if method.point is None)
"""Keys of those that give distributions."""
POINTS: tuple[str, ...] = tuple(key for key in FORECASTERS if key not in SPREADS)
"""Keys of those that give one number and learn nothing."""


def point_forecasts(issue: SpatialIssue) -> dict[str, float | None]:
    """Key -> forecast of every method that gives one number, in units of the issue; None where it cannot be made."""
    return {key: method.point(issue) for key, method in FORECASTERS.items() if method.point is not None}
