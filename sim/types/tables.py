"""Arrays that carry a scenario into the rules: read-only, filled once per block of draws.

Shape letters, here and in every layer below `scenario`:

| letter | counts | letter | counts |
|---|---|---|---|
| D | draws of the uncertain numbers in the block | C | composites (groups of linked issues) |
| G | regimes: 1 + number of shocks | O | options of the largest composite |
| W | worlds, W = D * G, world = draw * G + regime | F | formats, then tracks |
| P | parties | N | entries of `spent_by` |
| V | views, V >= P: rows 0..P-1 are true, later rows are mistaken | S | speaking slots, most seats in any format |
| I | issues | Z | stages of an ordered agenda, or working groups and their plenary |
| K | legs, most formats in any track | M | deals of an equilibrium plan |
| J | the first of them, which a plan of the open rule knows as texts on the floor | | |

A *composite* is a connected component of issues joined by linkages or feasibility rules; its options are the feasible
combinations. Issues joined to nothing are composites of their own, so a deal is one option index per composite and
every combination of composite options is feasible.

All utilities are in *stakes*: `contribution[w, p]` is scaled so that the feasible best minus the feasible worst is 1.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]
Keys = NDArray[np.uint64]

PROCESS, SUBSTANCE, CORE = 0, 1, 2
ABSENT, PRINCIPAL, OBSERVER, MEDIATOR, INTERESTED, GUARANTOR = 0, 1, 2, 3, 4, 5
"""Seats: a MEDIATOR is neutral, an INTERESTED one has a vote and may press."""

ProtocolName = Literal["alternating_offers", "proposal_and_vote", "single_text", "shuttle", "baskets", "open_rule"]
PROTOCOLS: tuple[ProtocolName, ...] = get_args(ProtocolName)
ALTERNATING_OFFERS, PROPOSAL_AND_VOTE, SINGLE_TEXT, SHUTTLE, BASKETS, OPEN_RULE, TRACK = 0, 1, 2, 3, 4, 5, 6
BY_LOT: tuple[ProtocolName, ...] = ("proposal_and_vote", "open_rule")
"""Protocols in which the floor is given by lot."""

StrategyName = Literal[
    "standard",
    "boulware",
    "linear",
    "conceder",
    "tit_for_tat",
    "relative_tit_for_tat",
    "staller",
    "hard_liner",
    "fair_split",
    "equilibrium",
]
STRATEGIES: tuple[StrategyName, ...] = get_args(StrategyName)
STANDARD, BOULWARE, LINEAR, CONCEDER, TIT_FOR_TAT, RELATIVE_TIT_FOR_TAT = 0, 1, 2, 3, 4, 5
STALLER, HARD_LINER, FAIR_SPLIT, EQUILIBRIUM = 6, 7, 8, 9

GIVEN, EASY_FIRST, HARD_FIRST = 0, 1, 2

# Positions in `Tables.switch`.
SEVERABLE, HOLD_ONCE, FRESH_ERRORS, STALLING, N_SWITCHES = 0, 1, 2, 3, 4


class Tables(NamedTuple):
    """Everything the rules know about a scenario, for one block of draws. All arrays are C-contiguous and read-only."""

    # Structure, the same in every draw.
    n_options: Ints  # [C] options of each composite; the rest of axis O is padding
    status_quo: Ints  # [C] composite option at which every member issue stands at its status quo
    issue_composite: Ints  # [I] composite of each issue
    issue_option: Ints  # [I, O] option of the issue inside composite option o; -1 in padding
    strike_to: Ints  # [I, O] composite option with this issue put back at its status quo, the others kept;
    #                  the composite's whole status quo where that combination is infeasible; -1 in padding
    moved: Flags  # [I, O] 1 where the issue is away from its status quo
    settles: Flags  # [I, O] 1 where a core issue stands at a settling option; 0 for other issues
    level: Ints  # [I] PROCESS, SUBSTANCE or CORE (after the `core` switch: an issue left out of it counts as SUBSTANCE)
    ending: Floats  # [C, O] share of the price of no settlement that stops; all zero if no issue ends it

    # Formats.
    protocol: Ints  # [F] position in PROTOCOLS, or TRACK
    seated: Flags  # [F, P] ABSENT, PRINCIPAL, OBSERVER, MEDIATOR, INTERESTED or GUARANTOR
    required: Flags  # [F, P] 1 where talks need this seat
    turn: Ints  # [F, S] parties in speaking order, an interested mediator first, then principals; -1 in padding
    allowed: Flags  # [F, C, O] 1 where all issues off the agenda stand at their status quo; 0 in padding
    n_rounds: Ints  # [F] rounds, months * rounds a month
    rounds_per_month: Ints  # [F]
    early_harvest: Flags  # [F]
    public: Flags  # [F] 1 where texts are published
    mandate: Flags  # [F] 1 where texts of the mediator bind without ratification at home
    unanimous: Flags  # [F] 1 where one refusal at the table is enough
    quota: Floats  # [F, 2] least share of the votes by head and by capability
    strict: Flags  # [F] 1 where more than that share is needed
    vetoes: Flags  # [F, P] 1 where the party must not refuse, whatever the count
    abstains: Flags  # [F] 1 where a party for which a text changes nothing abstains
    n_stages: Ints  # [F] 1 for a whole package
    order: Ints  # [F] GIVEN, EASY_FIRST or HARD_FIRST
    stage_issue: Flags  # [F, Z, I] issues on the agenda of a stage
    stage_seat: Flags  # [F, Z, P] who speaks in a stage
    stage_first: Ints  # [F, Z] first round of a stage
    stage_last: Ints  # [F, Z] last round of a stage
    grouped: Flags  # [F] 1 where a contact group talks and everybody votes on what it brings
    n_legs: Ints  # [F] formats of a track; 1 for a format
    legs: Ints  # [F, K] formats of a track in order, -1 in padding; a format's only leg is itself
    leg_gap: Ints  # [F, K] months between the end of the leg before and this one

    # Parties.
    chance_key: Keys  # [P] 64-bit hash of the bloc's name: chance follows names, not positions
    bloc: Ints  # [P] index of the first party of the same bloc (own index when alone)
    view_row: Ints  # [P, P] row in `contribution` and `barred` that the first party believes of the second
    ratifies: Flags  # [P] 1 where home must ratify
    strategy: Ints  # [P] position in STRATEGIES
    named: Flags  # [P, C, O] 1 where a composite option names the party as a guarantor

    # Numbers, one row per world.
    contribution: Floats  # [W, V, C, O] utility of each composite option, in stakes, lowest allowed option at 0
    barred: Flags  # [W, V, C, O] 1 where a firm red line of the party forbids the option (never the status quo)
    standing: Floats  # [W, P, I, O] chance that the party's refusal stops this issue at this option; 0 where not moved
    enforcement: Floats  # [W, P, C, O] stakes that defection costs once the option is in force
    price: Floats  # [W, P] price of no settlement at month 0, stakes
    drift: Floats  # [W, P] its change per month
    outside: Floats  # [W, P] stakes above the status quo
    patience: Floats  # [W, P] discount factor per month
    exponent: Floats  # [W, P] concession exponent beta
    foresight: Floats  # [W, P]
    reciprocity: Floats  # [W, P] weight of reciprocity in the aspiration
    meeting_value: Floats  # [W, F, P] stakes per month
    talk_cost: Floats  # [W, F, P] stakes per month
    capability: Floats  # [W, P] weight in votes by capability
    recognition: Floats  # [W, F, P] relative chance to be given the floor
    talks: Flags  # [W, F, P] 1 for those who talk; 0 for seats that the lot leaves out of a contact group
    leverage: Floats  # [W, P, P] by patron and target, stakes of the target; ability
    motive: Floats  # [W, P, P]
    pressure_cost: Floats  # [W, P, P] stakes of the patron
    support: Floats  # [W, P, P] by supporter and supported, stakes of the supported
    home_margin: Floats  # [W, P] stakes above the reservation value that home asks for
    spent: Floats  # [W, N] share of the lever that is gone when the entry's option stands
    hazard: Floats  # [W, G - 1] chance per month of each shock (same in all regimes of a draw)
    precision: Floats  # [W] lambda, per stake
    volatility: Floats  # [W] sigma, stakes per square root of a month
    learning_prior: Floats  # [W] n0, distinct offers; inf switches learning off
    pressure_cap: Floats  # [W] stakes
    trust_premium: Floats  # [W] stakes asked for per text of an earlier leg that was not kept
    misremembering: Floats  # [W] chance that a party remembers an issue of an unpublished text otherwise
    coalition_support: Floats  # [W] stakes of support among those whom an earlier leg's text passed over

    # What a stationary equilibrium says to parties that play it; M is 0 unless `analysis` has filled them in.
    plan_deal: Ints  # [W, F, M, C] deals that are proposed
    plan_chance: Floats  # [W, F, P, M] chance with which the party proposes each of them
    plan_value: Floats  # [W, F, P, P] gain that the second party expects if it refuses an offer of the first, stakes
    # Of the open rule alone: J is 0 elsewhere.
    plan_reply: Floats  # [W, F, P, J, P, J] chance that the second, recognised while deal J of the first is on the
    #                     floor, amends with each deal; it seconds with what is missing to 1
    plan_floor: Floats  # [W, F, P, J, P] gain that the second expects if deal J of the first is on the floor in the
    #                     next session, stakes
    plan_slack: Floats  # [W, F, P] by how much less an amendment may be worth to the party that votes for it, stakes

    # Entries of `spent_by`.
    spent_patron: Ints  # [N]
    spent_target: Ints  # [N]
    spent_composite: Ints  # [N]
    spent_option: Flags  # [N, O] 1 where the composite option includes the spending option

    switch: Ints  # [N_SWITCHES] rule variants
    n_regimes: Ints  # [1] G
    hold_months: Ints  # [1] months a text is watched after it is signed


TABLES_LAYOUT: dict[str, str] = {
    "n_options": "i C",
    "status_quo": "i C",
    "issue_composite": "i I",
    "issue_option": "i I O",
    "strike_to": "i I O",
    "moved": "b I O",
    "settles": "b I O",
    "level": "i I",
    "ending": "f C O",
    "protocol": "i F",
    "seated": "b F P",
    "required": "b F P",
    "turn": "i F S",
    "allowed": "b F C O",
    "n_rounds": "i F",
    "rounds_per_month": "i F",
    "early_harvest": "b F",
    "public": "b F",
    "mandate": "b F",
    "unanimous": "b F",
    "quota": "f F 2",
    "strict": "b F",
    "vetoes": "b F P",
    "abstains": "b F",
    "n_stages": "i F",
    "order": "i F",
    "stage_issue": "b F Z I",
    "stage_seat": "b F Z P",
    "stage_first": "i F Z",
    "stage_last": "i F Z",
    "grouped": "b F",
    "n_legs": "i F",
    "legs": "i F K",
    "leg_gap": "i F K",
    "chance_key": "k P",
    "bloc": "i P",
    "view_row": "i P P",
    "ratifies": "b P",
    "strategy": "i P",
    "named": "b P C O",
    "contribution": "f W V C O",
    "barred": "b W V C O",
    "standing": "f W P I O",
    "enforcement": "f W P C O",
    "price": "f W P",
    "drift": "f W P",
    "outside": "f W P",
    "patience": "f W P",
    "exponent": "f W P",
    "foresight": "f W P",
    "reciprocity": "f W P",
    "meeting_value": "f W F P",
    "talk_cost": "f W F P",
    "capability": "f W P",
    "recognition": "f W F P",
    "talks": "b W F P",
    "leverage": "f W P P",
    "motive": "f W P P",
    "pressure_cost": "f W P P",
    "support": "f W P P",
    "home_margin": "f W P",
    "spent": "f W N",
    "hazard": "f W H",
    "precision": "f W",
    "volatility": "f W",
    "learning_prior": "f W",
    "pressure_cap": "f W",
    "trust_premium": "f W",
    "misremembering": "f W",
    "coalition_support": "f W",
    "plan_deal": "i W F M C",
    "plan_chance": "f W F P M",
    "plan_value": "f W F P P",
    "plan_reply": "f W F P J P J",
    "plan_floor": "f W F P J P",
    "plan_slack": "f W F P",
    "spent_patron": "i N",
    "spent_target": "i N",
    "spent_composite": "i N",
    "spent_option": "b N O",
    "switch": "i X",
    "n_regimes": "i 1",
    "hold_months": "i 1",
}
"""Field -> dtype (i int64, f float64, b uint8, k uint64), shape letters; X switches, H shocks, 1 one number, 2 two."""
