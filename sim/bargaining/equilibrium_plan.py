"""What a stationary equilibrium tells parties to do, as arrays for the rules: the plan of the `equilibrium` strategy.

Per world and format the equilibrium of the table is solved over a small set of deals. A party that plays it proposes
deal m with chance `plan_chance`, passes with what is missing to 1, and accepts what is worth at least `plan_value` to
it. Where there is no deal to bargain over, it passes and asks for nothing above its reservation. Under the open rule
the game is that of `open_rule_equilibrium`, and the plan has replies to each deal on the floor as well.

Shape letters as in `sim.types.tables`: W worlds, F formats, P parties, M deals, J deals on the floor, C
composites; S seats of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt

import numpy as np

from sim.bargaining.open_rule_equilibrium import OpenEquilibrium, open_equilibrium
from sim.bargaining.table_equilibrium import game_over, table_equilibrium, table_game
from sim.scenario.sampling.source import Source, Wrapped
from sim.types.arrays import Floats, Ints
from sim.types.structure import OPEN_RULE_SEATS
from sim.types.tables import EQUILIBRIUM, OPEN_RULE, Tables

PLAN_DEALS = 60  # deals in the games of a plan
MOST_WORK = 1_500_000
"""Deals squared, times parties squared, times coalitions, of an open rule's game: some seconds a table."""
RARE = 1e-6  # chance from which a proposal counts; what is rarer goes to the others in proportion


@dataclass(frozen=True)
class TablePlan:
    """What the equilibrium of one table tells its seats."""

    parties: Ints  # [S] position in `Tables`, in speaking order
    deals: Ints  # [M, C]
    chance: Floats  # [S, M] of proposing each; what is missing to 1 is passing
    least: Floats  # [S, S] least that each listener (column) takes from each speaker, 0 or more
    replies: OpenEquilibrium | None = None  # under the open rule, where there is something to bargain over


def equilibrium_plan(tables: Tables, formats: Iterable[int], *, most: int | None = None) -> Tables:
    """The same tables, of any number of worlds, with the plans filled in for parties that play the equilibrium.

    The same object where no seated party has the strategy in the formats that will be played. A game has at most `most`
    deals, by default 60, and fewer under the open rule if parties are many. A solution that did not converge is used
    all the same: its proposals and thresholds are then those of no equilibrium, but still a way to play. A ValueError
    for more than 7 seats under the open rule, which its solver does not take.
    """
    players = tables.strategy == EQUILIBRIUM
    plans: dict[tuple[int, int], TablePlan] = {}
    for f in formats:
        if not players[tables.turn[f][tables.turn[f] >= 0]].any():
            continue
        solve = open_plan if tables.protocol[f] == OPEN_RULE else closed_plan
        for w in range(len(tables.precision)):
            plans[w, f] = solve(tables, w, f, most)
    if not plans:
        return tables
    arrays = _with_plan(tables, plans, players=players)
    if any(tables.protocol[f] == OPEN_RULE for _, f in plans):
        arrays |= _with_replies(tables, plans)
    for array in arrays.values():
        array.flags.writeable = False
    return tables._replace(**arrays)


def closed_plan(tables: Tables, world: int, format_index: int, most: int | None = None) -> TablePlan:
    """The plan of one table; its deals are those that are proposed, most frequent first.

    The solver's parties accept with even chance what is `log(L) / L` of their range of utilities below what they expect
    from refusing, L its precision, and nearly always at what they expect: the chance is rounded to yes or no.
    """
    table = table_equilibrium(tables, world, format_index, most=most or PLAN_DEALS, checks=0)
    seats, solution = table.seats.parties, table.found
    if solution is None:
        return _no_plan(seats, table.deals)
    chance = solution.proposals
    weight = chance.max(axis=0)
    order = np.argsort(-weight, kind="stable")
    kept = order[weight[order] > RARE]
    total, listed = chance.sum(axis=1, keepdims=True), chance[:, kept].sum(axis=1, keepdims=True)
    scale = np.divide(total, listed, out=np.zeros_like(total), where=listed > 0.0)
    span = np.maximum(table.gains.max(axis=0), 0.0) - np.minimum(table.gains.min(axis=0), 0.0)
    least = solution.thresholds - np.log(solution.precision) / solution.precision * span
    return TablePlan(seats, table.deals[kept], chance[:, kept] * scale, np.maximum(least, 0.0))


