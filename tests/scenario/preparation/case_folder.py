"""A case in a folder: a file, the profile that it includes, and the claims that it cites."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

PROFILE = """
codebooks:
  steps:
    levels:
      salience:
        low: {narrow: {uniform: [1, 2]}, wide: {uniform: [0, 3]}}
        high: {narrow: {uniform: [4, 5]}, wide: {uniform: [3, 6]}}
      patience:
        high: {value: 0.99}
  other:
    levels:
      salience:
        low: {narrow: {value: 1}, wide: {value: 1}}
        high: {narrow: {value: 9}, wide: {value: 8}}
      patience:
        high: {value: 0.9}
issues:
  price:
    level: core
    status_quo: old
    options:
      old: {}
      new: {settles: true}
      newer: {settles: true}
parties:
  buyer:
    salience: {price: {level: high, spread: wide, basis: stated, sources: [C1]}}
    values: {price: {options: {old: 0, new: 1, newer: 0.5}}}
    patience: {level: high}
    price_of_no_settlement: {now: {triangular: [-0.2, -0.1, 0]}}
  seller:
    salience: {price: 1}
    values: {price: {ranking: [newer, new, old]}}
"""


CASE = """
parley: 1
id: case
title: A case
include: profile.yml
evidence: claims.yaml
parties:
  buyer:
    price_of_no_settlement: {now: {uniform: [-0.1, 0], basis: analyst, sources: [C2]}}
  seller:
    values: {price: {options: {old: 0, new: 0.4, newer: 1}}}
formats:
  talks:
    seats: {buyer: {}, seller: {}}
    calendar: {months: 2, rounds_per_month: 2}
"""


CLAIMS = """
evidence: 1
documents:
  letter: {title: "A letter", date: "1990"}
claims:
  C1: {document: letter, paragraphs: "2, 3", voice: "the buyer", confidence: stated, paraphrase: "Price comes first."}
  C2: {document: letter, confidence: analyst, paraphrase: "Waiting is dear."}
  C3: {document: letter, confidence: reported, paraphrase: "Nobody cites this."}
"""


def problems(file: Path, **more: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, **more)  # type: ignore[arg-type]
    return str(caught.value)
