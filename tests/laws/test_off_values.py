"""Law: with the rules by which talks can fail at their off values, runs are those of before these rules, to the byte.

`BEFORE` was written by the last commit without the rules, c4dcc18. It is there so that nothing else moves while they
are worked on; where a file below or an older rule is changed on purpose, it is made anew with `digest` from runs of the
commit before that change. Why nothing was signed is told more finely since, so those reasons count as one; fields of
runs that are newer are left out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from sim.types import EndReason
from sim.types.outcomes import Runs
from tests.laws.common import encode_file, play
from tests.shipped import GAINS_ALONE_SETS, SCENARIOS

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
FIELDS = (
    *("outcome", "reason", "decided", "month", "held", "agreed", "core", "shock"),
    *("deal", "tabled", "refused", "value", "reservation", "legs"),
)
UNSIGNED = [
    *(EndReason.ALL_PASSED, EndReason.DEADLINE, EndReason.MEET_AGAIN),
    *(EndReason.NO_ZONE, EndReason.CLAIMS, EndReason.FORESEEN, EndReason.CONDITION),
]
BEFORE = {
    SCENARIOS / "minimal.yaml": "40e4de99bc1965cf18ba45c7",
    SCENARIOS / "camp-david-1978.yaml": "86f072b17c17a1facf62ee5a",
    SCENARIOS / "well-formats.yaml": "f616ec8eebd84c0d51e36374",
    GOLDEN / "valley.yaml": "3e65c98f0d70e5e0a6031b9f",
}


def digest(runs: Runs) -> str:
    """Hash of the older fields, all reasons why nothing was signed as one."""
    reason = np.where(np.isin(runs.reason, UNSIGNED), EndReason.DEADLINE, runs.reason).astype(runs.reason.dtype)
    told, hashed = runs._replace(reason=reason), hashlib.blake2b(digest_size=12)
    for name in FIELDS:
        hashed.update(getattr(told, name).tobytes())
    return hashed.hexdigest()


@pytest.mark.parametrize("path", BEFORE, ids=lambda path: path.stem)
def test_off_values_give_the_runs_of_before(path: Path) -> None:
    off = encode_file(path, *GAINS_ALONE_SETS, seed=5)
    assert digest(play(off, n_draws=20, replications=3)) == BEFORE[path]


def test_a_rule_left_on_is_noticed() -> None:
    path = GOLDEN / "valley.yaml"
    for left_out in range(len(GAINS_ALONE_SETS)):
        sets = [one for place, one in enumerate(GAINS_ALONE_SETS) if place != left_out]
        assert digest(play(encode_file(path, *sets, seed=5), n_draws=20, replications=3)) != BEFORE[path], sets
