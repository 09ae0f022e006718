"""Small worlds with numbers set by hand, and probes: units that call kernels which Python cannot call with packs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.formats.lanes import open_shared
from sim.formats.table import load_world
from sim.rules.claims import claim_on, claim_on_core
from sim.rules.coercion import lever_kept, net_shift
from sim.rules.durability import can_break, enforcement_of
from sim.rules.kernel import unit
from sim.rules.lines import breaks_line, freed_by, wait_for_later
from sim.rules.pack import TABLES, WORK, Pack
from sim.rules.signing import weigh_signing
from sim.rules.utility import crosses, floor_of, settles_core, value_of
from sim.types.tables import SEVERABLE, Tables
from sim.types.work import Work, make_work
from tests.rules.domains import random_domains

CERTAIN = {"precision": [np.inf]}
"""No evaluation errors: the threshold rule."""


@dataclass(frozen=True)
class World:
    """Tables with a workspace, both as packs and as arrays."""

    t: Tables
    w: Work
    tables: Pack[Tables]
    work: Pack[Work]

    def put(self, deal: Sequence[int], gains: Sequence[float] | None = None) -> None:
        """Set the deal, and the gains, that probes and rules look at."""
        for name in ("deal", "text"):
            getattr(self.w, name)[:] = deal
        if gains is not None:
            self.w.gains[:] = gains
            self.w.true_gain[:] = gains


def make_tables(values: Any, **changes: Any) -> Tables:
    """A world; `values` [P, C, O] are contributions in stakes, option 0 is the status quo, one format seats all.

    Nothing else is in it: no standing, levers, outside options, lines; every issue is substance. `changes` are fields
    of `Tables`, without the world axis where they have one; `switch` is a mapping from place to value.
    """
    contribution = np.asarray(values, dtype=np.float64)
    n_parties, n_composites, n_options = contribution.shape
    with np.errstate(invalid="ignore"):  # a single option has no range; its values are replaced below
        bare = random_domains(1, n_parties, n_composites, n_options - 1, n_rounds=4)
    switch = np.zeros_like(bare.switch)
    switch[SEVERABLE] = 1
    for place, value in changes.pop("switch", {}).items():
        switch[place] = value
    fixed = bare._replace(
        contribution=contribution[None],
        outside=np.zeros((1, n_parties)),
        allowed=np.ones_like(bare.allowed),
        level=np.ones_like(bare.level),
        settles=np.zeros_like(bare.settles),
        pressure_cap=np.full(1, 9.0),
        switch=switch,
    )
    for name, value in changes.items():
        present = getattr(fixed, name)
        array = np.asarray(value, dtype=present.dtype)
        fixed = fixed._replace(**{name: array[None] if array.ndim == present.ndim - 1 else array})
    return Tables(*(np.ascontiguousarray(array) for array in fixed))


def make_world(values: Any, *, seated: Sequence[int] | None = None, **changes: Any) -> World:
    """A world in which the first format has been opened; `seated` are the parties at the table, default all."""
    n_parties = len(values)
    present = list(range(n_parties)) if seated is None else list(seated)
    marks = np.isin(np.arange(n_parties), present).astype(np.uint8)[None]
    turn = np.array([[*present, *[-1] * (n_parties - len(present))]])
    t = make_tables(values, seated=marks, turn=turn, **changes)
    world = World(t, make_work(t), None, None)  # type: ignore[arg-type]
    world = World(t, world.w, Pack(t, TABLES), Pack(world.w, WORK))
    world.w.loaded[0] = -1
    load_world(world.tables, world.work, 0)
    open_shared(world.tables, world.work, 0, 0)
    return world


def lists(n_parties: int, n_composites: int, n_options: int, **places: float) -> np.ndarray:
    """[P, C, O] zeros with some places set: `p0c1o2=0.5`."""
    out = np.zeros((n_parties, n_composites, n_options))
    for name, value in places.items():
        p, rest = name[1:].split("c")
        c, o = rest.split("o")
        out[int(p), int(c), int(o)] = value
    return out


def owner(standing: list[float], likes: list[float], **changes) -> World:
    """p0 and p1 like every move; p2 outside owns one issue each and likes each move by `likes`."""
    n = len(likes)
    values = lists(3, n, 2)
    values[:2, :, 1] = 0.3
    values[2, :, 1] = likes
    owns = np.zeros((3, n, 2))
    owns[2, :, 1] = standing
    return make_world(values, seated=[0, 1], standing=owns, **{**CERTAIN, **changes})


# Probes: what Python cannot call with packs, as units. All read `w.deal`, `w.gains` or `w.text`.


@unit("twiii>f")
def shift_probe(t: Tables, w: Work, world: int, target: int, patrons: int) -> float:
    return net_shift(t, w, world, target, w.deal, w.gains, patrons)


@unit("twiii>f")
def kept_probe(t: Tables, w: Work, world: int, patron: int, target: int) -> float:
    return lever_kept(t, w, world, patron, target, w.deal)


@unit("twiif>f")
def value_probe(t: Tables, w: Work, world: int, party: int, month: float) -> float:
    return value_of(t, world, party, w.deal, month)


@unit("twiif>f")
def floor_probe(t: Tables, w: Work, world: int, party: int, month: float) -> float:
    return floor_of(t, world, party, w.deal, month)


@unit("twii>i")
def crosses_probe(t: Tables, w: Work, world: int, view: int) -> int:
    return 1 if crosses(t, world, view, w.deal) else 0


@unit("tw>i")
def settles_probe(t: Tables, w: Work) -> int:
    return 1 if settles_core(t, w.deal) else 0


@unit("twii>f")
def enforcement_probe(t: Tables, w: Work, world: int, party: int) -> float:
    return enforcement_of(t, world, party, w.deal)


@unit("twikif>i")
def can_break_probe(t: Tables, w: Work, world: int, key: int, party: int, month: float) -> int:
    return 1 if can_break(t, w, world, key, party, w.deal, month) else 0


@unit("twiif>f")
def claim_probe(t: Tables, w: Work, lane: int, party: int, month: float) -> float:
    return claim_on(t, w, lane, party, w.deal, month)


@unit("twii>f")
def core_claim_probe(t: Tables, w: Work, lane: int, party: int) -> float:
    return claim_on_core(t, w, lane, party)


@unit("twif>-")
def signing_probe(t: Tables, w: Work, lane: int, month: float) -> None:
    weigh_signing(t, w, lane, w.deal, w.true_gain, month, w.true_worth, w.true_claim)


@unit("twiii>i")
def breaks_probe(t: Tables, w: Work, line: int, composite: int, option: int) -> int:
    return 1 if breaks_line(t, line, w.deal, composite, option) else 0


@unit("twiiii>i")
def freed_probe(t: Tables, w: Work, world: int, view: int, composite: int, option: int) -> int:
    return 1 if freed_by(t, world, view, w.deal, composite, option) else 0


@unit("twiii>-")
def waits_probe(t: Tables, w: Work, lane: int, fmt: int, stage: int) -> None:
    wait_for_later(t, w, lane, fmt, stage)
