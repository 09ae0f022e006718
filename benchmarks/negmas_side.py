"""The NegMAS half of the comparison: a program of its own, run by the Python of `.bench-venv` and never imported.

    .bench-venv/bin/python benchmarks/negmas_side.py NUMBERS.npz ROUNDS

It reads the domains from the file that Parley reads too, and answers each line `FIRST COUNT` on standard input with one
line of JSON: the CPU seconds that the negotiations took (building utility functions is not counted), and how they
ended.
NegMAS is AGPL-licensed; this program is the only place that touches it.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("NEGMAS_WARN_SLOW_OPS", "100000000000000")

import negmas  # noqa: E402
import numpy as np  # noqa: E402
from negmas.outcomes import make_issue, make_os  # noqa: E402
from negmas.preferences import LinearAdditiveUtilityFunction  # noqa: E402
from negmas.preferences.value_fun import TableFun  # noqa: E402
from negmas.sao import SAOMechanism  # noqa: E402
from negmas.sao.negotiators import BoulwareTBNegotiator  # noqa: E402


def mechanism(space, weight, value, reservation, n_rounds):
    """One negotiation over a domain: boulware agents (exponent 4), stacked alternating offers, `n_rounds` steps."""
    talk = SAOMechanism(outcome_space=space, n_steps=n_rounds)
    for p in range(weight.shape[0]):
        tables = [
            TableFun(dict(zip(issue.all, value[p, i].tolist(), strict=True))) for i, issue in enumerate(space.issues)
        ]
        utility = LinearAdditiveUtilityFunction(
            tables, weights=weight[p].tolist(), outcome_space=space, reserved_value=float(reservation[p])
        )
        talk.add(BoulwareTBNegotiator(name=f"p{p}"), ufun=utility)
    return talk


def main() -> None:
    numbers = np.load(sys.argv[1])
    n_rounds = int(sys.argv[2])
    weight, value, reservation = numbers["weight"], numbers["value"], numbers["reservation"]
    n_issues, n_options = value.shape[2:]
    space = make_os([make_issue([f"v{j}" for j in range(n_options)], name=f"i{i}") for i in range(n_issues)])
    print(json.dumps({"version": negmas.__version__, "domains": len(weight)}), flush=True)
    for line in sys.stdin:
        first, count = map(int, line.split())
        cpu = 0.0
        agreed = rounds = 0
        for d in range(first, first + count):
            talk = mechanism(space, weight[d], value[d], reservation[d], n_rounds)
            start = time.process_time()
            state = talk.run()
            cpu += time.process_time() - start
            agreed += state.agreement is not None
            rounds += state.step
        print(json.dumps({"cpu": cpu, "count": count, "agreed": agreed, "rounds": rounds}), flush=True)


if __name__ == "__main__":
    main()
