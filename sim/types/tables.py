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
| H | shocks, H = G - 1 | J | the first of them, which a plan of the open rule knows as texts on the floor |
| X | switches of the rules | B | conditional red lines that join composites |

A *composite* is a connected component of issues joined by linkages or feasibility rules; its options are the feasible
combinations. Issues joined to nothing are composites of their own, so a deal is one option index per composite and
every combination of composite options is feasible.

All utilities are in *stakes*: `contribution[w, p]` is scaled so that the feasible best minus the feasible worst is 1.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, get_args

from sim.types.arrays import Flags, Floats, Ints, Keys

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
NO_CLAIMS = -1.0
"""Optimism at which a party claims nothing of waiting."""

# Positions in `Tables.switch`.
SEVERABLE, HOLD_ONCE, FRESH_ERRORS, STALLING, FORESEEN, N_SWITCHES = 0, 1, 2, 3, 4, 5


class Tables(NamedTuple):
    """Everything the rules know about a scenario, for one block of draws. All arrays are C-contiguous and read-only."""

    # Structure, the same in every draw.
    n_options: Annotated[Ints, "C"]  # options of each composite; the rest of axis O is padding
    status_quo: Annotated[Ints, "C"]  # composite option at which every member issue stands at its status quo
    issue_composite: Annotated[Ints, "I"]  # composite of each issue
    issue_option: Annotated[Ints, "I O"]  # option of the issue inside composite option o; -1 in padding
    strike_to: Annotated[Ints, "I O"]  # composite option with this issue back at its status quo, the others kept, or
    # the composite's whole status quo where that combination is infeasible; -1 in padding
    moved: Annotated[Flags, "I O"]  # 1 where the issue is away from its status quo
    settles: Annotated[Flags, "I O"]  # 1 where a core issue stands at a settling option; 0 for other issues
    lasts: Annotated[Ints, "I O"]  # months until the issue lapses into its status quo; 0 where it is there for good
    resumes: Annotated[Flags, "I O"]  # 1 where a lapse leads back to talks
    level: Annotated[Ints, "I"]  # PROCESS, SUBSTANCE or CORE; what the `core` switch leaves out counts as SUBSTANCE
    ending: Annotated[Floats, "C O"]  # share of the price of no settlement that stops; all zero if no issue ends it.
    # An option that halts it for some months counts by their share of the horizon

    # Formats.
    protocol: Annotated[Ints, "F"]  # position in PROTOCOLS, or TRACK
    seated: Annotated[Flags, "F P"]  # ABSENT, PRINCIPAL, OBSERVER, MEDIATOR, INTERESTED or GUARANTOR
    required: Annotated[Flags, "F P"]  # 1 where talks need this seat
    turn: Annotated[Ints, "F S"]  # parties in speaking order: an interested mediator, then principals; -1 in padding
    allowed: Annotated[Flags, "F C O"]  # 1 where all issues off the agenda stand at their status quo; 0 in padding
    n_rounds: Annotated[Ints, "F"]  # rounds, months * rounds a month
    rounds_per_month: Annotated[Ints, "F"]
    early_harvest: Annotated[Flags, "F"]
    undertaking: Annotated[Flags, "F"]  # 1 where nothing is agreed until all is: a text settles all of `undertaken`
    undertaken: Annotated[Flags, "F I"]  # 1 where a core issue is on the agenda of a single undertaking
    public: Annotated[Flags, "F"]  # 1 where texts are published
    mandate: Annotated[Flags, "F"]  # 1 where texts of the mediator bind without ratification at home
    unanimous: Annotated[Flags, "F"]  # 1 where one refusal at the table is enough
    quota: Annotated[Floats, "F 2"]  # least share of the votes by head and by capability
    strict: Annotated[Flags, "F"]  # 1 where more than that share is needed
    vetoes: Annotated[Flags, "F P"]  # 1 where the party must not refuse, whatever the count
    abstains: Annotated[Flags, "F"]  # 1 where a party for which a text changes nothing abstains
    n_stages: Annotated[Ints, "F"]  # 1 for a whole package
    order: Annotated[Ints, "F"]  # GIVEN, EASY_FIRST or HARD_FIRST
    stage_issue: Annotated[Flags, "F Z I"]  # issues on the agenda of a stage
    stage_seat: Annotated[Flags, "F Z P"]  # who speaks in a stage
    stage_first: Annotated[Ints, "F Z"]  # first round of a stage
    stage_last: Annotated[Ints, "F Z"]  # last round of a stage
    grouped: Annotated[Flags, "F"]  # 1 where a contact group talks and everybody votes on what it brings
    n_legs: Annotated[Ints, "F"]  # formats of a track; 1 for a format
    legs: Annotated[Ints, "F K"]  # formats of a track in order, -1 in padding; a format's only leg is itself
    leg_gap: Annotated[Ints, "F K"]  # months between the end of the leg before and this one

    # Parties.
    chance_key: Annotated[Keys, "P"]  # 64-bit hash of the bloc's name: chance follows names, not positions
    bloc: Annotated[Ints, "P"]  # index of the first party of the same bloc (own index when alone)
    view_row: Annotated[Ints, "P P"]  # row in `contribution` and `barred` that the first party believes of the second
    ratifies: Annotated[Flags, "P"]  # 1 where home must ratify
    strategy: Annotated[Ints, "P"]  # position in STRATEGIES
    named: Annotated[Flags, "P C O"]  # 1 where a composite option names the party as a guarantor

    # Conditional red lines: a deal crosses one that meets all of its `if` and not all of its `unless`. Those inside one
    # composite are in `barred` instead.
    line_if: Annotated[Flags, "B C O"]  # 1 where the option is as `if` asks; 1 everywhere where it asks nothing
    line_unless: Annotated[Flags, "B C O"]  # the same of `unless`
    line_if_in: Annotated[Flags, "B C"]  # 1 where `if` speaks of an issue of the composite
    line_unless_in: Annotated[Flags, "B C"]  # the same of `unless`

    # Numbers, one row per world.
    contribution: Annotated[Floats, "W V C O"]  # utility of a composite option, stakes, lowest allowed option at 0
    line_firm: Annotated[Flags, "W V B"]  # 1 where the conditional red line is the party's and meant, as a view has it
    barred: Annotated[Flags, "W V C O"]  # 1 where a firm red line of the party forbids the option; never the status quo
    standing: Annotated[Floats, "W P I O"]  # chance that a refusal stops the issue at this option; 0 if not moved
    enforcement: Annotated[Floats, "W P C O"]  # stakes that defection costs once the option is in force
    price: Annotated[Floats, "W P"]  # price of no settlement at month 0, stakes
    drift: Annotated[Floats, "W P"]  # its change per month
    outside: Annotated[Floats, "W P"]  # stakes above the status quo
    patience: Annotated[Floats, "W P"]  # discount factor per month
    exponent: Annotated[Floats, "W P"]  # concession exponent beta
    foresight: Annotated[Floats, "W P"]
    optimism: Annotated[Floats, "W P"]  # omega of the claim: share of the best hope expected beyond an even one; -1 off
    signing_cost: Annotated[Floats, "W P"]  # stakes
    commitment_premium: Annotated[Floats, "W P"]  # stakes on top of it, of a text that no enforcement backs
    reciprocity: Annotated[Floats, "W P"]  # weight of reciprocity in the aspiration
    meeting_value: Annotated[Floats, "W F P"]  # stakes per month
    talk_cost: Annotated[Floats, "W F P"]  # stakes per month
    capability: Annotated[Floats, "W P"]  # weight in votes by capability
    recognition: Annotated[Floats, "W F P"]  # relative chance to be given the floor
    talks: Annotated[Flags, "W F P"]  # 1 for those who talk; 0 for seats that the lot leaves out of a contact group
    leverage: Annotated[Floats, "W P P"]  # by patron and target, stakes of the target; ability
    motive: Annotated[Floats, "W P P"]
    pressure_cost: Annotated[Floats, "W P P"]  # stakes of the patron
    support: Annotated[Floats, "W P P"]  # by supporter and supported, stakes of the supported
    home_margin: Annotated[Floats, "W P"]  # stakes above the reservation value that home asks for
    spent: Annotated[Floats, "W N"]  # share of the lever that is gone when the entry's option stands
    hazard: Annotated[Floats, "W H"]  # chance per month of each shock (same in all regimes of a draw)
    next_chance: Annotated[Floats, "W"]  # months until those who do not sign now bargain again
    precision: Annotated[Floats, "W"]  # lambda, per stake
    volatility: Annotated[Floats, "W"]  # sigma, stakes per square root of a month
    learning_prior: Annotated[Floats, "W"]  # n0, distinct offers; inf switches learning off
    pressure_cap: Annotated[Floats, "W"]  # stakes
    trust_premium: Annotated[Floats, "W"]  # stakes asked for per text of an earlier leg that was not kept
    misremembering: Annotated[Floats, "W"]  # chance that a party remembers an issue of an unpublished text otherwise
    coalition_support: Annotated[Floats, "W"]  # stakes of support among those whom an earlier leg's text passed over

    # What a stationary equilibrium says to parties that play it; M is 0 unless `analysis` has filled them in.
    plan_deal: Annotated[Ints, "W F M C"]  # deals that are proposed
    plan_chance: Annotated[Floats, "W F P M"]  # chance with which the party proposes each of them
    plan_value: Annotated[Floats, "W F P P"]  # gain that the second expects if it refuses an offer of the first, stakes
    # Of the open rule alone: J is 0 elsewhere.
    plan_reply: Annotated[Floats, "W F P J P J"]  # chance that the second, recognised while deal J of the first is on
    # the floor, amends with each deal; it seconds with what is missing to 1
    plan_floor: Annotated[Floats, "W F P J P"]  # gain that the second expects if deal J of the first is on the floor
    # in the next session, stakes
    plan_slack: Annotated[Floats, "W F P"]  # by how much less an amendment for which it votes may be worth, stakes

    # Entries of `spent_by`.
    spent_patron: Annotated[Ints, "N"]
    spent_target: Annotated[Ints, "N"]
    spent_composite: Annotated[Ints, "N"]
    spent_option: Annotated[Flags, "N O"]  # 1 where the composite option includes the spending option

    switch: Annotated[Ints, "X"]  # rule variants
    n_regimes: Annotated[Ints, "1"]  # G
    hold_months: Annotated[Ints, "1"]  # months a text is watched after it is signed
