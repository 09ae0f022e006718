"""Stand-in until `sim.types.tables` has the arrays of protocols and consent: reads them where they are, else defaults.

To be deleted when the arrays are merged: then `talk_arrays(tables)` is `tables`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.types.tables import Tables

ALTERNATING_OFFERS, PROPOSAL_AND_VOTE, TRACK = 0, 1, 5
PROTOCOLS = ("alternating_offers", "proposal_and_vote", "single_text", "shuttle", "baskets")
EQUILIBRIUM = 9


class _Standing:
    """Tables with today's only protocol and consent rule filled in."""

    def __init__(self, tables: Tables) -> None:
        n_formats, n_parties = tables.seated.shape
        n_worlds = len(tables.precision)
        self.protocol = np.zeros(n_formats, dtype=np.int64)
        self.unanimous = np.ones(n_formats, dtype=np.uint8)
        self.quota = np.zeros((n_formats, 2))
        self.strict = np.zeros(n_formats, dtype=np.uint8)
        self.vetoes = np.zeros((n_formats, n_parties), dtype=np.uint8)
        self.abstains = np.zeros(n_formats, dtype=np.uint8)
        self.n_stages = np.ones(n_formats, dtype=np.int64)
        self.strategy = np.zeros(n_parties, dtype=np.int64)
        self.capability = np.ones((n_worlds, n_parties))
        self.recognition = np.ones((n_worlds, n_formats, n_parties))
        self._tables = tables

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)


def talk_arrays(tables: Tables) -> Any:
    """The tables with the arrays of protocols and consent."""
    return tables if hasattr(tables, "protocol") else _Standing(tables)
