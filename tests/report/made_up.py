"""Findings without any talks: what an answer rests on, and rival readings of sources."""

from __future__ import annotations

from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.verdict import RivalReading, RivalReadings, verdict
from sim.analysis.sensitivity.held_numbers import CHANGES, LEVEL, STAYS, KeyNumber, Swing
from sim.analysis.sensitivity.inquiry import SensitivitySizes
from sim.analysis.sensitivity.variance_shares import CHANCE, NUMBERS, ExplainedAnswer, RestsOn, VarianceGroup
from sim.analysis.statistics.intervals import Estimate
from sim.scenario.sampling.unknowns import CONSTANTS, Unknown
from sim.types.message import message

NAN = float("nan")


def share(value: float, half: float = 0.05) -> Estimate:
    return Estimate(value, value - half, value + half)


def swing(value: float, gap: float, *, leader: str = STAYS, top: int = 3, half: float = 0.04, n: int = 5) -> Swing:
    return Swing(value, tuple(share(gap / 2, half) for _ in range(n)), share(gap, half), top, leader)


def key_number(path: str, *, basis: str = "assumed", line: bool = False, told: bool = True, **ends: Swing) -> KeyNumber:
    unknown = Unknown(path, (path,), basis, ("E1", "E9"), "north", "values", line)
    sure = Estimate(0.2, 0.1, 0.3) if told else Estimate(0.01, 0.0, 0.05)
    quiet = swing(0.5, 0.0)
    return KeyNumber(unknown, sure, ends.get("low", quiet), ends.get("high", quiet))


def rests_of(baseline: Comparison) -> RestsOn:
    """What the answer of a made-up comparison rests on."""
    ids = [one.id for one in baseline.formats]
    answers = (
        ExplainedAnswer("settlement", (ids[3], ids[2]), 0.4, 120),
        ExplainedAnswer("settlement", (ids[3],), 0.2, 312),
    )

    def part(id_: str, value: float, kind: str = NUMBERS, count: int = 3) -> VarianceGroup:
        return VarianceGroup(id_, kind, count, (share(value), share(value / 2)))

    rest = part(CONSTANTS, 0.1, CONSTANTS), part(CHANCE, 0.5, CHANCE, 0)
    return RestsOn(
        measure="settlement",
        leader=ids[3],
        runner_up=ids[2],
        answers=answers,
        partitions={
            "basis": (part("assumed", 0.1), part("stated", 0.32, count=1), part("analyst", -0.02), *rest),
            "party": (part("north", 0.15), part("coast", 0.25), *rest),
            "parameter": (part("values", 0.4), *rest),
        },
        numbers=(
            key_number(
                "parties.north.red_lines.no-swap.firmness",
                line=True,
                low=swing(0.0, -0.106, leader=CHANGES, top=1),
                high=swing(1.0, 0.07),
            ),
            key_number("parties.coast.values.territory.options.territory_3", low=swing(0.2, 0.0, leader=LEVEL, top=0)),
            key_number("behaviour.precision", told=False, low=swing(12.0, 0.01)),
        ),
        numbers_of=answers[0].formats,
        n_unknowns=42,
        sizes=SensitivitySizes(312, 156),
    )


def rivals_of(baseline: Comparison, turned: Comparison) -> RivalReadings:
    """Two contradictions, one of which turns the order of the formats."""
    said = message("{text}", text="A sentence of the file.")
    found = {("X1", "as-it-is"): baseline, ("X1", "turned"): turned, ("X2", "same"): baseline}
    readings = tuple(RivalReading(key, name, said, one) for (key, name), one in found.items())
    judged = verdict(baseline, {one.key: one.comparison for one in readings})
    return RivalReadings({"X1": "Question of the file?", "X2": "Another question?"}, readings, judged)
