"""One talk, turn by turn: what the Mesa driver leaves behind for people to read.

Parties, issues and options are positions in `Structure`; a deal is one option per issue. Gains are in stakes over the
reservation value with the text in hand at that moment, before support and pressure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sim.types.endings import EndReason, Outcome
from sim.types.outcomes import Runs

Deal = tuple[int, ...]


class Move(Enum):
    """What a party does when it is its turn."""

    PASS = "pass"
    OFFER = "offer"
    STALL = "stall"
    SECOND = "second"  # moves the previous question: a vote on the text on the floor
    AMEND = "amend"  # offers its text in place of the one on the floor


class Why(Enum):
    """The reason for an answer."""

    ACCEPTS = "accepts"
    PRESSED = "accepts under pressure"
    RESERVATION = "below reservation"
    ASPIRATION = "below aspiration"
    DOUBT = "misjudged"  # worth enough by its own measure, but the party's evaluation error of this run says otherwise
    RED_LINE = "firm red line"
    STALLING = "playing for time"
    PREFERS_FLOOR = "prefers the text on the floor"  # in a vote between an amendment and the text on the floor
    EXPECTS_MORE = "expects more from refusing"
    """Plays the equilibrium, and the text is worth less than what it may expect from talking on."""
    CLAIM = "expects more of waiting"  # more than its share of its best hope, if the talks go on later
    FORESEES = "not worth its name"  # for what signing costs it, or as it foresees that the absent will stop the text
    ABSTAINS = "abstains"  # the text changes nothing for it, and the consent rule knows abstention
    OWN_STRATEGY = "its own strategy"  # decided by a strategy that the user has written


@dataclass(frozen=True)
class CrossedLine:
    """A firm red line that a deal crosses: the line's id in the file, the issue and the option that crosses it."""

    line: str
    issue: int
    option: int


@dataclass(frozen=True)
class UnmetCondition:
    """A firm conditional red line that a deal crosses: what it gives, and what of the return for it is not there."""

    line: str
    given: tuple[tuple[int, int], ...]
    """(issue, option) of each part of `if`, as it stands."""
    missing: tuple[tuple[int, tuple[int, ...]], ...]
    """(issue, options that would do) of each part of `unless` that does not stand; empty where nothing would do."""


@dataclass(frozen=True)
class Answer:
    """One party's answer to an offer, a last-resort text, or a text that needs its consent."""

    party: int
    accepts: bool
    why: Why
    gain: float
    shift: float  # how far support (up) and pressure (down) moved its reservation value, stakes
    needed: float  # gain from which it would have said yes, evaluation error, support and pressure included
    red_lines: tuple[CrossedLine | UnmetCondition, ...] = ()
    sorest: int | None = None  # for a refusal: the issue on which the deal falls furthest short for the party
    pressed_by: tuple[int, ...] = ()
    supported_by: tuple[int, ...] = ()

    @property
    def below_reservation(self) -> float:
        """Stakes by which the deal misses the reservation value, after support and pressure; 0 if it does not."""
        return max(0.0, self.shift - self.gain)

    @property
    def short_by(self) -> float:
        """Stakes that were missing for a yes; 0 where there was enough."""
        return max(0.0, self.needed - self.gain)


@dataclass(frozen=True)
class Turn:
    """One turn in a round; months and rounds count from 1.

    `speaker` is a party, or the number of parties for the chair, who speaks for nobody. `stage` is the stage of the
    agenda or the working group, None where the whole agenda is on the table.
    """

    month: int
    round: int
    speaker: int
    move: Move
    deal: Deal
    gain: float  # gain to the speaker; 0 for a neutral one
    gap: float  # its aspiration above its reservation value; 0 for a neutral one
    stage: int | None
    heard: bool  # false if the round was closed by an earlier offer before this one was put
    agreed: bool = False  # true if the table took the offer by its consent rule
    answers: tuple[Answer, ...] = ()
    owner: int | None = None  # under the open rule: whose text is on the floor when the turn begins, None for nobody's
    carried: bool = False  # of an amendment: True if it is on the floor now


@dataclass(frozen=True)
class Interim:
    """A package that the table agreed on and that leaves the core open: later offers build on it."""

    month: int
    round: int
    speaker: int
    deal: Deal


@dataclass(frozen=True)
class ShockEvent:
    """An outside event at the start of a month; `index` counts from 0 in `Structure.shocks`."""

    month: int
    index: int


