"""A scenario with every uncertain number at its mean: one world to look at, and no draw of any run."""

from __future__ import annotations

from typing import Any

from sim.scenario import ResolvedScenario, load_raw
from sim.scenario.sampling.distributions import mean
from sim.scenario.schema.numbers import Number

EVEN = 0.5
MEANS_NOTE = (
    "Every uncertain number stands at its mean, and a red line counts as firm where its firmness is at least one half. "
    "No run is played at exactly these numbers, and what holds at the means need not hold on average."
)


def at_means(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario with every distribution replaced by its mean.

    Firmness is a chance per draw, so a mean would still be drawn: it becomes 1 where its mean is at least `EVEN`, else
    0. Every draw of the result is then the same, whatever the seed. The changes that the file names are left out: they
    are of the scenario itself.
    """
    data = resolved.to_data()
    for path, number in resolved.numbers.items():
        keys = path.split(".")
        value = _middle(number, firmness="firmness" in keys)
        if number.kind != "value" or value != number.form:
            _put(data, keys, value)
    for issue in data["issues"].values():  # ideals are constants now: a grid would make options of them too
        issue.get("scale", {}).pop("grid", None)
    for changes in ("overrides", "scenarios", "rivals"):  # and these may change a grid
        data[changes] = {}
    return load_raw(data, name=f"{resolved.id} at its means")


def _middle(number: Number, *, firmness: bool) -> float:
    found = mean(number)
    return float(found >= EVEN) if firmness else found


def _put(data: Any, keys: list[str], value: float) -> None:
    """Replace the form of the number at a path of the plain data; basis and sources stay."""
    for key in keys:
        data = data[key]
    for kind in [one for one in data if one not in ("basis", "sources", "note")]:
        del data[kind]
    data["value"] = value
