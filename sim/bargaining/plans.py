"""Plans of parties that play the equilibrium, laid into the arrays of a source just before it is played."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.sampling.source import Source, Wrapped
from sim.types.tables import Tables


@dataclass(frozen=True)
class Planned(Wrapped):
    """A source whose tables carry the plans of parties that play the equilibrium."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws; every table of every draw is solved, so this can take seconds a draw."""
        from sim.bargaining.equilibrium_plan import equilibrium_plan  # the solver is loaded where somebody plays it

        tables = self.source.tables(first_draw, n_draws)
        talks = [f for f, info in enumerate(self.structure.formats) if not info.legs]
        return equilibrium_plan(tables, talks)


def with_plans(source: Source) -> Source:
    """The source itself, or with plans if some party plays the equilibrium."""
    plays = any(party.behaviour.strategy == "equilibrium" for party in source.resolved.parties.values())
    return Planned(source) if plays and not isinstance(source, Planned) else source
