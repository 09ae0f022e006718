"""Random additive domains as ready-made tables: the same kind of domain the NegMAS comparison runs on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.types.tables import N_SWITCHES, SEVERABLE, Tables


class DomainNumbers(NamedTuple):
    """The numbers of D additive domains with P parties, C issues and N options; what two programs must share."""

    weight: NDArray[np.float64]  # [D, P, C] sums to 1 per party
    value: NDArray[np.float64]  # [D, P, C, N] runs over [0, 1] per issue
    reservation: NDArray[np.float64]  # [D, P]
    name_hash: NDArray[np.uint64]  # [P] chance follows names


def draw_numbers(
    n_domains: int,
    n_parties: int,
    n_issues: int,
    n_options: int,
    *,
    seed: int = 1,
    reservation: tuple[float, float] = (0.2, 0.5),
) -> DomainNumbers:
    """Random weights, values and reservation values (uniform in `reservation`) of independent domains."""
    rng = np.random.default_rng(seed)
    d, p, c = n_domains, n_parties, n_issues
    weight = rng.random((d, p, c, 1))
    weight /= weight.sum(axis=2, keepdims=True)
    value = rng.random((d, p, c, n_options))
    value -= value.min(axis=3, keepdims=True)
    value /= value.max(axis=3, keepdims=True)
    hashes = rng.integers(1, 2**63, p).astype(np.uint64)
    return DomainNumbers(weight[..., 0], value, rng.uniform(*reservation, (d, p)), hashes)


def random_domains(
    n_domains: int,
    n_parties: int,
    n_issues: int,
    n_options: int,
    *,
    n_rounds: int = 50,
    seed: int = 1,
    reservation: tuple[float, float] = (0.2, 0.5),
    exponent: float = 0.25,
    learning: bool = False,
    precision: float = 20.0,
) -> Tables:
    """Independent domains with random values and weights, one format that seats everybody.

    Utilities run over [0, 1] per party; reservation values are uniform in `reservation` (as an outside option over a
    status quo that is an extra, worthless option of every issue). With `learning`, everybody believes that the others
    weigh all issues alike and corrects that by what it hears.

    Args:
        exponent: concession exponent for all; 0.25 is the boulware exponent 4 of NegMAS.
    """
    numbers = draw_numbers(n_domains, n_parties, n_issues, n_options, seed=seed, reservation=reservation)
    return domain_tables(numbers, n_rounds=n_rounds, exponent=exponent, learning=learning, precision=precision)


def domain_tables(
    numbers: DomainNumbers,
    *,
    n_rounds: int = 50,
    exponent: float = 0.25,
    learning: bool = False,
    precision: float = 20.0,
) -> Tables:
    """Tables for domains whose numbers are given; see `random_domains`."""
    weight, value, reservation, hashes = numbers
    d, p, c = weight.shape
    o = value.shape[3] + 1
    contribution = np.zeros((d, p, c, o))
    contribution[..., 1:] = weight[..., None] * value
    view = np.tile(np.arange(p), (p, 1))
    if learning:
        believed = np.zeros_like(contribution)
        believed[..., 1:] = value / c
        contribution = np.concatenate([contribution, believed], axis=1)
        view = np.where(np.eye(p, dtype=bool), view, view + p)
    views = contribution.shape[1]
    ints = lambda *shape: np.zeros(shape, dtype=np.int64)  # noqa: E731
    flags = lambda *shape: np.zeros(shape, dtype=np.uint8)  # noqa: E731
    floats = lambda *shape: np.zeros(shape)  # noqa: E731
    options = np.tile(np.arange(o), (c, 1))
    moved = flags(c, o)
    moved[:, 1:] = 1
    allowed = flags(1, c, o)
    allowed[:, :, 1:] = 1
    switch = (np.arange(N_SWITCHES) == SEVERABLE).astype(np.int64)
    tables = Tables(
        n_options=np.full(c, o), status_quo=ints(c), issue_composite=np.arange(c), issue_option=options,
        strike_to=ints(c, o), moved=moved, settles=moved.copy(), level=np.full(c, 2), ending=floats(c, o),
        protocol=ints(1), seated=np.ones((1, p), dtype=np.uint8), required=flags(1, p), grouped=flags(1),
        talks=np.ones((d, 1, p), dtype=np.uint8),
        turn=np.arange(p)[None, :].copy(),
        allowed=allowed, n_rounds=np.array([n_rounds]), rounds_per_month=np.array([n_rounds]),
        early_harvest=flags(1), **_plain_format(p, c, n_rounds), capability=np.ones((d, p)),
        recognition=np.ones((d, 1, p)), named=flags(p, c, o), strategy=ints(p), trust_premium=floats(d),
        misremembering=floats(d), coalition_support=floats(d), plan_deal=ints(d, 1, 0, c),
        plan_chance=floats(d, 1, p, 0), plan_value=floats(d, 1, p, p),
        plan_reply=floats(d, 1, p, 0, p, 0), plan_floor=floats(d, 1, p, 0, p), plan_slack=floats(d, 1, p),
        chance_key=hashes.astype(np.uint64), bloc=np.arange(p),
        view_row=view, ratifies=flags(p), contribution=contribution, barred=flags(d, views, c, o),
        standing=floats(d, p, c, o), enforcement=floats(d, p, c, o), price=floats(d, p), drift=floats(d, p),
        outside=reservation.astype(float), patience=np.ones((d, p)), exponent=np.full((d, p), exponent),
        foresight=floats(d, p), reciprocity=floats(d, p), meeting_value=floats(d, 1, p), talk_cost=floats(d, 1, p),
        leverage=floats(d, p, p), motive=floats(d, p, p), pressure_cost=floats(d, p, p), support=floats(d, p, p),
        optimism=np.full((d, p), -1.0), signing_cost=floats(d, p), commitment_premium=floats(d, p),
        next_chance=np.ones(d), lasts=ints(c, o), resumes=flags(c, o),
        undertaking=flags(1), undertaken=flags(1, c), line_if=flags(0, c, o),
        line_unless=flags(0, c, o), line_if_in=flags(0, c), line_unless_in=flags(0, c),
        line_firm=flags(d, views, 0), home_margin=floats(d, p),
        spent=floats(d, 0), hazard=floats(d, 0), precision=np.full(d, precision),
        volatility=np.full(d, 0.02), learning_prior=np.full(d, 5.0 if learning else np.inf),
        pressure_cap=np.full(d, 0.5), spent_patron=ints(0), spent_target=ints(0), spent_composite=ints(0),
        spent_option=flags(0, o), switch=switch, n_regimes=np.array([1]), hold_months=np.array([1]),
    )  # fmt: skip
    for array in tables:
        array.setflags(write=False)
    return tables


def _plain_format(n_parties: int, n_issues: int, n_rounds: int) -> dict[str, np.ndarray]:
    """One format by unanimity on the whole agenda at once, published, without stages or legs."""
    return {
        "public": np.ones(1, dtype=np.uint8),
        "mandate": np.zeros(1, dtype=np.uint8),
        "unanimous": np.ones(1, dtype=np.uint8),
        "quota": np.zeros((1, 2)),
        "strict": np.zeros(1, dtype=np.uint8),
        "vetoes": np.zeros((1, n_parties), dtype=np.uint8),
        "abstains": np.zeros(1, dtype=np.uint8),
        "n_stages": np.ones(1, dtype=np.int64),
        "order": np.zeros(1, dtype=np.int64),
        "stage_issue": np.ones((1, 1, n_issues), dtype=np.uint8),
        "stage_seat": np.ones((1, 1, n_parties), dtype=np.uint8),
        "stage_first": np.zeros((1, 1), dtype=np.int64),
        "stage_last": np.full((1, 1), n_rounds - 1),
        "n_legs": np.ones(1, dtype=np.int64),
        "legs": np.zeros((1, 1), dtype=np.int64),
        "leg_gap": np.zeros((1, 1), dtype=np.int64),
    }
