"""`compare --rivals`: the comparison again under each reading of the sources where they contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.cli.found import RivalReadings

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.cli.progress import Bar
    from sim.cli.request import Plan
    from sim.scenario import Variant


def reading_changes(made: Plan) -> list[Variant]:
    """Each reading of each contradiction as a change, in file order; none where rivals are not asked for."""
    from sim.scenario import Variant

    if not made.request.rivals:
        return []
    overrides = made.resolved.overrides
    return [
        Variant(f"{key}: {name}", overrides[name].summary or name, tuple(overrides[name].set.items()))
        for key, rival in made.resolved.rivals.items()
        for name in rival.readings
    ]


def rival_readings(made: Plan, baseline: Comparison, blocks: Any, bar: Bar) -> RivalReadings | None:
    """Play the formats under each reading and judge the baseline's ranking by them.

    Args:
        made: the request made concrete.
        baseline: the comparison of the file as it is.
        blocks: gives the runs of an encoder, counted on the bar.
        bar: says what is being done.

    Returns:
        What was found; None where rivals were not asked for.
    """
    from sim.analysis import Accumulator, verdict
    from sim.scenario import Encoder

    changes = reading_changes(made)
    if not changes:
        return None
    found: dict[str, Comparison] = {}
    for change, resolved in zip(changes, made.request.changes.load_each(changes), strict=True):
        bar.say(f"reading {change.name}")
        encoder = Encoder(resolved, seed=made.request.seed)
        counts = Accumulator(encoder.structure, made.formats, made.request.few, made.request.replications)
        for first_draw, runs in blocks(made, encoder, made.request.few, bar):
            counts.add(first_draw, runs)
        found[change.name] = counts.result()
    questions = {key: rival.question for key, rival in made.resolved.rivals.items()}
    sentences = {change.name: change.sentence for change in changes}
    return RivalReadings(questions, sentences, found, verdict(baseline, found))
