"""What a position table does not say of the talks, and the numbers that a scenario has in its place.

The protocol and these ranges were chosen by looking at decisions with known outcomes, the development part of DEU III
(docs/decisions/0023 says what else was tried there). Each constant has a uniform prior and is the same for all actors
in a draw; its name is the word by which its numbers are drawn together. A back-test says what of the priors survives.
"""

from __future__ import annotations

from sim.types import Constant

LOSS = Constant(
    "loss",
    "exponent of the loss of an actor with the distance from its position: 1 linear, 2 quadratic",
    1.0,
    3.0,
)
PRICE = Constant(
    "price",
    "what it costs every actor alike if an issue stays undecided, in units of what a fully salient actor loses between "
    "the ends of the scale",
    0.5,
    6.0,
)
GROUP = Constant(
    "group",
    "how many actors talk for all; drawn in proportion to capability times salience",
    2.0,
    10.0,
)
CONSTANTS = (LOSS, PRICE, GROUP)
LEAST_SHARE = 0.05
"""Least mean salience, as a share of full salience, by which the price of not deciding is divided."""
MONTHS, ROUNDS = 6, 2
