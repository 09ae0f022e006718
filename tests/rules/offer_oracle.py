"""What the offer rule loses against exact enumeration and an exact frontier; `python -m benchmarks.offers` tables it.

The oracle is plain NumPy, written from the formulas and not from the compiled rules: it lists every deal that the
speaker may use, scores each, and picks. Loss is counted where the engine would ask: for aspirations from nothing up to
the speaker's top deal. Its unit is the range of the score over the deals that give the speaker its aspiration; deals
that an absent party is sure to refuse are left out of the range (they score -60 and would make any loss look small),
and to offer one of them where another would do is a loss of the whole range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.deal_space import exact_frontier
from sim.formats.lanes import open_shared
from sim.formats.speech import close_round, propose
from sim.rules.belief import fill_beliefs
from sim.rules.menu import SLACK
from sim.rules.offer import build_menu
from sim.rules.pack import TABLES, WORK, Pack
from sim.scenario import Encoder, load_raw
from sim.types.arrays import layout_of
from sim.types.tables import CORE, PRINCIPAL, Tables
from sim.types.work import OFFER, Work, make_work
from tests.rules.domains import random_domains
from tests.scenario.generate import random_scenario
from tests.shipped import GAINS_ALONE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

EXACT = 1e-9  # a score this close to the best counts as the best
CERTAIN_REFUSAL = -60.0
DRAWS = 4
SHARES = np.linspace(0.0, 1.0, 11)  # aspirations, as shares of the speaker's top gain

BARE: dict[str, Any] = {"red_lines": False, "standing": False, "leverage": False}
CLAIMING = "single undertaking"  # the kind in which parties claim and answer for their signature; elsewhere none does
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "additive": ("all", BARE),
    "red lines": ("all", {**BARE, "red_lines": True, "misperception": True}),
    "linkages and rules": ("all", {**BARE, "red_lines": True, "linked": True}),
    "levers and support": ("all", {**BARE, "leverage": True, "red_lines": True}),
    "absent parties": ("two", {"red_lines": True, "standing": True, "leverage": True}),
    "everything": (
        "two",
        {"red_lines": True, "standing": True, "leverage": True, "linked": True, "misperception": True},
    ),
    "conditional lines": (
        "two",
        {"red_lines": True, "standing": True, "leverage": True, "conditional_lines": 3, "misperception": True},
    ),
    CLAIMING: ("all", {**BARE, "red_lines": True, "conditional_lines": 1, "misperception": True}),
}
"""Kind of space -> the format that speaks, and the recipe of the random scenario."""


@dataclass(frozen=True)
class Space:
    """World 0 of a scenario in which a format has been opened; the rules are called on `pack` and `work`."""

    tables: Tables
    pack: Pack[Tables]
    work: Pack[Work]
    format_index: int

    @property
    def speakers(self) -> Ints:
        """Parties that speak, in order."""
        arrays = self.work.arrays
        return arrays.seats[: arrays.n_seats[0]].copy()


def open_space(tables: Tables, format_index: int, world: int = 0) -> Space:
    """Open the first lane of a format, which finds every speaker's top deal."""
    pack, work = Pack(tables, TABLES), Pack(make_work(tables), WORK)
    work.arrays.loaded[0] = -1
    open_shared(pack, work, world, format_index)
    return Space(tables, pack, work, format_index)


