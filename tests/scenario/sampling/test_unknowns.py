"""What counts as unknown, and the groups that it falls into."""

from __future__ import annotations

from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.unknowns import CONSTANTS, NO_PARTY, PARTITIONS, unknowns
from tests.scenario.tiny import tiny

CASE = {
    "parley": 1,
    "id": "grouping",
    "title": "Who owns which number",
    "references": {"A1": {"title": "one"}, "A2": {"title": "two"}},
    "issues": {
        "land": {
            "level": "core",
            "ends_price": True,
            "status_quo": "now",
            "options": {"now": {}, "split": {"settles": True, "enforcement": {"a": {"uniform": [0, 0.1]}}}},
        }
    },
    "parties": {
        "a": {
            "bloc": "both",
            "salience": {"land": 1},
            "values": {
                "land": {"options": {"now": 0, "split": {"uniform": [0.1, 0.9], "basis": "stated", "sources": ["A1"]}}}
            },
            "red_lines": {
                "sure": {"issue": "land", "options": "split", "firmness": 0},
                "maybe": {"issue": "land", "options": "split", "firmness": 0.5},
                "vague": {"issue": "land", "options": "split", "firmness": {"uniform": [0, 1]}},
            },
        },
        "b": {
            "bloc": "both",
            "salience": {"land": 1},
            "values": {
                "land": {"options": {"now": 0, "split": {"uniform": [0, 1], "basis": "analyst", "sources": ["A2"]}}}
            },
        },
        "c": {"salience": {"land": {"uniform": [0.5, 1]}}, "values": {"land": {"ranking": ["split", "now"]}}},
    },
    "formats": {
        "all": {"seats": {"a": "principal", "c": "principal"}, "calendar": {"months": 2, "rounds_per_month": 1}}
    },
    "shocks": {"storm": {"hazard": {"uniform": [0, 0.1]}, "set": {"parties.c.patience": {"to": 0.5}}}},
}


def test_every_unknown_has_its_groups():
    found = {one.path: one for one in unknowns(Encoder(load_raw(CASE), seed=1))}
    value = found["parties.a.values.land.options.split"]  # the bloc draws one number for both members
    assert (value.basis, value.sources, value.party, value.parameter) == ("analyst", ("A1", "A2"), "both", "values")
    assert "parties.b.values.land.options.split" not in found
    assert found["issues.land.options.split.enforcement.a"].party == "both"
    assert found["shocks.storm.hazard"].party == NO_PARTY
    assert found["parties.c.salience.land"].party == "c"
    lines = {path.split(".")[3]: one for path, one in found.items() if one.line}
    assert set(lines) == {"maybe", "vague"}
    assert lines["vague"].streams == ("parties.both.red_lines.vague", "parties.both.red_lines.vague.firmness")
    assert {PARTITIONS["party"](one) for path, one in found.items() if "behaviour" in path} == {CONSTANTS}
    streams = [stream for one in found.values() for stream in one.streams]
    assert len(streams) == len(set(streams))


def test_what_is_certain_is_no_unknown():
    paths = {unknown.path for unknown in unknowns(Encoder(load_raw(tiny()), seed=1))}
    assert paths  # the shared priors of behaviour
    assert all(path.startswith(("behaviour.", "parties.")) and "behaviour" in path for path in paths)
