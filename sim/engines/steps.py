"""What a single talk needs beside the units of the batch engine: small steps for Python, and the reasons of answers.

The decisions are made by the same compiled rules that the batch engine calls; this module only looks at how they came
about, and leaves the workspace as it found it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.formats.answers import sorest_issue, speakers_bloc
from sim.formats.table import author
from sim.rules.acceptance import accepts
from sim.rules.chance import ERROR, FRESH, HOME, NOBODY, Key, logistic, run_key, slot
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.kernel import unit
from sim.rules.lines import crosses_now
from sim.rules.utility import crosses, holds_barred
from sim.types import work as at
from sim.types.arrays import Ints, Mask
from sim.types.structure import ConditionalLineInfo, Structure
from sim.types.tables import FRESH_ERRORS, Tables
from sim.types.transcript import Answer, CrossedLine, Deal, UnmetCondition, Why, parties_in
from sim.types.work import LEG_ROUNDS, Work


@unit("twiii>f")
def shift_on(t: Tables, w: Work, world: int, target: int, patrons: int) -> float:
    """`net_shift` on `target` for the deal in `w.deal` with the gains in `w.gains`."""
    return net_shift(t, w, world, target, w.deal, w.gains, patrons)


@unit("twi>i")
def author_of(t: Tables, w: Work, speaker: int) -> int:
    """`author`, for Python."""
    return author(t, w, speaker)


@unit("twiiii>i")
def crosses_lines(t: Tables, w: Work, lane: int, world: int, party: int, waits: int) -> int:
    """1 if `w.deal` crosses a firm line of the party; with `waits` none that waits for a later stage of the lane."""
    if waits == 1:
        return 1 if holds_barred(t, world, party, w.deal) or crosses_now(t, w, lane, party, w.deal) else 0
    return 1 if crosses(t, world, party, w.deal) else 0


@unit("iii>k")
def key_of(seed: int, draw: int, replication: int) -> int:
    """`run_key`, for Python."""
    return run_key(seed, draw, replication)


@unit("kiikkf>f")
def error_at(key: Key, purpose: int, time: int, speaker: Key, listener: Key, precision: float) -> float:
    """The evaluation error at an address of the run's stream."""
    return logistic(key, slot(purpose, time, speaker, listener), precision)


@unit("fffff>i")
def accepts_text(gain: float, gap: float, shift: float, conceded: float, error: float) -> int:
    """`accepts`, for Python."""
    return 1 if accepts(gain, gap, shift, conceded, error) else 0


@dataclass(frozen=True)
class ProposedDeal:
    """A deal as it stands before one party."""

    lane: int  # of the talk, for top deals
    world: int  # row of the tables
    month: float  # months since the talks began, from 0
    deal: np.ndarray[Any, Any]  # [C] composite options
    gains: np.ndarray[Any, Any]  # [P] gains of all parties
    gap: float  # aspiration above the reservation value; 0 where the reservation value is all that is asked
    conceded: float  # share of the way from top to reservation already given
    error: float  # the party's evaluation error
    margin: float = 0.0  # what a home asks for above its reservation value
    lines: bool = True  # False for a home, which has no red lines of its own
    final: bool = False  # True where consent is sought after the table has spoken
    planned: bool = False  # True if the party plays an equilibrium: `gap` is then what it expects from refusing
    claim: float = 0.0  # what the party expects of not signing
    lost: float = 0.0  # what its gain loses by the cost of signing and by the refusals of the absent that it foresees
    waits: bool = False  # True where lines whose condition belongs to a later stage say nothing yet

    def surplus(self, party: int) -> float:
        """What signing is worth to the party beyond what its home asks for."""
        return float(self.gains[party]) - self.lost - self.margin

    @property
    def asked(self) -> float:
        """What is asked above the reservation value: the aspiration, or the claim if that is more."""
        return max(self.gap, self.claim)


_Parts = list[tuple[int, tuple[int, ...]]]  # (issue, options) of each part of a condition


