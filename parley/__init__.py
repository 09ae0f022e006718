"""Parley from Python: compare talk formats on a scenario file, and everything that the command line does.

    import parley

    scenario = parley.load("scenarios/minimal.yaml").set({"horizon_months": 36})
    result = parley.compare(scenario, draws=200, seed=1)
    result.frame()            # shares with 95% intervals, a row a format and measure (pandas)
    result.verdict            # robust, or what the ranking depends on; None without variants
    result.runs(inputs=True)  # every run, with the uncertain numbers of its draw
    result.report("out.html")
    parley.trace(scenario, "farmers", draw=3)
    design = parley.design(scenario, {"parties.mill.salience.sluice": (0.1, 0.9)}, parley.samples.grid(20))
    parley.sweep(design).heatmap("parties_mill_salience_sluice")

Functions compute and write no file; results have `.save(folder)`. Python and `comparison.json` use the same words.
Every likelihood holds only given the scenario file. What is not in `parley.__all__` may change without notice: the
package `sim` is the implementation.
"""

from parley import samples
from parley._functions import backtest, check, compare, forecast, history, load, retrodict, solve, trace
from parley._results import BackTest, Check, Comparison, Forecast, Retrodiction, Solution, Talk
from parley._sweeps import Sweep, design, sweep
from sim.app.errors import InputError
from sim.app.scenarios import Scenario
from sim.scenario.source.problems import ScenarioError
from sim.sweep.design import Design

__all__ = [
    "BackTest",
    "Check",
    "Comparison",
    "Design",
    "Forecast",
    "InputError",
    "Retrodiction",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Sweep",
    "Talk",
    "backtest",
    "check",
    "compare",
    "design",
    "forecast",
    "history",
    "load",
    "retrodict",
    "samples",
    "solve",
    "sweep",
    "trace",
]


def __dir__() -> list[str]:
    return __all__
