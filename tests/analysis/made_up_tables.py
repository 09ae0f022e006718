"""Tables of one issue and one world, with the arrays that theory reads: the plainest table there is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.types.tables import PRINCIPAL


def table_of(values, *, floor=None, patience=0.9, rounds_a_month=1, **arrays):
    """Tables of one issue whose options are worth `values` [O, P]; option 0 is the status quo, the last settles."""
    values = np.asarray(values, dtype=float)
    n_options, n = values.shape
    worth = np.zeros(n) if floor is None else np.asarray(floor, dtype=float)
    flags = np.zeros((1, n_options), dtype=np.uint8)
    settles = flags.copy()
    settles[0, -1] = 1
    given = {
        "status_quo": np.zeros(1, dtype=np.int64),
        "issue_composite": np.zeros(1, dtype=np.int64),
        "settles": settles,
        "level": np.array([2]),
        "ending": flags,
        "seated": np.full((1, n), PRINCIPAL, dtype=np.uint8),
        "turn": np.arange(n)[None],
        "allowed": np.ones((1, 1, n_options), dtype=np.uint8),
        "n_rounds": np.array([12]),
        "rounds_per_month": np.array([rounds_a_month]),
        "bloc": np.arange(n),
        "contribution": values.T[None, :, None, :].copy(),
        "barred": np.zeros((1, n, 1, n_options), dtype=np.uint8),
        "undertaken": np.zeros((1, 1), dtype=np.uint8),
        **{name: np.zeros((0, 1, n_options), dtype=np.uint8) for name in ("line_if", "line_unless")},
        **{name: np.zeros((0, 1), dtype=np.uint8) for name in ("line_if_in", "line_unless_in")},
        "line_firm": np.zeros((1, n, 0), dtype=np.uint8),
        "price": np.zeros((1, n)),
        "drift": np.zeros((1, n)),
        "outside": worth[None],
        "patience": np.broadcast_to(np.asarray(patience, dtype=float), (1, n)),
        "precision": np.ones(1),
        "protocol": np.zeros(1, dtype=np.int64),
        "unanimous": np.ones(1, dtype=np.uint8),
        "quota": np.zeros((1, 2)),
        "strict": np.zeros(1, dtype=np.uint8),
        "vetoes": np.zeros((1, n), dtype=np.uint8),
        "abstains": np.zeros(1, dtype=np.uint8),
        "n_stages": np.ones(1, dtype=np.int64),
        "capability": np.ones((1, n)),
        "recognition": np.ones((1, 1, n)),
        "strategy": np.full(n, 9),
        "n_regimes": np.ones(1, dtype=np.int64),
        "moved": 1 - (np.arange(n_options)[None] == 0).astype(np.uint8),
        "standing": np.zeros((1, n, 1, n_options)),
        "strike_to": np.zeros((1, n_options), dtype=np.int64),
        "n_options": np.array([n_options]),
        "leverage": np.zeros((1, n, n)),
        "motive": np.zeros((1, n, n)),
        "pressure_cost": np.zeros((1, n, n)),
        "pressure_cap": np.zeros(1),
        **{name: np.asarray(array) for name, array in arrays.items()},
    }
    made = SimpleNamespace(**given)
    made._replace = lambda **changes: table_like(made, changes)
    return made


def table_like(made, changes):
    return SimpleNamespace(**{**vars(made), **changes})


def dollar(steps: int) -> np.ndarray:
    """A dollar in `steps` parts between two, with the status quo (nothing for nobody) first: [steps + 2, 2]."""
    x = np.linspace(0, 1, steps + 1)
    return np.vstack(([0.0, 0.0], np.c_[x, 1 - x]))