def random_spaces(kind: str, n_spaces: int, *, first: int = 0, **more: Any) -> Iterator[Space]:
    """Random spaces of 2 to 5 parties and at most a thousand deals or so; absent kinds have at least 3 parties.

    Every number is a distribution, and `DRAWS` spaces are draws of one random scenario: reading one costs more than
    measuring a space. `more` goes into the recipe of the scenario.
    """
    name, recipe = KINDS[kind]
    for k in range(-(-n_spaces // DRAWS)):
        rng = np.random.default_rng([first + k, *kind.encode()])
        n_parties = int(rng.integers(3 if name == "two" else 2, 6))
        n_issues, n_options = ((3, 5), (4, 4), (4, 5), (5, 3), (5, 4))[int(rng.integers(5))]
        data = random_scenario(rng, n_parties, n_issues, n_options, uncertain=1.0, **{**recipe, **more})
        data["behaviour"] = {} if kind == CLAIMING else GAINS_ALONE
        tables = Encoder(load_raw(data), seed=first + k).tables(0, min(DRAWS, n_spaces - k * DRAWS))
        tables = tables._replace(talk_cost=np.zeros_like(tables.talk_cost))  # so that everybody comes
        for world in range(len(tables.price)):
            yield open_space(one_world(tables, world), list(data["formats"]).index(name))


def one_world(tables: Tables, world: int) -> Tables:
    """The tables with one world alone."""
    specs = (spec.axes for spec in layout_of(Tables).values())
    arrays = (
        array[world : world + 1] if "W" in letters else array for array, letters in zip(tables, specs, strict=True)
    )
    return Tables(*(np.ascontiguousarray(array) for array in arrays))


# --- the oracle -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """Every deal that a speaker may use. N deals, P parties, C composites."""

    deals: Ints  # [N, C]
    gains: Floats  # [N, P] believed gains over the reservation value
    score: Floats  # [N] believed log joint probability of passing
    content: Flags  # [N] every needed party is believed to be content
    hopeless: Flags  # [N] an absent party is sure to refuse
    signed: Flags  # [N] worth to the speaker what it claims of waiting and asks for its name


@dataclass(frozen=True)
class Beliefs:
    """Everybody's utilities as a speaker believes them."""

    value: Floats  # [P, C, O] price included
    floor: Floats  # [P] value given up by agreeing


def first_beliefs(t: Tables, speaker: int) -> Beliefs:
    """Beliefs at month 0, before any offer, with the status quo in hand."""
    value = t.contribution[0][t.view_row[speaker]] - t.price[0][:, None, None] * t.ending
    place = np.arange(value.shape[1])
    return Beliefs(value, value[:, place, t.status_quo].sum(axis=1) + np.maximum(t.outside[0], 0.0))


def beliefs_in_talk(space: Space, speaker: int, step: int) -> Beliefs:
    """Beliefs in a round of a talk, after what was heard; computed by the rule, which has tests of its own."""
    fill_beliefs(space.pack, space.work, 0, space.format_index, speaker, step)
    work = space.work.arrays
    return Beliefs(work.view_value.copy(), work.floor.copy())


def list_deals(space: Space, speaker: int, beliefs: Beliefs | None = None) -> Listing:
    """Score every usable deal with the status quo in hand, as `speaker` believes it; by default at month 0."""
    t, world = space.tables, 0
    beliefs = beliefs or first_beliefs(t, speaker)
    present = t.seated[space.format_index] == PRINCIPAL
    present &= np.isin(np.arange(len(present)), space.speakers)
    rows = t.view_row[speaker]
    deals = usable_deals(t, space.format_index, speaker, present)
    place = np.arange(deals.shape[1])
    gains = beliefs.value[:, place, deals].sum(axis=2).T - beliefs.floor
    crossing = t.barred[world][rows][:, place, deals].any(axis=2).T
    crossing |= broken_lines(t, deals) @ (t.line_firm[world, rows].T == 1)
    shift = _shifts(t, deals, gains, present)
    standing = _standing(t, deals)
    margin = gains - shift
    score, content, hopeless = np.zeros(len(deals)), np.ones(len(deals), bool), np.zeros(len(deals), bool)
    foresight = t.foresight[world, speaker]
    for q in range(len(present)):
        if t.bloc[q] == t.bloc[speaker]:
            continue
        passing = -np.logaddexp(0.0, -t.precision[world] * margin[:, q])
        if present[q]:
            score += passing
            content &= margin[:, q] >= 0.0
        elif foresight > 0.0:
            s, cross = standing[:, q], crossing[:, q]
            passing = np.where(cross, CERTAIN_REFUSAL, passing)
            score += foresight * np.log(1.0 - s + s * np.exp(passing))
            needed = s > 0.0
            hopeless |= needed & cross & (s > 0.999)
            content &= ~needed | ((margin[:, q] + 1.0 - foresight * s >= 0.0) & ~(cross & (foresight * s > 0.5)))
    signed = gains[:, speaker] >= _asked(space, speaker, deals, beliefs.value[speaker])
    return Listing(deals, gains, score, content, hopeless, signed)


def _asked(space: Space, speaker: int, deals: Ints, value: Floats) -> Floats:
    """[N] the least gain for which a speaker signs each deal: `max(0, h delta^M H + drift M) + c`, with the status quo
    in hand; `c` where the deal touches it. -inf of the status quo, which is no text.
    """
    t, work, place = space.tables, space.work.arrays, np.arange(deals.shape[1])
    change = value[place, deals] - value[place, t.status_quo]
    cost = np.where((np.abs(change) > EXACT).any(axis=1), t.signing_cost[0, speaker], 0.0)
    claim = np.zeros(len(deals))
    if t.optimism[0, speaker] > -1.0:
        months, blocs = t.next_chance[0], len(np.unique(t.bloc[space.speakers]))
        share = np.clip(1.0 / blocs + t.optimism[0, speaker], 0.0, 1.0) * t.patience[0, speaker] ** months
        rises = value[place, work.top_deal[0, speaker]] - value[place, t.status_quo]
        in_part = np.where(deals != t.status_quo, np.maximum(rises, 0.0), 0.0).sum(axis=1)
        core = t.level == CORE
        options = t.issue_option[np.arange(len(core)), deals[:, t.issue_composite]]
        stands = t.issue_option[np.arange(len(core)), t.status_quo[t.issue_composite]]
        whole = ((options != stands) & core).any(axis=1) | bool(t.undertaken[space.format_index].any())
        hope = np.where(whole, max(0.0, float(work.top_now[0, speaker])), in_part)
        claim = np.maximum(0.0, share * hope + t.drift[0, speaker] * months)
    return np.where((deals == t.status_quo).all(axis=1), -np.inf, claim + cost - EXACT)


def broken_lines(t: Tables, deals: Ints) -> Flags:
    """[N, B] conditional lines that each deal crosses: it meets all of `if` and not all of `unless`."""
    place = np.arange(deals.shape[1])
    meets = (t.line_if[:, place, deals] == 1).all(axis=2)
    made_good = (t.line_unless[:, place, deals] == 1).all(axis=2) & (t.line_unless_in.any(axis=1)[:, None])
    return (meets & ~made_good).T


def usable_deals(t: Tables, format_index: int, speaker: int, present: Flags) -> Ints:
    """[N, C] all combinations of options that cross no firm line of the speaker, nor a believed one at the table.

    In a single undertaking they settle all of the core that is on the agenda.
    """
    choices = []
    for c, n in enumerate(t.n_options):
        free = t.allowed[format_index, c, :n] == 1
        for q in np.flatnonzero(present):
            free &= t.barred[0, t.view_row[speaker, q], c, :n] == 0
        free[t.status_quo[c]] = True
        for i in np.flatnonzero((t.issue_composite == c) & (t.undertaken[format_index] == 1)):
            free &= t.settles[i, :n] == 1
        choices.append(np.flatnonzero(free))
    deals = np.stack(np.meshgrid(*choices, indexing="ij"), axis=-1).reshape(-1, len(choices))
    firm = t.line_firm[0, t.view_row[speaker, np.flatnonzero(present)]].any(axis=0)
    return deals[~broken_lines(t, deals)[:, firm].any(axis=1)]


def _standing(t: Tables, deals: Ints) -> Floats:
    """[N, P] largest standing of each party over the issues that a deal moves."""
    per_issue = [t.standing[0][:, i, deals[:, c]] for i, c in enumerate(t.issue_composite)]
    return np.max(per_issue, axis=0).T


def _shifts(t: Tables, deals: Ints, gains: Floats, present: Flags) -> Floats:
    """[N, P] support minus pressure on each party; blocs of one party each."""
    n_deals, n_parties = gains.shape
    up, down = np.zeros((n_deals, n_parties)), np.zeros((n_deals, n_parties))
    for p in range(n_parties):
        for q in range(n_parties):
            if p == q:
                continue
            up[:, q] += np.where(gains[:, p] < -EXACT, t.support[0, p, q], 0.0)
            kept = np.ones(n_deals)
            for n in np.flatnonzero((t.spent_patron == p) & (t.spent_target == q)):
                kept *= 1.0 - t.spent[0, n] * t.spent_option[n, deals[:, t.spent_composite[n]]]
            presses = present[p] & (t.motive[0, p, q] * gains[:, p] > t.pressure_cost[0, p, q])
            down[:, q] += np.where(presses, t.leverage[0, p, q] * kept, 0.0)
    return np.minimum(up, t.pressure_cap[0]) - np.minimum(down, t.pressure_cap[0])


# --- what is measured -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """What the rule found for one aspiration, beside the best there is."""

    kind: str
    seed: int
    speaker: int
    aspiration: float
    own: float  # gain of the offer to the speaker
    lost: float  # best score minus the score of the offer, nats
    loss: float  # the same as a share of the range
    usable: bool  # the offer is one of the listed deals, and scored as the menu says


@dataclass(frozen=True)
class Top:
    """The top deal that the rule found, beside the best there is."""

    kind: str
    seed: int
    speaker: int
    lost: float  # own gain lost, stakes
    content: bool  # the deal found is usable and every needed party is believed to be content with it


def measure(space: Space, kind: str, seed: int, *, window: bool = False) -> tuple[list[Offer], list[Top]]:
    """Offers of every speaker for all `SHARES` of its top gain, and its top deal.

    Args:
        space: an opened space.
        kind: label.
        seed: label.
        window: build a menu for each aspiration alone, as while learning, not one from 0 to the top.
    """
    offers: list[Offer] = []
    tops: list[Top] = []
    work = space.work.arrays
    for speaker in space.speakers.tolist():
        listing = list_deals(space, speaker)
        tops.append(_measure_top(work, listing, kind, seed, speaker))
        top_gain = float(work.top_gain[0, speaker])
        build_menu(space.pack, space.work, 0, space.format_index, speaker, 0, 0.0, top_gain)
        for share in SHARES:
            aspiration = float(share * top_gain)
            if window:
                build_menu(space.pack, space.work, 0, space.format_index, speaker, 0, aspiration, aspiration)
            offer = _measure_offer(space, listing, kind, seed, speaker, aspiration)
            offers += [offer] if offer.own < np.inf or offer.loss > 0.0 else []  # no offer where there is none to make
    return offers, tops


def measure_talk(tables: Tables, format_index: int, kind: str, seed: int, *, every: int = 5) -> list[Offer]:
    """Offers as they are made in the course of a talk, every few rounds, while prices drift and the parties learn."""
    space = open_space(tables._replace(learning_prior=np.full_like(tables.learning_prior, 5.0)), format_index)
    work = space.work.arrays
    offers: list[Offer] = []
    for step in range(int(tables.n_rounds[format_index])):
        for speaker in space.speakers.tolist():
            propose(space.pack, space.work, 0, format_index, step, speaker)
            if step % every == 0 and work.kind[0, step, speaker] == OFFER:
                listing = list_deals(space, speaker, beliefs_in_talk(space, speaker, step))
                aspiration = float(work.gap[0, step, speaker])
                offers.append(_measure_offer(space, listing, kind, seed, speaker, aspiration))
        close_round(space.pack, space.work, 0, step)
    return offers


def survey_talks(kind: str, n_spaces: int, *, first: int = 0) -> list[Offer]:
    """Offers in the course of talks on random spaces of one kind."""
    offers: list[Offer] = []
    for number, space in enumerate(random_spaces(kind, n_spaces, first=first, months=12, misperception=True)):
        offers += measure_talk(space.tables, space.format_index, kind, number)
    return offers


def _measure_top(work: Work, listing: Listing, kind: str, seed: int, speaker: int) -> Top:
    own = listing.gains[:, speaker]
    best = max(0.0, float(np.max(own[listing.content], initial=0.0)))
    found = float(work.top_gain[0, speaker])
    place = _find(listing, work.top_deal[0, speaker])
    fine = found == 0.0 or (place >= 0 and bool(listing.content[place]) and abs(own[place] - found) < EXACT)
    return Top(kind, seed, speaker, best - found, fine)


def _measure_offer(space: Space, listing: Listing, kind: str, seed: int, speaker: int, aspiration: float) -> Offer:
    work = space.work.arrays
    own = listing.gains[:, speaker]
    enough = (own >= aspiration - EXACT) & listing.signed
    entry = find_entry(space, speaker, aspiration)
    if entry < 0:
        missed = float(enough.any() and own[listing.signed].max() >= aspiration)
        return Offer(kind, seed, speaker, aspiration, np.inf, missed, missed, True)
    deal = work.menu_deal[0, speaker, work.menu_slot[0, speaker, entry]]
    place = _find(listing, deal)
    if place < 0 or not listing.signed[place]:
        return Offer(kind, seed, speaker, aspiration, -np.inf, np.inf, np.inf, False)
    scored = abs(listing.score[place] - work.menu_score[0, speaker, entry]) < 1e-7
    lost = float(listing.score[enough].max() - listing.score[place])
    ranged = listing.score[enough & ~listing.hopeless]
    span = float(np.ptp(ranged)) if len(ranged) else 0.0
    loss = 0.0 if lost < EXACT else min(1.0, lost / span) if span > 0.0 else 1.0
    return Offer(kind, seed, speaker, aspiration, float(own[place]), max(lost, 0.0), loss, bool(scored))


def find_entry(space: Space, speaker: int, aspiration: float) -> int:
    """Menu entry of the speaker's offer for `aspiration`; -1 if its menu has none."""
    work = space.work.arrays
    own = work.menu_own[0, speaker, : work.menu_size[0, speaker]]
    return int(np.searchsorted(-own, SLACK - aspiration, side="right")) - 1


def _find(listing: Listing, deal: Ints) -> int:
    """Row of `deal` in the listing; -1 if it is not there."""
    same = np.flatnonzero((listing.deals == deal).all(axis=1))
    return int(same[0]) if len(same) else -1


def survey(kind: str, n_spaces: int, *, first: int = 0, window: bool = False) -> tuple[list[Offer], list[Top]]:
    """Measure `n_spaces` random spaces of one kind."""
    offers: list[Offer] = []
    tops: list[Top] = []
    for number, space in enumerate(random_spaces(kind, n_spaces, first=first)):
        more, top = measure(space, kind, number, window=window)
        offers += more
        tops += top
    return offers, tops


def against_frontier(n_issues: int, n_options: int, n_spaces: int, *, seed: int = 1) -> list[Offer]:
    """Two parties at sizes that nobody can list: the score rises with the other's gain, so the frontier is the oracle.

    The loss is that of value to the other, as a share of what the exact frontier spans above the aspiration.
    """
    tables = random_domains(n_spaces, 2, n_issues, n_options, seed=seed)
    found: list[Offer] = []
    for world in range(n_spaces):
        space = open_space(tables, 0, world)
        for speaker in (0, 1):
            found += _beside_frontier(space, world, speaker)
    return found


def _beside_frontier(space: Space, world: int, speaker: int) -> list[Offer]:
    t, work = space.tables, space.work.arrays
    own, others = t.contribution[world, speaker], t.contribution[world, 1 - speaker]
    frontier = exact_frontier(own, others)
    least = -frontier.others[0]
    found = []
    top_gain = float(work.top_gain[0, speaker])
    build_menu(space.pack, space.work, 0, 0, speaker, 0, 0.0, top_gain)
    for share in SHARES:
        aspiration = float(share * top_gain)
        entry = find_entry(space, speaker, aspiration)
        deal = work.menu_deal[0, speaker, work.menu_slot[0, speaker, entry]]
        place = np.arange(len(deal))
        least_own = aspiration + t.outside[world, speaker] - EXACT
        best = frontier.others[np.searchsorted(-frontier.own, -least_own, side="right") - 1]
        lost = float(best - others[place, deal].sum())
        gain = float(own[place, deal].sum() - t.outside[world, speaker])
        span = float(best + least)
        loss = 0.0 if lost < EXACT else lost / span if span > 0.0 else 1.0
        kind = f"{t.ending.shape[0]} x {t.ending.shape[1] - 1}"
        found.append(Offer(kind, world, speaker, aspiration, gain, max(lost, 0.0), loss, True))
    return found


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """Losses of one kind of space."""

    n: int
    mean: float  # share of the range
    exact: float  # share of offers without loss
    p99: float
    largest: float
    nats: float  # mean loss in the score's own unit
    below: int  # offers below the aspiration
    outside: int  # offers across a line or a rule, or scored otherwise than the oracle does


def summarise(offers: list[Offer]) -> Summary:
    """Figures over offers."""
    loss = np.array([one.loss for one in offers])
    return Summary(
        n=len(offers),
        mean=float(loss.mean()),
        exact=float((loss == 0.0).mean()),
        p99=float(np.quantile(loss, 0.99)),
        largest=float(loss.max()),
        nats=float(np.mean([one.lost for one in offers])),
        below=sum(one.own < one.aspiration - EXACT for one in offers),
        outside=sum(not one.usable for one in offers),
    )
