"""Samples with known indices, played with chance."""

import numpy as np

ISHIGAMI_A, ISHIGAMI_B = 7.0, 0.1


def saltelli(n, k, *, seed, second_order=False):
    """[n, S, k] independent uniform rows: A, B, AB_1 .. AB_k, and with second order BA_1 .. BA_k."""
    a, b = np.random.default_rng(seed).random((2, n, k))
    columns = [a, b]
    for own, other in ((a, b), (b, a)) if second_order else ((a, b),):
        for i in range(k):
            mixed = own.copy()
            mixed[:, i] = other[:, i]
            columns.append(mixed)
    return np.stack(columns, axis=1)


def played(chance, *, draws, runs, seed, common=False, dummy=False):
    """[..., draws] shares of so many runs; `common` luck is that of the base row, else each column has its own.

    With `dummy` the last column has luck of its own even so.
    """
    shape = (len(chance), *([1] if common else chance.shape[1:]), draws, runs)
    luck = np.random.default_rng((seed, 1)).random(shape)
    if dummy:
        own = np.random.default_rng((seed, 2)).random((len(chance), 1, draws, runs))
        luck = np.concatenate([np.repeat(luck, chance.shape[1] - 1, axis=1), own], axis=1)
    return (luck < chance[..., None, None]).mean(axis=-1)


def ishigami(u):
    """Ishigami & Homma (1990) of [..., 3 or more] uniform numbers, as a chance from 0.15 to 0.85."""
    x = np.pi * (2.0 * u - 1.0)
    value = np.sin(x[..., 0]) + ISHIGAMI_A * np.sin(x[..., 1]) ** 2 + ISHIGAMI_B * x[..., 2] ** 4 * np.sin(x[..., 0])
    return 0.15 + 0.7 * (value + 11.0) / 30.0


def ishigami_indices():
    """First-order and total indices of x1, x2, x3 and one that is not there; and pairs (1, 2), (1, 3), (2, 3)."""
    first = 0.5 * (1.0 + ISHIGAMI_B * np.pi**4 / 5.0) ** 2
    second = ISHIGAMI_A**2 / 8.0
    both = ISHIGAMI_B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = first + second + both
    ones, totals = np.array([first, second, 0.0, 0.0]), np.array([first + both, second, both, 0.0])
    return ones / whole, totals / whole, np.array([0.0, both, 0.0]) / whole