def open_plan(tables: Tables, world: int, format_index: int, most: int | None = None) -> TablePlan:
    """The plan of one table under the open rule: chances of laying each deal on an empty floor, and replies.

    Its work grows with the square of the deals and of the parties and with their coalitions, so all three cap the set
    of deals. In a final vote a listener takes what is worth its threshold, less the solver's slack.
    """
    n_seats = int((tables.turn[format_index] >= 0).sum())
    if n_seats > OPEN_RULE_SEATS:
        raise ValueError(
            f"strategy `equilibrium` under the open rule is solved for at most {OPEN_RULE_SEATS} seats; "
            f"this table has {n_seats}"
        )
    most = most or min(PLAN_DEALS, isqrt(MOST_WORK // (n_seats**2 * 2**n_seats)))
    game = table_game(tables, world, format_index, most=most)
    seats = game.seats.parties
    if game.reason:
        return _no_plan(seats, game.deals)
    bloc = tables.bloc[seats].astype(np.int64)
    solution = open_equilibrium(game_over(game.gains, game.seats), bloc=bloc)
    least = np.tile(np.maximum(solution.thresholds - solution.slack, 0.0), (n_seats, 1))
    return TablePlan(seats, game.deals, _without_rare(solution.proposals), least, solution)


def _no_plan(seats: Ints, deals: Ints) -> TablePlan:
    return TablePlan(seats, deals[:0], np.zeros((len(seats), 0)), np.zeros((len(seats), len(seats))))


def _without_rare(chance: Floats) -> Floats:
    """Chances along the last axis without the rare ones, which go to the others in proportion."""
    kept = np.where(chance > RARE, chance, 0.0)
    total, left = chance.sum(axis=-1, keepdims=True), kept.sum(axis=-1, keepdims=True)
    return kept * np.divide(total, left, out=np.zeros_like(total), where=left > 0.0)


Plans = Mapping[tuple[int, int], TablePlan]  # by world and format


def _with_plan(tables: Tables, plans: Plans, *, players: Ints) -> dict[str, Floats | Ints]:
    """Deals, chances and least values; rows of parties with other strategies stay 0."""
    n_worlds, n_formats, n_parties = len(tables.precision), len(tables.n_rounds), len(players)
    n_deals = max(1, *(len(plan.deals) for plan in plans.values()))
    deal = np.broadcast_to(tables.status_quo, (n_worlds, n_formats, n_deals, len(tables.status_quo))).copy()
    chance = np.zeros((n_worlds, n_formats, n_parties, n_deals))
    least = np.zeros((n_worlds, n_formats, n_parties, n_parties))
    for (w, f), plan in plans.items():
        deal[w, f, : len(plan.deals)] = plan.deals
        chance[w, f, plan.parties, : len(plan.deals)] = plan.chance
        least[w, f][np.ix_(plan.parties, plan.parties)] = plan.least
    chance[:, :, ~players] = 0.0
    least[:, :, :, ~players] = 0.0
    return {"plan_deal": deal, "plan_chance": chance, "plan_value": least}


def _with_replies(tables: Tables, plans: Plans) -> dict[str, Floats]:
    """Replies to deals on the floor, and what each party expects there a session later."""
    n_worlds, n_formats, n_parties = len(tables.precision), len(tables.n_rounds), len(tables.strategy)
    n_deals = max(len(plan.deals) for (_, f), plan in plans.items() if tables.protocol[f] == OPEN_RULE)
    reply = np.zeros((n_worlds, n_formats, n_parties, n_deals, n_parties, n_deals))
    floor = np.zeros((n_worlds, n_formats, n_parties, n_deals, n_parties))
    slack = np.zeros((n_worlds, n_formats, n_parties))
    for (w, f), plan in plans.items():
        if plan.replies is None:
            continue
        seats, rows = plan.parties, np.arange(len(plan.deals))
        reply[w, f][np.ix_(seats, rows, seats, rows)] = _without_rare(plan.replies.replies)
        floor[w, f][np.ix_(seats, rows, seats)] = plan.replies.later
        slack[w, f, seats] = plan.replies.slack
    return {"plan_reply": reply, "plan_floor": floor, "plan_slack": slack}


@dataclass(frozen=True)
class Planned(Wrapped):
    """A source whose tables carry the plans of parties that play the equilibrium."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws; every table of every draw is solved, so this can take seconds a draw."""
        tables = self.source.tables(first_draw, n_draws)
        talks = [f for f, info in enumerate(self.structure.formats) if not info.legs]
        return equilibrium_plan(tables, talks)


def with_plans(source: Source) -> Source:
    """The source itself, or with plans if some party plays the equilibrium."""
    plays = any(party.behaviour.strategy == "equilibrium" for party in source.resolved.parties.values())
    return Planned(source) if plays and not isinstance(source, Planned) else source
