"""What the tests of the engines play: generated scenarios with every rule in use, and those that ship."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.scenario import Encoder, load_raw
from tests.scenario.generate import behaviours, random_scenario
from tests.shipped import SCENARIOS, encoder_of

SHIPPED = ("camp-david-1978.yaml", "ukraine/anchorage-2025.yaml", "well-formats.yaml")


def shipped(name: str, *, seed: int = 1, variant: str | None = None) -> Encoder:
    return encoder_of(SCENARIOS / name, seed=seed, variant=variant)


def rich_scenario(
    rng: np.random.Generator, n_parties: int, n_issues: int, n_options: int, **recipe: Any
) -> dict[str, Any]:
    """A random scenario with further formats: another calendar, an observer, a short agenda; sometimes a bloc."""
    data = random_scenario(rng, n_parties, n_issues, n_options, **recipe)
    issues, parties = list(data["issues"]), list(data["parties"])
    data["formats"]["long"] = {
        "seats": dict.fromkeys(parties[-2:], "principal"),
        "calendar": {"months": 8, "rounds_per_month": 1},
        "harvest": "early",
    }
    data["formats"]["short-agenda"] = {
        "seats": {parties[0]: "principal", parties[-1]: "principal"}
        | ({parties[1]: "observer"} if n_parties > 2 else {}),
        "calendar": {"months": 2, "rounds_per_month": 3},
        "agenda": issues[: max(1, n_issues - 1)],
    }
    if n_parties > 3 and rng.random() < 0.4:
        data["parties"][parties[2]]["bloc"] = parties[0]
    return data


def for_a_time(rng: np.random.Generator, data: dict[str, Any]) -> None:
    """Half of the options that settle nothing lapse after some months, some into talks; some of them halt the price."""
    for issue in data["issues"].values():
        for key, option in issue["options"].items():
            if key == issue["status_quo"] or option.get("settles") or rng.random() < 0.5:
                continue
            option["lasts"] = int(rng.integers(1, 12))
            option |= {"then": "talks"} if rng.random() < 0.5 else {}
            option |= {"halts": True} if issue.get("ends_price") and rng.random() < 0.5 else {}


@st.composite
def encoders(draw: st.DrawFn) -> Encoder:
    """Scenarios with learning on and off, shocks, homes, standing, linkages, conditions and each switch of rules."""
    recipe = {
        "linked": draw(st.booleans()),
        "red_lines": draw(st.booleans()),
        "conditional_lines": draw(st.sampled_from([0, 2])),
        "misperception": draw(st.booleans()),
        "shocks": draw(st.integers(0, 2)),
        "ratification": draw(st.booleans()),
        "early_harvest": draw(st.booleans()),
        "uncertain": draw(st.sampled_from([0.0, 0.5])),
        "months": draw(st.integers(1, 6)),
        "rounds_per_month": draw(st.integers(1, 3)),
    }
    behaviour: dict[str, Any] = draw(behaviours())
    behaviour["rules"] |= {
        "severable": draw(st.booleans()),
        "hold": draw(st.sampled_from(["walk", "once"])),
        "errors": draw(st.sampled_from(["once", "fresh"])),
        "stalling": draw(st.booleans()),
    }
    if draw(st.booleans()):
        behaviour["learning_prior"] = 2.0
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_parties, n_issues = draw(st.integers(2, 7)), draw(st.integers(3, 9))
    # A linkage per party may tie nearly all issues together: their combinations must stay below the limit.
    most_options = 4 if not recipe["linked"] or n_parties < 4 else 2
    sizes = n_parties, n_issues, draw(st.integers(2, most_options))
    data = rich_scenario(rng, *sizes, **recipe)
    if draw(st.booleans()):
        for_a_time(rng, data)
    return Encoder(load_raw({**data, "behaviour": behaviour}), seed=draw(st.integers(0, 2**31)))
