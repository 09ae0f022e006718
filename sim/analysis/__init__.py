"""Statistics of many runs: likelihoods with intervals, differences, who decided, what it hangs on. Never plots."""

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.verdict import Verdict, verdict

__all__ = ["Accumulator", "Comparison", "Verdict", "verdict"]
