"""Words of what the answer rests on: names of groups, of keys of the file, and what is said of them."""

from __future__ import annotations

from sim.analysis.sensitivity.tornado import CHANGES, LEVEL, STAYS
from sim.analysis.sensitivity.variance_shares import CHANCE, NUMBERS
from sim.scenario.sampling.unknowns import CONSTANTS, NO_PARTY, OTHER

PARTITION_WORDS = {
    "basis": "By what the numbers rest on",
    "party": "By whose numbers they are",
    "parameter": "By what the numbers say",
}
KIND_WORDS = {NUMBERS: "numbers of the file", CONSTANTS: "behavioural constants", CHANCE: "chance"}
GROUP_WORDS = {
    CONSTANTS: "Behavioural constants",
    CHANCE: "Chance",
    NO_PARTY: "No party's own",
    "salience": "Salience",
    "values": "Values of options",
    "red_lines": "Red lines",
    "no_settlement": "Price of no settlement",
    "leverage": "Leverage and support",
    "standing": "Standing",
    "patience": "Patience",
    "meeting": "Meeting value, talk cost",
    "beliefs": "Beliefs about others",
    "ratification": "Ratification",
    "votes": "Weight in votes, the floor",
    "enforcement": "Enforcement",
    "shocks": "Shocks",
    OTHER: "Other",
    "stated": "Stated",
    "reported": "Reported",
    "analyst": "Analyst's judgement",
    "assumed": "Assumed",
}
BASIS_SHARES = {
    "stated": "{share} on what is stated ({numbers})",
    "reported": "{share} on what is reported ({numbers})",
    "analyst": "{share} on what is an analyst's judgement ({numbers})",
    "assumed": "{share} on what is assumed ({numbers})",
}
MOST_OF = {
    "party": "The parties whose numbers count most: {shares}.",
    "parameter": "The kinds of numbers that count most: {shares}.",
}
LEAD_WORDS = {STAYS: "stays", LEVEL: "level", CHANGES: "changes"}
END_WORDS = {True: "meant", False: "not meant"}
VIEW_LINES = {
    STAYS: "{where} ({basis}). Difference in points at {ends}",
    LEVEL: "{where} ({basis}). Difference in points at {ends}; another format level",
    CHANGES: "{where} ({basis}). Difference in points at {ends}; another format leads",
}
PART_WORDS = {
    key: key.replace("_", " ")
    for key in (
        "ability", "bonus", "capability", "coalition_support", "concession_exponent", "cost", "curve", "drift",
        "enforcement", "firmness", "foresight", "hazard", "ideal", "learning_prior", "loss", "margin",
        "meeting_value", "misremembering", "motive", "now", "outside_option", "patience", "precision",
        "pressure_cap", "reciprocity", "recognition", "salience", "seats", "spent_by", "standing", "talk_cost",
        "trust_premium", "volatility",
    )
}  # fmt: skip
"""Keys of the file on the way to a number -> the same in words."""
