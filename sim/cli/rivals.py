"""`compare --rivals`: the comparison again under each reading of the sources where they contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.types.message import message

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.comparison.rival_readings import RivalReadings
    from sim.cli.progress import Bar
    from sim.cli.request import Plan
    from sim.scenario import Encoder, Variant

    Compared = Callable[[Plan, Encoder, int, Bar], Comparison]


def reading_changes(made: Plan) -> list[tuple[str, str, Variant]]:
    """Each reading of each contradiction: its contradiction, its name, the change; none where not asked for."""
    from sim.scenario import Variant

    if not made.request.rivals:
        return []
    overrides = made.resolved.overrides
    return [
        (
            key,
            name,
            # Words of the file stay in the file's language.
            Variant(
                f"{key}: {name}",
                message("{text}", text=overrides[name].summary or name),
                tuple(overrides[name].set.items()),
            ),
        )
        for key, rival in made.resolved.rivals.items()
        for name in rival.readings
    ]


def rival_readings(made: Plan, baseline: Comparison, compared: Compared, bar: Bar) -> RivalReadings | None:
    """Play the formats under each reading and judge the baseline's ranking by them.

    Args:
        made: the request made concrete.
        baseline: the comparison of the file as it is.
        compared: plays an encoder, counted on the bar.
        bar: says what is being done.

    Returns:
        What was found; None where rivals were not asked for, or the file names none.
    """
    from sim.analysis import verdict
    from sim.analysis.comparison.rival_readings import Reading, RivalReadings
    from sim.scenario import Encoder

    changes = reading_changes(made)
    if not changes:
        return None
    request = made.request
    readings: list[Reading] = []
    scenarios = request.changes.load_each(change for _, _, change in changes)
    for (rival, name, change), resolved in zip(changes, scenarios, strict=True):
        bar.say(f"reading {change.name}")
        found = compared(made, Encoder(resolved, seed=request.seed), request.few, bar)
        readings.append(Reading(rival, name, change.said, found))
    questions = {key: rival.question for key, rival in made.resolved.rivals.items()}
    judged = verdict(baseline, {one.key: one.found for one in readings})
    return RivalReadings(questions, tuple(readings), judged)
