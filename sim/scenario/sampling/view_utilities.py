"""Utilities and red lines of every view, per world and composite option."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.scenario.sampling.composites import line_parts, meets
from sim.scenario.sampling.distributions import ZERO, Drawn
from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.resolved import ResolvedParty
from sim.scenario.schema.written import ConditionalLine, RedLine, ValuesByIdeal, ValuesByRanking
from sim.types.arrays import Flags, Floats, Mask

ByIssue = Mapping[str, Floats]
Bonus = tuple[int, Floats, Floats]
"""Of a linkage: composite, [n] 1 where the combination stands, [W] or [] bonus."""
_SAME = 1e-12
"""Values closer than this count as equal when a red line bars what is worse."""


def option_values(layout: Layout, drawn: Drawn, party: str, issue: str) -> Floats:
    """Value of each option of an issue to a party, in [0, 1]; zeros where the party gives no values.

    [W, n] for n options, or [1, n] where all worlds are alike.
    """
    entry = layout.scenario.parties[party].values.get(issue)
    options = layout.options[issue]
    path = f"parties.{party}.values.{issue}"
    if entry is None:
        return np.zeros((1, len(options)))
    if isinstance(entry, ValuesByRanking):
        steps = np.linspace(1.0, 0.0, len(entry.ranking)) if len(entry.ranking) > 1 else np.ones(1)
        place = {option: rank for rank, tied in enumerate(entry.ranking) for option in tied}
        base = np.array([steps[place[option]] for option in options])
        return _power(base[None, :], np.atleast_1d(drawn.value(f"{path}.curve"))[:, None])
    if isinstance(entry, ValuesByIdeal):
        return _by_distance(layout, drawn, issue, path, sided=entry.steepness is not None)
    columns = [np.atleast_1d(drawn.value(f"{path}.options.{option}")) for option in options]
    return np.stack(np.broadcast_arrays(*columns), axis=1)


def felt_values(layout: Layout, drawn: Drawn, party: str, issue: str, *, values: Floats) -> Floats:
    """Values [W or 1, n] of an issue's options as they count at the table: concessions loom larger, promises smaller.

    `v'(o) = v(q) + Lambda (v(o) - v(q))` for options worth less to the party than the status quo `q`, with its
    concession aversion Lambda (loss aversion: Kahneman & Tversky 1995; between states: Levy 1997), and
    `v'(o) = v(q) + kappa (v(o) - v(q))` for those worth more, with its trust at signing kappa. The order of the options
    is kept; at 1 the values are those given, exactly. v' may be below 0; linkages count as they stand.
    """
    quo = int(layout.status_quo_option[layout.issues.index(issue)])
    aversion, trust = (
        np.atleast_1d(drawn.value(f"parties.{party}.behaviour.{name}"))[:, None]
        for name in ("concession_aversion", "trust_at_signing")
    )
    rise = values - values[:, quo : quo + 1]
    return values - (aversion - 1.0) * np.maximum(-rise, 0.0) - (1.0 - trust) * np.maximum(rise, 0.0)


def _by_distance(layout: Layout, drawn: Drawn, issue: str, path: str, *, sided: bool) -> Floats:
    """1 - (k |position - ideal| / range)^loss, clipped to [0, 1], with k the steepness below or above the ideal.

    The range is that of the options' positions. A loss with different slopes on the two sides is that of Waud (1976,
    Asymmetric policymaker utility functions and optimal policy under uncertainty, Econometrica 44). At the ideal the
    value is 1 whatever the slopes; with a slope of 0 it is 1 on all that side.
    """
    scale = layout.scenario.issues[issue].scale
    assert scale is not None
    position = np.array([scale.positions[option] for option in layout.options[issue]])
    width = float(position.max() - position.min()) or 1.0
    ideal = np.atleast_1d(drawn.value(f"{path}.ideal"))[:, None]
    loss = np.atleast_1d(drawn.value(f"{path}.loss"))[:, None]
    away = position[None, :] - ideal
    distance = np.abs(away) / width
    if sided:
        below, above = (np.atleast_1d(drawn.value(f"{path}.steepness.{side}"))[:, None] for side in ("below", "above"))
        distance = distance * np.where(away > 0.0, above, below)
    return np.clip(1.0 - _power(distance, loss), 0.0, 1.0)


def _power(base: Floats, exponent: Floats) -> Floats:
    """`base ** exponent` of a base >= 0, where 2 and 0.5 are what they are for a single exponent: square and root.

    NumPy takes these ways or the general one, which differs in the last bit, by how the arrays lie: a world would hang
    on how many others are worked out with it.
    """
    power = np.where(exponent == 2.0, np.square(base), base**exponent)
    return np.where(exponent == 0.5, np.sqrt(base), power)


def fill_contributions(out: Floats, layout: Layout, drawn: Drawn) -> Mapping[tuple[str, str], Floats]:
    """Utility of each composite option to each view, in stakes, into `out` [W, V, C, O].

    `u(x) = sum_i w_i v'_i(x_i) + linkages`, with saliences normalised to sum 1 and values as they are felt; divided by
    the stake (the sum over composites of best minus worst feasible option), each composite's worst option put at 0. A
    view without any difference between deals (stake 0) gets zeros. Returns the values as given, [W or 1, n] by (party,
    issue).
    """
    values: dict[tuple[str, str], Floats] = {}
    for row, (party, record) in enumerate(layout.scenario.parties.items()):
        held = [issue for issue in layout.issues if issue in record.values]
        values.update({(party, issue): option_values(layout, drawn, party, issue) for issue in held})
        bonuses = _linkages(layout, drawn, party, record)
        weights = {issue: drawn.get(f"parties.{party}.salience.{issue}") for issue in layout.issues}
        own = {issue: felt_values(layout, drawn, party, issue, values=values[party, issue]) for issue in held}
        _fill_view(out[:, row], layout, weights, values=own, bonuses=bonuses)
        for extra, (who, whom) in enumerate(layout.beliefs):
            if whom != row:
                continue
            head = f"parties.{layout.parties[who]}.beliefs.{party}.salience"
            believed = layout.scenario.parties[layout.parties[who]].beliefs[party].salience
            seen = {**weights, **{issue: drawn.value(f"{head}.{issue}") for issue in believed}}
            _fill_view(out[:, len(layout.parties) + extra], layout, seen, values=own, bonuses=bonuses)
    return values


def _linkages(layout: Layout, drawn: Drawn, party: str, record: ResolvedParty) -> list[Bonus]:
    bonuses: list[Bonus] = []
    for key, link in record.linkages.items():
        index = int(layout.issue_composite[layout.issues.index(next(iter(link.when)))])
        composite = layout.composites[index]
        stands = meets(link.when, layout.options, composite.issues, composite.combos)
        bonuses.append((index, stands.astype(np.float64), drawn.value(f"parties.{party}.linkages.{key}.bonus")))
    return bonuses


def _fill_view(out: Floats, layout: Layout, weights: ByIssue, *, values: ByIssue, bonuses: list[Bonus]) -> None:
    """Writes one view [W, C, O] into `out`."""
    total = np.asarray(sum((weights[issue] for issue in layout.issues), ZERO))
    norm = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0.0)
    stake = np.zeros(out.shape[0])
    for index, composite in enumerate(layout.composites):
        part = out[:, index, : len(composite.combos)]
        for issue in composite.issues:
            if issue in values:
                weight = np.atleast_1d(weights[issue] * norm)[:, None]
                part += (weight * values[issue])[:, composite.column(issue)]
        for where, stands, bonus in bonuses:
            if where == index:
                part += np.atleast_1d(bonus)[:, None] * stands[None, :]
        part -= part.min(axis=1, keepdims=True)
        stake += part.max(axis=1)
    scale = np.divide(1.0, stake, out=np.zeros_like(stake), where=stake > _SAME)
    out *= scale[:, None, None]


def fill_barred(
    out: Flags, contribution: Floats, layout: Layout, drawn: Drawn, *, values: Mapping[tuple[str, str], Floats]
) -> None:
    """Mark in `out` [W, V, C, O] what a red line that is meant in that draw forbids; never the status quo.

    Where lines have a price mu, an option costs `-ln(1 - u) mu` stakes of `contribution` [W, V, C, O] instead, with u
    the uniform by which the line is meant; each composite's worst option is then put at 0 again. Conditional lines that
    join composites have no price and are left to `fill_line_firm`.
    """
    joining = {(party, key) for party, key, _ in layout.lines}
    price = np.atleast_1d(drawn.value("behaviour.line_price"))[:, None]
    for party, record in layout.scenario.parties.items():
        for key, line in record.red_lines.items():
            if (party, key) in joining:
                continue
            u = drawn.spread(drawn.uniforms(f"parties.{party}.red_lines.{key}"))
            composite, forbidden = _forbidden(layout, party, line, values)
            for view, meant in _meant(layout, drawn, party, key):
                crossing = meant[:, None] & forbidden
                out[:, view, composite, : forbidden.shape[1]] |= (crossing & np.isinf(price)).astype(np.uint8)
                part = contribution[:, view, composite, : forbidden.shape[1]]
                part -= np.where(crossing & np.isfinite(price), -np.log1p(-u)[:, None] * price, 0.0)
                part -= part.min(axis=1, keepdims=True)


def fill_line_firm(out: Flags, layout: Layout, drawn: Drawn) -> None:
    """Mark in `out` [W, V, B] which conditional lines that join composites are meant in that draw, as a view has it."""
    for column, (party, key, _) in enumerate(layout.lines):
        for view, meant in _meant(layout, drawn, party, key):
            out[:, view, column] = meant


def _meant(layout: Layout, drawn: Drawn, party: str, key: str) -> list[tuple[int, Mask]]:
    """(view, [W] whether the line is meant) of its owner and of all that believe something of the owner.

    All compare the same uniform with their firmness.
    """
    row, path = layout.parties.index(party), f"parties.{party}.red_lines.{key}"
    u = drawn.spread(drawn.uniforms(path))
    views = [(row, f"{path}.firmness")]
    for extra, (who, whom) in enumerate(layout.beliefs, start=len(layout.parties)):
        if whom == row:
            believed = f"parties.{layout.parties[who]}.beliefs.{party}.firmness.{key}"
            views.append((extra, believed if believed in layout.scenario.numbers else views[0][1]))
    return [(view, u < drawn.value(firmness)) for view, firmness in views]


def _forbidden(
    layout: Layout, party: str, line: RedLine | ConditionalLine, values: Mapping[tuple[str, str], Floats]
) -> tuple[int, Mask]:
    """The one composite that a line speaks of, and [W or 1, n] which of its options the line forbids."""
    index = layout.composite_of(line.issues[0])
    composite = layout.composites[index]
    if isinstance(line, ConditionalLine):
        when, unless = line_parts(line, layout.options, composite)
        return index, (when & ~unless)[None]
    worse = values.get((party, line.issue)) if line.and_worse else None
    return index, _bars(layout, line.issue, line.options, worse)[:, composite.column(line.issue)]


def _bars(layout: Layout, issue: str, named: tuple[str, ...], values: Floats | None) -> Mask:
    """[W or 1, n] which options of an issue a line forbids: those named, and all worse ones where `values` is given."""
    options = layout.options[issue]
    quo = int(layout.status_quo_option[layout.issues.index(issue)])
    listed = [options.index(option) for option in named if options.index(option) != quo]
    bars = np.zeros((1, len(options)), dtype=np.bool_)
    bars[:, listed] = True
    if values is not None and listed:
        bars = bars | (values < values[:, listed].max(axis=1, keepdims=True) - _SAME)
    bars[:, quo] = False
    return bars