@dataclass(frozen=True)
class LastResort:
    """What is put to the table at the deadline: the text in hand, or one drafted then that leaves the core open.

    `deal` is None if nothing was worth drafting, and in a single undertaking with nothing complete in hand; then
    `left_open` are the core issues on the agenda that nothing agreed so far settles.
    """

    month: int
    deal: Deal | None
    signed: bool
    answers: tuple[Answer, ...] = ()
    in_hand: bool = False
    undertaking: bool = False
    left_open: tuple[int, ...] = ()


@dataclass(frozen=True)
class ConsentDecision:
    """One decision on a text after the table: by an absent party with standing on it, or by a home."""

    answer: Answer
    home: bool
    margin: float  # what a home asks for above the reservation value; 0 for others
    stopped: tuple[int, ...]  # issues whose move it stops; empty for a refusal that stops nothing


@dataclass(frozen=True)
class ConsentPass:
    """Everybody whose consent is needed decides at once on `text`; `remaining` is what is left of it."""

    text: Deal
    decisions: tuple[ConsentDecision, ...]
    struck: tuple[int, ...]
    remaining: Deal


@dataclass(frozen=True)
class RatificationCourse:
    """The way of a text from the table to its signature in force."""

    tabled: Deal
    passes: tuple[ConsentPass, ...]
    remaining: Deal
    remainder_refused_by: tuple[int, ...]
    outvoted_on_rest: tuple[int, ...] = ()
    """Who voted against what remains, which the table takes all the same."""


@dataclass(frozen=True)
class Plenary:
    """The vote of everybody on what a contact group brings; `votes` are of those who were not in the group."""

    text: Deal
    carried: bool
    votes: tuple[Answer, ...]


@dataclass(frozen=True)
class Leaver:
    """A party that left a text in force: its gain then, how far its reservation value had moved, what leaving cost."""

    party: int
    gain: float
    walk: float
    shift: float
    enforcement: float


@dataclass(frozen=True)
class Durability:
    """How long the text lasted, who left it, and what of it lapsed before."""

    months: int
    horizon: int
    left: tuple[Leaver, ...]
    lapsed: tuple[tuple[int, int], ...] = ()
    """Issue back at its status quo, and the months for which its option lasts; 0 where that went with another."""
    over: bool = False
    """Whether nothing but process was left by then."""


@dataclass(frozen=True)
class RunRecord:
    """The row of the batch engine for the same run, as plain values (see `Runs` for the fields)."""

    outcome: int
    reason: int
    decided: int
    month: int
    held: int
    agreed: int
    core: int
    halt: int
    shock: int
    deal: Deal
    tabled: Deal
    refused: tuple[int, ...]
    value: tuple[float, ...]
    reservation: tuple[float, ...]
    legs: tuple[int, ...]


def record_of(runs: Runs, row: int) -> RunRecord:
    """Row `row` of `runs` as plain values, every field of it."""
    values: dict[str, Any] = {
        name: tuple(array[row].tolist()) if array.ndim > 1 else array[row].item()
        for name, array in zip(Runs._fields, runs, strict=True)
    }
    return RunRecord(**values)


@dataclass(frozen=True)
class Transcript:
    """One talk from who came to how it ended."""

    format_index: int
    seed: int
    draw: int
    replication: int
    seats: tuple[int, ...]  # who sat at the table, in speaking order
    stayed_away: tuple[int, ...]
    speaks_first: int | None
    turns: tuple[Turn, ...]
    interims: tuple[Interim, ...]
    shocks: tuple[ShockEvent, ...]
    last_resort: LastResort | None
    ratification: RatificationCourse | None
    hold: Durability | None
    record: RunRecord
    earlier: tuple[Transcript, ...] = ()
    """Of a track: the legs before this one, in order. `format_index` is then that of the last leg's format.

    If the last leg added nothing to what earlier ones left in force, it is among them, and `record` and `hold` tell of
    that text.
    """
    outvoted: tuple[int, ...] = ()  # who voted against the text that the table took
    in_force: Deal = ()
    """Of a leg of a track: the text that earlier legs had left in force when it began; empty for a single format."""
    meanwhile: ShockEvent | None = None  # of a leg of a track: an outside event between the leg before and this one
    plenary: Plenary | None = None  # where a contact group has talked for all

    @property
    def outcome(self) -> Outcome:
        """The coarse result."""
        return Outcome(self.record.outcome)

    @property
    def reason(self) -> EndReason:
        """Why it ended so."""
        return EndReason(self.record.reason)

    @property
    def decided_by(self) -> tuple[int, ...]:
        """Parties whose answer decided the ending."""
        return parties_in(self.record.decided)


def parties_in(mask: int) -> tuple[int, ...]:
    """Positions of the bits set in a bit mask of parties, rising."""
    return tuple(p for p in range(mask.bit_length()) if (mask >> p) & 1)
