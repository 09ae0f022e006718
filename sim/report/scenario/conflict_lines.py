"""How much conflict a scenario holds, in the few lines of `check`.

Without the writers of tables: these know all formats, and what is compiled takes long to load.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.theory.conflict import Conflict, DrawRange
from sim.analysis.theory.idle_powers import IdlePower

LOOK = "Worth a second look  "
MEANING = "1: all want the same, 0.5: a pie that two have to split, 0: no deal is better than none for all"


def conflict_lines(found: Conflict) -> Iterator[RenderableType]:
    """The shares of all formats in one paragraph, what they let one expect, and what does nothing."""
    by_share: dict[str, list[str]] = {}
    for one in found.formats:
        none = f", no deal for all in {one.without_deal} of {found.n_draws} draws" if one.without_deal else ""
        by_share.setdefault(over_draws(one.share, found) + none, []).append(one.id)
    shares = "; ".join(f"{', '.join(ids)} {share}" for share, ids in by_share.items())
    yield Text(f"Share of its best hope that everybody with a vote can have at once ({MEANING}): {shares}")
    for warning in (*found.warnings, *(idle_words(power) for power in found.idle if power.everywhere)):
        yield Text.assemble((LOOK, "yellow"), warning)
    yield Text("Best hopes, parties, core options, all that does nothing: the same with --conflict", style="dim")


def idle_words(power: IdlePower) -> str:
    """What does nothing, where, and why, in a sentence."""
    where = "" if power.everywhere else f" in {', '.join(power.formats)}"
    match power.kind:
        case "veto":
            what = f"the veto of {power.party} does nothing{where}"
            return f"{what}: no deal that those with a vote want and it could stop costs it anything"
        case "lever":
            what = f"the lever of {power.party} on {power.on} does nothing{where}"
            return f"{what}: no deal that the others want and is worth pressing for makes {power.on} refuse"
        case "line":
            what = f"what red lines of {power.party} bar on {power.on} is missed by nobody else{where}"
            return f"{what}: for each there is another option that the others with a vote like as well"


def stakes(value: float) -> str:
    """A number of stakes with two decimals."""
    text = f"{abs(value):.2f}"
    return ("\N{MINUS SIGN}" if value < 0 and float(text) else "") + text


def over_draws(over: DrawRange, found: Conflict) -> str:
    """`0.78 (0.70-0.87)`; the mean alone where there is one draw."""
    joint = "-" if over.low >= 0 else " to "
    ends = f" ({stakes(over.low)}{joint}{stakes(over.high)})" if found.n_draws > 1 else ""
    return stakes(over.mean) + ends