def _stands(parts: _Parts, options: Ints) -> Mask:
    """[N] whether options of all issues [N, I] meet every part."""
    met = np.ones(len(options), dtype=np.bool_)
    for issue, names in parts:
        met &= np.isin(options[:, issue], names)
    return met


def _crossing(given: _Parts, asked: _Parts, options: Ints) -> Mask:
    """[N] whether options of all issues [N, I] meet all that is given and not all that is asked in return."""
    return _stands(given, options) & ~(_stands(asked, options) & bool(asked))


@dataclass(frozen=True)
class Ground:
    """Where one talk is played: its names, arrays and chance."""

    structure: Structure
    tables: Any
    """Pack of `Tables`; the compiled rules take packs where their signatures say `Tables`, `Work` or `Runs`."""
    work: Any
    out: Any
    fmt: int
    key: int

    @property
    def t(self) -> Tables:
        """The read-only arrays of the draw."""
        return self.tables.arrays

    @property
    def w(self) -> Work:
        """The workspace in which the talk stands."""
        return self.work.arrays

    def call(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """What a compiled step of the talk gives; it may write to the workspace."""
        return step(self.tables, self.work, *arguments)

    def write(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """As `call`, for a step that writes the record of the run."""
        return step(self.tables, self.work, self.out, 0, *arguments)

    def month_of(self, step: int) -> int:
        """Months before round `step` of the talk, and before it of a track."""
        return int(self.w.state[at.MONTHS]) + step // int(self.t.rounds_per_month[self.fmt])

    def complete(self, deal: np.ndarray[Any, Any]) -> bool:
        """True if a deal [C] settles all that a single undertaking has of the core on its agenda."""
        return not self.left_open(deal)

    def left_open(self, deal: np.ndarray[Any, Any]) -> tuple[int, ...]:
        """Core issues on the agenda of a single undertaking that a deal [C] does not settle."""
        t = self.t
        places = enumerate(deal[t.issue_composite].tolist())
        return tuple(i for i, o in places if t.undertaken[self.fmt, i] == 1 and t.settles[i, o] == 0)

    def speakers_side(self, speaker: int) -> int:
        """Bit mask of those who speak with one voice with `speaker`; 0 for a neutral one or nobody."""
        return int(self.call(speakers_bloc, speaker)) if speaker >= 0 else 0

    def author(self, speaker: int) -> int:
        """Whose text it is that `speaker` puts: under the open rule the chair puts that of its owner."""
        return int(self.call(author_of, speaker))

    def deal_of(self, deal: np.ndarray[Any, Any]) -> Deal:
        """A deal in composite options [C] as one option per issue."""
        return tuple(self.structure.issue_options_of(deal).tolist())

    def error_of(self, party: int, *, world: int, home: bool = False) -> float:
        """A party's evaluation error of the run; homes err on their own."""
        name = int(self.t.chance_key[party])
        return float(error_at(self.key, HOME if home else ERROR, 0, name, name, self.t.precision[world]))

    def table_error(self, listener: int, *, speaker: int, step: int, world: int) -> float:
        """The listener's evaluation error for an offer: its error of the run, or a fresh one with that variant."""
        t = self.t
        if speaker < 0 or t.switch[FRESH_ERRORS] == 0:
            return float(self.w.error[listener])
        whose = self.author(speaker)
        who = int(t.chance_key[whose] if whose < len(t.chance_key) else NOBODY)
        when = step + LEG_ROUNDS * int(self.w.state[at.LEG])
        return float(error_at(self.key, FRESH, when, who, int(t.chance_key[listener]), t.precision[world]))

    def shift(self, party: int, proposal: ProposedDeal, patrons: int) -> float:
        """Support minus pressure on a party, with the patrons in the bit mask in a position to press."""
        with self._scratch(proposal):
            return float(self.call(shift_on, proposal.world, party, patrons))

    @contextmanager
    def _scratch(self, proposal: ProposedDeal) -> Iterator[None]:
        """Lend the scratch arrays of a deal and its gains, and give them back as they were."""
        w = self.w
        kept = w.deal.copy(), w.gains.copy()
        w.deal[:], w.gains[:] = proposal.deal, proposal.gains
        try:
            yield
        finally:
            w.deal[:], w.gains[:] = kept

    def pressers(self, party: int, proposal: ProposedDeal, patrons: int) -> tuple[int, ...]:
        """Patrons in the mask who lower the party's reservation value, each asked alone."""
        alone = self.shift(party, proposal, 0)
        return tuple(g for g in parties_in(patrons) if self.shift(party, proposal, 1 << g) < alone)

    def supporters(self, party: int, proposal: ProposedDeal) -> tuple[int, ...]:
        """Parties whose support raises the party's reservation value, each asked alone."""
        losses = np.diag(np.minimum(proposal.gains, 0.0))
        nobody = self.shift(party, replace(proposal, gains=np.zeros_like(proposal.gains)), 0)  # distrust alone
        alone = [self.shift(party, replace(proposal, gains=only), 0) for only in losses]
        return tuple(g for g, shift in enumerate(alone) if shift > nobody)

    def sorest(self, party: int, proposal: ProposedDeal) -> int | None:
        """The issue on which the deal falls furthest short for the party."""
        with self._scratch(proposal):
            issue = self.call(sorest_issue, proposal.lane, party, proposal.month)
        return issue if issue >= 0 else None

    def crossed(self, party: int, proposal: ProposedDeal) -> tuple[CrossedLine | UnmetCondition, ...]:
        """The firm lines of the party that the deal crosses, those with a condition last.

        A line counts as firm if every combination with one of its options is barred. Where no line names the option
        that stands, it is the lines on its issue that bar what is worse.
        """
        t = self.t
        named_here: list[CrossedLine] = []
        worse: list[CrossedLine] = []
        for name, issue_id, options in self.structure.parties[party].red_lines:
            issue = [info.id for info in self.structure.issues].index(issue_id)
            c = int(t.issue_composite[issue])
            here = int(proposal.deal[c])
            back = int(t.strike_to[issue, here])
            barred = t.barred[proposal.world, party, c]
            named = [self.structure.issues[issue].options.index(option) for option in options]
            is_named = np.isin(t.issue_option[issue, : t.n_options[c]], named)
            firm = bool(np.all(barred[: t.n_options[c]][is_named])) if is_named.any() else False
            if firm and barred[here] and (not barred[back] or is_named[here]):
                crossed = CrossedLine(name, issue, int(t.issue_option[issue, here]))
                (named_here if is_named[here] else worse).append(crossed)
        issues = {line.issue for line in named_here}
        return (*named_here, *(line for line in worse if line.issue not in issues), *self._unmet(party, proposal))

    def _unmet(self, party: int, proposal: ProposedDeal) -> Iterator[UnmetCondition]:
        """The firm conditional lines of the party that the deal crosses, but for those that wait for a later stage."""
        options = self.structure.issue_options_of(proposal.deal[None])
        for line in self.structure.parties[party].conditional_lines:
            given, asked = self._parts(line.when), self._parts(line.unless)
            if _crossing(given, asked, options)[0] and self._is_firm(party, proposal, line):
                missing = tuple((i, good) for i, good in asked if options[0, i] not in good)
                yield UnmetCondition(line.id, tuple((i, int(options[0, i])) for i, _ in given), missing)

    def _is_firm(self, party: int, proposal: ProposedDeal, line: ConditionalLineInfo) -> bool:
        """Whether a conditional line is meant; inside one composite, if every combination that crosses it is barred."""
        t, world = self.t, proposal.world
        if line.row is not None:
            waits = proposal.waits and self.w.line_waits[proposal.lane, line.row] == 1
            return bool(t.line_firm[world, party, line.row] == 1 and not waits)
        given, asked = self._parts(line.when), self._parts(line.unless)
        c = int(t.issue_composite[given[0][0]])
        combinations = t.issue_option[:, : t.n_options[c]].T
        return bool(t.barred[world, party, c, : t.n_options[c]][_crossing(given, asked, combinations)].all())

    def _parts(self, condition: Mapping[str, tuple[str, ...]]) -> _Parts:
        """(issue, options) of each part of a condition, by position."""
        issues = {info.id: i for i, info in enumerate(self.structure.issues)}
        named = [(issues[issue], names) for issue, names in condition.items()]
        return [(i, tuple(map(self.structure.issues[i].options.index, names))) for i, names in named]

    def crosses(self, party: int, proposal: ProposedDeal) -> bool:
        """True if the deal crosses any firm line of the party."""
        if not proposal.lines:
            return False
        with self._scratch(proposal):
            return bool(self.call(crosses_lines, proposal.lane, proposal.world, party, int(proposal.waits)))

    def abstains(self, party: int, proposal: ProposedDeal, *, shift: float) -> bool:
        """True if the rule of consent knows abstention and the text changes nothing for the party."""
        known = self.t.abstains[int(self.w.at_table[0])] == 1
        return bool(known and abs(proposal.gains[party] - shift) <= ROUNDING and not self.crosses(party, proposal))

    def says_yes(self, party: int, proposal: ProposedDeal, *, shift: float, stalling: bool) -> bool:
        """The rule of acceptance, for one party and a given shift."""
        if stalling or self.crosses(party, proposal):
            return False
        return bool(accepts_text(proposal.surplus(party), proposal.asked, shift, proposal.conceded, proposal.error))

    def explain(
        self, party: int, proposal: ProposedDeal, *, said_yes: bool, patrons: int, stalling: bool = False
    ) -> Answer:
        """The answer that the rules gave, with its reason.

        `said_yes` is what the rules made of the proposal; `patrons` is the bit mask of those who may press a party that
        would refuse; a party that is `stalling` plays for time this month.
        """
        shift = self.shift(party, proposal, 0)
        at_once = self.says_yes(party, proposal, shift=shift, stalling=stalling)
        pressed_by: tuple[int, ...] = ()
        if not at_once:
            pressed_by = self.pressers(party, proposal, patrons)
            shift = self.shift(party, proposal, patrons)
        why = Why.ACCEPTS if at_once else Why.PRESSED
        if not at_once and not proposal.final and self.abstains(party, proposal, shift=self.shift(party, proposal, 0)):
            why = Why.ABSTAINS
        elif not said_yes:
            why = self._why_not(party, proposal, shift=shift, stalling=stalling)
        return Answer(
            party=party,
            accepts=said_yes and why is not Why.ABSTAINS,
            why=why,
            gain=float(proposal.gains[party]),
            shift=shift,
            needed=proposal.margin
            + proposal.lost
            + max(shift, proposal.asked + shift * proposal.conceded - proposal.error),
            red_lines=self.crossed(party, proposal) if proposal.lines else (),
            sorest=None if said_yes else self.sorest(party, proposal),
            pressed_by=pressed_by,
            supported_by=self.supporters(party, proposal),
        )

    def _why_not(self, party: int, proposal: ProposedDeal, *, shift: float, stalling: bool) -> Why:
        gain, given = proposal.surplus(party), shift * proposal.conceded
        if self.crosses(party, proposal):
            return Why.RED_LINE
        if stalling:
            return Why.STALLING
        if gain - shift < 0.0:
            return Why.RESERVATION if gain + proposal.lost - shift < 0.0 else Why.FORESEES
        if gain - proposal.asked - given >= 0.0:
            return Why.DOUBT
        if gain + proposal.lost - proposal.asked - given >= 0.0:
            return Why.FORESEES
        if gain - proposal.gap - given >= 0.0:
            return Why.CLAIM
        return Why.EXPECTS_MORE if proposal.planned else Why.ASPIRATION

    def first_yes(self, answers: Iterable[tuple[int, ProposedDeal, bool]]) -> int:
        """Bit mask of those who say yes before anybody presses; each party with its question and whether it stalls."""
        alone = [(party, deal, self.shift(party, deal, 0), stalls) for party, deal, stalls in answers]
        return sum(
            1 << party
            for party, deal, shift, stalls in alone
            if self.says_yes(party, deal, shift=shift, stalling=stalls)
        )
