import copy
import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.as_json import RunContext, schema, to_json
from sim.analysis.comparison.verdict import verdict
from tests.analysis.synthetic import blocks, structure

CONTEXT = RunContext(
    digest="ab" * 32,
    seed=1,
    settings={"draws": 30, "sets": ("a=1",), "scenario": None, "variants": True},
    versions={"parley": "0.1.0"},
    numbers_by_basis={"stated": 3, "assumed": 40},
)


@pytest.fixture(scope="module")
def document():
    found = Accumulator(structure(), range(5), 30, 8)
    for first, runs in blocks(n_draws=30):
        found.add(first, runs)
    result = found.result()
    variants = {"foresight=0": result}
    return to_json(result, structure(), CONTEXT, variants=variants, judged=verdict(result, variants))


def test_schema_is_itself_valid():
    Draft202012Validator.check_schema(schema())


def test_document_follows_the_schema(document):
    Draft202012Validator(schema()).validate(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_document_without_variants_or_texts_follows_the_schema():
    found = Accumulator(structure(), (4,), 2, 2)
    for first, runs in blocks(n_draws=2, replications=2, formats=(4,), likelihoods=[[1, 0, 0, 0, 0, 0, 0]] * 5):
        found.add(first, runs)
    document = to_json(found.result(), structure(), CONTEXT)
    Draft202012Validator(schema()).validate(document)
    assert document["verdict"] is None
    assert document["formats"]["coast-river-hills"]["measures"]["lasted"]["estimate"] is None


def test_every_object_of_the_schema_is_closed():
    def walk(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert "additionalProperties" in node
                assert node["additionalProperties"] is not True
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surplus",), 1),
        (("formats", "all-four", "surplus"), 1),
        (("formats", "all-four", "outcomes", "settlement", "estimate"), 1.5),
        (("formats", "all-four", "outcomes", "victory"), {"estimate": 0, "low": 0, "high": 0}),
        (("scenario", "digest"), "short"),
        (("schema",), "parley/comparison/2"),
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
        Draft202012Validator(schema()).validate(broken)


def test_document_says_what_likelihoods_rest_on(document):
    assert "only given the scenario file" in document["conditional"]
    assert "simulation error only" in document["notes"]["intervals"]
    assert document["numbers"]["by_basis"] == {"stated": 3, "assumed": 40}
