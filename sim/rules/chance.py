"""Chance as a pure function: `uniform(run_key, slot)` is the same for any thread, block, order or format.

Each run owns a SplitMix64 stream (Steele, Lea & Flood 2014) whose seed is `run_key`; a slot addresses one element of
it, so nothing is stored and nothing is consumed. Slots are built from purpose, round and the 64-bit hashes of party
names, so that chance follows names and not positions.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rules.kernel import kernel

Key = int | np.uint64
"""A key, address or hash: 64 bits, unsigned in compiled code."""

GAMMA = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_ROUND = np.uint64(0xD6E8FEB86659FD93)
_LISTENER = np.uint64(0xA0761D6478BD642F)
_PURPOSE = np.uint64(0xE7037ED1A0B428DB)
_TWO53 = 1.0 / 9007199254740992.0

NOBODY = np.uint64(0)

# Purposes of chance inside a run.
START, ERROR, FRESH, OBSTRUCT, HOME, WALK, SHOCK, FLOOR, MIX, MEMORY, REPLY = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11


@kernel
def mix64(value: Key) -> Key:
    """SplitMix64's output function (Steele, Lea & Flood 2014, figure 13): a bijection of 64-bit unsigned integers.

    Changing one input bit changes each output bit with probability near one half.
    """
    value = (value ^ (value >> _S30)) * _M1
    value = (value ^ (value >> _S27)) * _M2
    return value ^ (value >> _S31)


@kernel
def run_key(seed: int, draw: int, replication: int) -> int:
    """Key of one run's stream from the experiment's seed (uint64), the draw and the replication."""
    key = mix64(np.uint64(seed) + GAMMA)
    key = mix64(key ^ (np.uint64(draw) * _ROUND + GAMMA))
    return mix64(key ^ (np.uint64(replication) * _LISTENER + _PURPOSE))  # pyright: ignore[reportReturnType]


@kernel
def slot(purpose: int, time: int, speaker: Key, listener: Key) -> Key:
    """Address of one chance event: a purpose, a round or month, and the name hashes (uint64) of up to two parties.

    The four are mixed one after another, so that no two addresses share a structure that survives into the stream.
    """
    address = mix64(np.uint64(purpose) * _PURPOSE + np.uint64(time) * _ROUND)
    address = mix64(address ^ speaker)
    return address ^ mix64(listener + _LISTENER)


@kernel
def bits(key: Key, address: Key) -> Key:
    """Element `address` of the SplitMix64 stream seeded with `key` (uint64)."""
    return mix64(key + (address + np.uint64(1)) * GAMMA)


@kernel
def uniform(key: Key, address: Key) -> float:
    """A uniform number in the open interval (0, 1): the top 53 bits, moved half a step from both ends."""
    return (float(bits(key, address) >> _S11) + 0.5) * _TWO53


@kernel
def logistic(key: Key, address: Key, precision: float) -> float:
    """Logistic error `logit(u) / precision`; 0 where `precision` is infinite (the threshold rule)."""
    u = uniform(key, address)
    return math.log(u / (1.0 - u)) / precision


@kernel
def normal(key: Key, address: Key) -> float:
    """Standard normal number by the Box-Muller transform of two elements of the stream (Box & Muller 1958)."""
    u = uniform(key, address)
    v = uniform(key, ~address)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(6.283185307179586 * v)
