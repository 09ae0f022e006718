import copy
import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.verdict import verdict
from sim.types import Structure
from sim.types.records import json_schema
from tests.analysis.synthetic import blocks, structure

SCHEMA = json_schema(ComparisonResult)


def result_of(comparison: Comparison, named: Structure, **beside) -> ComparisonResult:
    """A comparison with made-up settings."""
    return ComparisonResult(
        **vars(comparison),
        **{
            "digest": "ab" * 32,
            "seed": 1,
            "settings": {"draws": 30, "sets": ("a=1",), "scenario": None, "variants": True},
            "versions": {"parley": "0.1.0"},
            "numbers_by_basis": {"stated": 3, "assumed": 40},
            "structure": named,
            **beside,
        },
    )


def valid(document) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(document)


@pytest.fixture(scope="module")
def result():
    found = Accumulator(structure(), range(5), 30, 8)
    for first, runs in blocks(n_draws=30):
        found.add(first, runs)
    baseline = found.result()
    variants = {"foresight=0": baseline}
    return result_of(baseline, structure(), variants=variants, verdict=verdict(baseline, variants))


@pytest.fixture(scope="module")
def document(result):
    return result.to_data()


def test_schema_is_itself_valid():
    Draft202012Validator.check_schema(SCHEMA)


def test_document_follows_the_schema(document):
    Draft202012Validator(SCHEMA).validate(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_document_without_variants_or_texts_follows_the_schema():
    found = Accumulator(structure(), (4,), 2, 2)
    for first, runs in blocks(n_draws=2, replications=2, formats=(4,), likelihoods=[[1, 0, 0, 0, 0, 0, 0]] * 5):
        found.add(first, runs)
    document = result_of(found.result(), structure()).to_data()
    Draft202012Validator(SCHEMA).validate(document)
    assert document["verdict"] is None
    assert document["formats"]["coast-river-hills"]["measures"]["lasted"]["value"] is None
    assert list(document["formats"]["coast-river-hills"]["deciders"]) == ["no_talks"]


def test_python_and_json_use_the_same_words(result, document):
    hills = result.format("coast-river-hills")
    told = document["formats"]["coast-river-hills"]
    settled = told["outcomes"]["settlement"]
    estimate = hills.outcomes[-1]
    assert settled == pytest.approx({"value": estimate.value, "low": estimate.low, "high": estimate.high}, abs=1e-6)
    assert document["pairs"][0]["difference"]["value"] == pytest.approx(result.pairs[0].difference.value, abs=1e-6)
    assert document["verdict"]["sentence"] == result.verdict.sentence
    assert document["n_draws"] * document["replications"] == result.runs_per_format == document["runs_per_format"]


def test_arrays_are_told_by_ids(result, document):
    hills, told = result.formats[4], document["formats"]["coast-river-hills"]
    parties, issues = result.structure.parties, result.structure.issues
    assert told["refusals"]["consent"][parties[1].id][issues[0].id] == pytest.approx(hills.refusals[1, 1, 0], abs=1e-6)
    assert list(told["deals"][issues[-1].id]) == list(issues[-1].options)
    assert list(told["values"]) == [party.id for party in parties]
    everybody = {id_ for who in told["failures"]["sets"] for id_ in who["parties"]}
    assert everybody <= {party.id for party in parties}
    seats = result.structure.formats[4].seats
    assert document["structure"]["formats"]["coast-river-hills"]["seats"] == [parties[p].id for p in seats]


def test_variants_are_told_by_their_likelihoods_and_pairs(document):
    told = document["variants"]["foresight=0"]
    assert set(told) == {"n_draws", "replications", "formats", "pairs"}
    assert set(told["formats"]["all-four"]) == {"id", "outcomes", "measures"}
    assert told["formats"]["all-four"]["outcomes"] == document["formats"]["all-four"]["outcomes"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surplus",), 1),
        (("formats", "all-four", "surplus"), 1),
        (("formats", "all-four", "outcomes", "settlement", "value"), "often"),
        (("formats", "all-four", "outcomes", "victory"), {"value": 0, "low": 0, "high": 0}),
        (("formats", "all-four", "reasons", "deadline"), {}),
        (("digest",), 5),
        (("schema",), "parley/comparison/1"),
        (("variants", "foresight=0", "formats", "all-four", "split"), {}),
        (("verdict", "surplus"), 1),
    ],
)
def test_schema_refuses(document, path, value):
    broken = copy.deepcopy(document)
    node = broken
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(broken)


def test_document_says_what_likelihoods_rest_on(document):
    assert "only given the scenario file" in document["conditional"]
    assert "simulation error only" in document["interval_note"]
    assert document["numbers_by_basis"] == {"stated": 3, "assumed": 40}
