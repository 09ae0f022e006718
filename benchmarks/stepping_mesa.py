"""For scale: what a plain Mesa model of stepping agents costs: `python -m benchmarks.stepping_mesa`.

Four agents, fifty steps, a DataCollector; every agent lowers its demand a little and looks at the others. This is what
one gets without writing compiled rules: not a negotiation, only the frame around one.
"""

from __future__ import annotations

import argparse

import numpy as np
from mesa import Agent, DataCollector, Model

from benchmarks.measure import machine_line, rates, table, timed

N_AGENTS, N_STEPS = 4, 50
TURNS, PER_TURN = 9, 40


class Talker(Agent):
    """Demands a share, concedes after a boulware clock, and counts the others' demands that it could live with."""

    def __init__(self, model: Model, reservation: float) -> None:
        """Start by demanding everything."""
        super().__init__(model)
        self.reservation = reservation
        self.demand = 1.0
        self.content = 0

    def step(self) -> None:
        """Concede and look around."""
        share = (self.model.round / N_STEPS) ** 4
        self.demand = 1.0 - (1.0 - self.reservation) * share
        self.content = sum(
            1 for other in self.model.agents if other is not self and 1.0 - other.demand > self.reservation
        )


class Table(Model):
    """Four talkers."""

    def __init__(self, seed: int) -> None:
        """Seat the talkers with random reservation values."""
        super().__init__(rng=seed)
        numbers = np.random.default_rng(seed)
        self.round = 0
        for _ in range(N_AGENTS):
            Talker(self, float(numbers.uniform(0.2, 0.5)))
        self.collector = DataCollector(
            model_reporters={"round": "round"}, agent_reporters={"demand": "demand", "content": "content"}
        )

    def step(self) -> None:
        """One round."""
        self.agents.shuffle_do("step")
        self.round += 1
        self.collector.collect(self)


def play(n_runs: int) -> None:
    """Run `n_runs` models, one after another."""
    for seed in range(n_runs):
        model = Table(seed)
        for _ in range(N_STEPS):
            model.step()


def section(*, turns: int = TURNS) -> str:
    """Measure, as Markdown."""
    play(5)
    rate = rates([timed(lambda: play(PER_TURN), PER_TURN) for _ in range(turns)])
    row = [f"{N_AGENTS} agents, {N_STEPS} steps, DataCollector", str(rate)]
    lines = ["## Beside stepping agents", "", table(("Mesa model", "runs per CPU second"), [row]), ""]
    return "\n".join([*lines, "One process. " + machine_line() + ".", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS)
    print(section(turns=parser.parse_args().turns))


if __name__ == "__main__":
    main()
