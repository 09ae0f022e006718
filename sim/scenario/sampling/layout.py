"""What of a scenario is the same in every draw: sizes, composites, stages, legs, and which rows hold which belief."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.scenario.sampling import composites
from sim.scenario.sampling.composites import Composite
from sim.scenario.sampling.distributions import stream_key
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import ConditionalLine
from sim.types.arrays import Floats, Ints, layout_of
from sim.types.tables import CORE, PROCESS, STRATEGIES, SUBSTANCE, Tables

LEVELS = {"process": PROCESS, "substance": SUBSTANCE, "core": CORE}


class SpentEntry(NamedTuple):
    """A lever of `patron` on `target` that `option` of `issue` spends, and the path of the number."""

    patron: int
    target: int
    issue: int
    option: int
    path: str


class Layout:
    """Indices of everything in a resolved scenario; `formats` are the ids of the formats, then of the tracks."""

    def __init__(self, scenario: ResolvedScenario) -> None:
        self.scenario = scenario
        self.issues, self.parties, self.shocks = tuple(scenario.issues), tuple(scenario.parties), tuple(scenario.shocks)
        self.formats = (*scenario.formats, *scenario.tracks)
        self.options = {key: tuple(issue.options) for key, issue in scenario.issues.items()}

    @cached_property
    def composites(self) -> tuple[Composite, ...]:
        """The composites, in the order of their first issue."""
        scenario = self.scenario
        linkages = [tuple(link.when) for party in scenario.parties.values() for link in party.linkages.values()]
        rules = tuple(scenario.rules.values())
        groups = composites.groups(self.issues, composites.joined_issues(rules, linkages))
        return tuple(composites.build(group, self.options, rules) for group in groups)

    @cached_property
    def width(self) -> int:
        """O: options of the largest composite."""
        return max(len(composite.combos) for composite in self.composites)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How long the axes of `Tables` are that are the same in every block, by letter."""
        n_parties, n_views = len(self.parties), len(self.parties) + len(self.beliefs)
        sizes = {"P": n_parties, "V": n_views, "F": len(self.formats), "I": len(self.issues), "H": len(self.shocks)}
        return sizes | {"C": len(self.composites), "O": self.width, "N": len(self.spent), "B": len(self.lines)}

    @cached_property
    def issue_composite(self) -> Ints:
        """[I] composite of each issue."""
        owner = {issue: index for index, composite in enumerate(self.composites) for issue in composite.issues}
        return np.array([owner[issue] for issue in self.issues], dtype=np.int64)

    @cached_property
    def status_quo_option(self) -> Ints:
        """[I] option index at which each issue stands if nothing is agreed."""
        issues = self.scenario.issues
        return np.array([self.options[key].index(issues[key].status_quo) for key in self.issues], dtype=np.int64)

    @cached_property
    def issue_option(self) -> Ints:
        """[I, O] option of each issue inside each composite option; -1 in padding."""
        out = np.full((len(self.issues), self.width), -1, dtype=np.int64)
        for row, issue in enumerate(self.issues):
            column = self.composites[int(self.issue_composite[row])].column(issue)
            out[row, : len(column)] = column
        return out

    @cached_property
    def beliefs(self) -> tuple[tuple[int, int], ...]:
        """(who, of whom) of the views after the true ones."""
        return tuple(
            (row, self.parties.index(other))
            for row, party in enumerate(self.scenario.parties.values())
            for other, belief in party.beliefs.items()
            if belief.salience or belief.firmness
        )

    @cached_property
    def lines(self) -> tuple[tuple[str, str, ConditionalLine], ...]:
        """(party, line, what it says) of the conditional red lines that join composites, in file order."""
        return tuple(
            (party, key, line)
            for party, record in self.scenario.parties.items()
            for key, line in record.red_lines.items()
            if isinstance(line, ConditionalLine) and len({*map(self.composite_of, line.issues)}) > 1
        )

    def composite_of(self, issue: str) -> int:
        """Row of the composite that an issue, by id, is in."""
        return int(self.issue_composite[self.issues.index(issue)])

    @cached_property
    def spent(self) -> tuple[SpentEntry, ...]:
        """Entries of `spent_by`, in file order."""
        return tuple(
            SpentEntry(
                patron=row,
                target=self.parties.index(target),
                issue=self.issues.index(issue),
                option=self.options[issue].index(option),
                path=f"parties.{party_id}.leverage.{target}.spent_by.{issue}.{option}",
            )
            for row, (party_id, party) in enumerate(self.scenario.parties.items())
            for target, lever in party.leverage.items()
            for issue, shares in lever.spent_by.items()
            for option in shares
        )

    def static_tables(self) -> dict[str, Any]:
        """Every array of `Tables` that is the same in all draws and for all formats, by name."""
        return {**self._issue_tables(), **self._party_tables(), **self._rule_tables(), **self._line_tables()}

    def _issue_tables(self) -> dict[str, Any]:
        quo, chosen, owner = self.status_quo_option, self.issue_option, self.issue_composite
        issues, core = tuple(self.scenario.issues.values()), self.scenario.behaviour.rules.core
        most = [CORE if core in ("all", key) else SUBSTANCE for key in self.issues]
        level = np.minimum([LEVELS[issue.level] for issue in issues], most, dtype=np.int64)
        settling = [[o for o, option in enumerate(issue.options.values()) if option.settles] for issue in issues]
        horizon = self.scenario.horizon_months
        spans = [[min(option.lasts or horizon, horizon) for option in issue.options.values()] for issue in issues]
        halts = [[bool(option.halts) for option in issue.options.values()] for issue in issues]
        halting = [np.array(flags) * months / horizon for flags, months in zip(halts, spans, strict=True)]
        lasts = [[months % horizon for months in row] for row in spans]  # 0 for what lasts as long as it is watched
        resumes = [[option.then == "talks" for option in issue.options.values()] for issue in issues]
        stands = np.stack([np.isin(options, good) for options, good in zip(chosen, settling, strict=True)])
        ends = np.array([issue.ends_price for issue in issues])
        ending = np.zeros((len(self.composites), self.width))
        np.add.at(ending, owner[ends], (stands + self._of_options(halting))[ends] / max(ends.sum(), 1))
        return {
            "n_options": np.array([len(composite.combos) for composite in self.composites], dtype=np.int64),
            "status_quo": np.array([self._status_quo_of(composite) for composite in self.composites], dtype=np.int64),
            "issue_composite": owner,
            "issue_option": chosen,
            "strike_to": self._strike_to(),
            "moved": ((chosen != quo[:, None]) & (chosen >= 0)).astype(np.uint8),
            "settles": (stands & (level == CORE)[:, None]).astype(np.uint8),
            "level": level,
            "ending": ending,
            "lasts": self._of_options(lasts).astype(np.int64),
            "resumes": self._of_options(resumes).astype(np.uint8),
        }

    def _of_options(self, values: Sequence[ArrayLike]) -> Floats:
        """[I, O] what each issue has at the option at which a composite option has it; 0 in padding."""
        chosen = self.issue_option
        rows = (np.asarray(row, dtype=np.float64)[at] for row, at in zip(values, chosen, strict=True))
        return np.where(chosen >= 0, np.stack([*rows]), 0.0)

    def _line_tables(self) -> dict[str, Any]:
        """[B, C, O] and [B, C] of the conditional red lines that join composites.

        Of a line that nothing makes good `unless` speaks of no composite, and no option is as it asks.
        """
        fields, names = layout_of(Tables), ("line_if", "line_unless")
        out: dict[str, Any] = {key: fields[key].zeros(self.sizes) for name in names for key in (name, f"{name}_in")}
        for (row, (_, _, line)), (column, composite) in product(enumerate(self.lines), enumerate(self.composites)):
            parts = composites.line_parts(line, self.options, composite)
            for name, condition, met in zip(names, (line.when, line.unless), parts, strict=True):
                asks = bool(composites.part_of(condition, composite.issues))
                out[f"{name}_in"][row, column] = asks
                out[name][row, column] = condition is not None and not asks
                if asks:
                    out[name][row, column, : len(met)] = met
        return out

    def _status_quo_of(self, composite: Composite) -> int:
        quo = [self.status_quo_option[self.issues.index(issue)] for issue in composite.issues]
        return int(np.flatnonzero((composite.combos == quo).all(axis=1))[0])

    def _strike_to(self) -> Ints:
        """[I, O] where a composite option goes when one issue is put back at its status quo."""
        out = np.full((len(self.issues), self.width), -1, dtype=np.int64)
        for composite in self.composites:
            base = self._status_quo_of(composite)
            place = {tuple(combo): index for index, combo in enumerate(composite.combos.tolist())}
            for position, issue in enumerate(composite.issues):
                row = self.issues.index(issue)
                struck = composite.combos.copy()
                struck[:, position] = self.status_quo_option[row]
                out[row, : len(struck)] = [place.get(tuple(combo), base) for combo in struck.tolist()]
        return out

    @cached_property
    def legs(self) -> tuple[tuple[int, ...], ...]:
        """Formats of each row of the axis F, in order: of a format itself, of a track its legs."""
        place = {key: row for row, key in enumerate(self.scenario.formats)}
        tracks = [tuple(place[leg.format] for leg in track.legs) for track in self.scenario.tracks.values()]
        return (*((row,) for row in place.values()), *tracks)

    def speakers(self, row: int) -> tuple[int, ...]:
        """Parties that speak in a format, an interested mediator before principals; of a track, in its last leg."""
        talks = self.scenario.formats[self.formats[self.legs[row][-1]]]
        spoken = sorted(talks.speakers, key=lambda key: talks.seats[key].role == "principal")
        return tuple(self.parties.index(key) for key in spoken)

    def stages(self, format_index: int) -> tuple[tuple[str, ...], ...]:
        """Issues of each stage of a format.

        A package is one stage; with easy or hard issues first a stage is the part of a composite that is on the agenda,
        in file order; working groups are followed by their plenary, which talks about everything.
        """
        talks = self.scenario.formats[self.formats[format_index]]
        agenda = talks.agenda.issues
        if talks.baskets:
            return (*(basket.issues for basket in talks.baskets.values()), agenda)
        if talks.agenda.order in ("easy_first", "hard_first"):
            parts = (tuple(key for key in composite.issues if key in agenda) for composite in self.composites)
            return tuple(part for part in parts if part)
        return talks.agenda.stages or (agenda,)

    def on_agenda(self, row: int, composite: Composite) -> NDArray[np.bool_]:
        """Per composite option, whether all issues off the agenda (of a track: of every leg) stay as they are."""
        formats = self.scenario.formats
        agenda = {issue for leg in self.legs[row] for issue in formats[self.formats[leg]].agenda.issues}
        stays = np.ones(len(composite.combos), dtype=np.bool_)
        for issue in composite.issues:
            if issue not in agenda:
                stays &= composite.column(issue) == self.status_quo_option[self.issues.index(issue)]
        return stays

    def _party_tables(self) -> dict[str, Any]:
        parties = tuple(self.scenario.parties.values())
        blocs = [party.bloc for party in parties]
        view = np.tile(np.arange(len(parties), dtype=np.int64), (len(parties), 1))
        for extra, (who, whom) in enumerate(self.beliefs):
            view[who, whom] = len(parties) + extra
        return {
            "chance_key": np.array([stream_key(bloc) for bloc in blocs], dtype=np.uint64),
            "bloc": np.array([blocs.index(bloc) for bloc in blocs], dtype=np.int64),
            "view_row": view,
            "ratifies": np.array([party.ratification is not None for party in parties], dtype=np.uint8),
            "strategy": np.array([STRATEGIES.index(party.behaviour.strategy) for party in parties], dtype=np.int64),
            "named": self._named(),
        }

    @cached_property
    def guarantees(self) -> tuple[tuple[int, int, int], ...]:
        """(party, issue, option) of every party that an option names as its guarantor; a status quo has none."""
        return tuple(
            (self.parties.index(party), row, place)
            for row, issue in enumerate(self.scenario.issues.values())
            for place, option in enumerate(issue.options.values())
            for party in option.guarantors
        )

    def _named(self) -> NDArray[np.uint8]:
        """[P, C, O] 1 where a composite option holds an option that names the party as its guarantor."""
        named = np.zeros((len(self.parties), len(self.composites), self.width), dtype=np.uint8)
        for party, issue, option in self.guarantees:
            named[party, self.issue_composite[issue]] |= self.issue_option[issue] == option
        return named

    def _rule_tables(self) -> dict[str, Any]:
        rules = self.scenario.behaviour.rules
        switch = [rules.severable, rules.hold == "once", rules.errors == "fresh", rules.stalling]
        switch.append(rules.foreseen_consent)
        spending = np.zeros((len(self.spent), self.width), dtype=np.uint8)
        for row, entry in enumerate(self.spent):
            spending[row] = self.issue_option[entry.issue] == entry.option
        places = [(entry.patron, entry.target, self.issue_composite[entry.issue]) for entry in self.spent]
        patron, target, composite = np.array(places, dtype=np.int64).reshape(-1, 3).T
        return {
            "spent_patron": patron,
            "spent_target": target,
            "spent_composite": composite,
            "spent_option": spending,
            "switch": np.array(switch, dtype=np.int64),
            "n_regimes": np.array([1 + len(self.shocks)], dtype=np.int64),
            "hold_months": np.array([self.scenario.horizon_months], dtype=np.int64),
        }
