"""What a position table does not say of the talks, and the numbers that a scenario has in its place.

The protocol and these ranges were chosen by looking at decisions with known outcomes (the development part of DEU III:
docs/backtest.md says which other protocols were tried there). Each prior is wide; a back-test says what of it survives.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prior:
    """One constant of the talks with its uniform prior; the same for all actors in a draw."""

    name: str
    """The word by which its numbers are drawn together."""
    title: str
    meaning: str
    low: float
    high: float


LOSS = Prior(
    "loss",
    "Shape of losses",
    "exponent of the loss of an actor with the distance from its position: 1 linear, 2 quadratic",
    1.0,
    3.0,
)
PRICE = Prior(
    "price",
    "Price of not deciding",
    "what it costs every actor alike if an issue stays undecided, in units of what a fully salient actor loses between "
    "the ends of the scale",
    0.5,
    6.0,
)
GROUP = Prior(
    "group",
    "Size of the contact group",
    "how many actors talk for all; drawn in proportion to capability times salience",
    2.0,
    10.0,
)
PRIORS = (LOSS, PRICE, GROUP)
LEAST_SHARE = 0.05
"""Least mean salience, as a share of full salience, by which the price of not deciding is divided."""
MONTHS, ROUNDS = 6, 2
