"""Colours of the figures, safe for colour-blind readers and readable on light and dark paper.

`INK`, `MUTED`, `RULE` and `PAPER` stand for themselves in files; inside the page they are replaced by the page's own
colours, so that figures follow light and dark mode.
"""

from __future__ import annotations

from sim.types import Outcome

INK = "#15181d"
MUTED = "#5a6372"
RULE = "#c9ced6"
PAPER = "#fefefd"
HEAT = "#2671b3"
"""Heat maps shade from nothing to this colour by opacity, which works on any paper."""
ACCENT = "#2671b3"
WARM = "#bd5316"

WHITE = "#ffffff"
ON_FILL = "#14171c"
"""Labels on light fills: dark in light and dark mode alike."""

OUTCOME_FILL: dict[Outcome, str] = {
    Outcome.SETTLEMENT: "#2671b3",
    Outcome.PARTIAL: "#86b9e3",
    Outcome.PROCESS: "#cbdcea",
    Outcome.COLLAPSED: "#f3c15f",
    Outcome.BLOCKED: "#d0662a",
    Outcome.NO_AGREEMENT: "#a3a9b2",
    Outcome.NO_TALKS: "#636c78",
}
"""Blues: something is in force or arranged; warm: a text was stopped or left; greys: no text."""

READING_ORDER = tuple(OUTCOME_FILL)
"""From most to least, as tables and bars print them; the first two are the texts in force."""

DARK_LABEL = frozenset(READING_ORDER[1:-1])
"""Fills on which a label is dark; on the others it is white."""

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.SETTLEMENT: "Settlement",
    Outcome.PARTIAL: "Partial text",
    Outcome.PROCESS: "More talks",
    Outcome.COLLAPSED: "Collapsed",
    Outcome.BLOCKED: "Blocked",
    Outcome.NO_AGREEMENT: "No agreement",
    Outcome.NO_TALKS: "No talks",
}

OUTCOME_SENTENCE: dict[Outcome, str] = {
    Outcome.SETTLEMENT: "All core issues settled, consented to, and the text lasted to the horizon.",
    Outcome.PARTIAL: "A text on part of the agenda, core left open, in force at the horizon.",
    Outcome.PROCESS: "No text of substance, but channels, working groups or a next meeting.",
    Outcome.COLLAPSED: "A text was signed and consented to, and a party later left it.",
    Outcome.BLOCKED: "The table agreed, and a party outside it or a government at home refused.",
    Outcome.NO_AGREEMENT: "The table did not agree.",
    Outcome.NO_TALKS: "A seat that had to be filled stayed empty.",
}

# fmt: off
FORMAT_COLOURS = (
    "#2a78b8", "#bd5a20", "#14805f", "#ab5596", "#96700a", "#636c78", "#7459c4", "#b8404d",
    "#008700", "#dc197d", "#8c5f46", "#556e1e", "#b441b9", "#00828c", "#d22d2d", "#9b6478",
    "#5f6e50", "#735f96", "#0073dc", "#d70550",
)
# fmt: on
"""White numbers on them have a contrast of at least 4.5; of those after the eighth, each is the farthest (CIELAB)."""


def format_colour(slot: int) -> str:
    """Colour of the format at this place in the comparison; colours repeat after twenty, numbers do not."""
    return FORMAT_COLOURS[slot % len(FORMAT_COLOURS)]


def shade(share: float) -> float:
    """Opacity of a cell: never so strong that ink on it is hard to read, never so weak that a share is lost."""
    return 0.06 + 0.76 * share if share > 0 else 0.03
