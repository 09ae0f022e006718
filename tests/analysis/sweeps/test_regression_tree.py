"""Trees of answers made of steps, and of noise."""

import warnings

import numpy as np
import pytest

from sim.analysis.sweeps.regression_tree import regression_tree
from sim.types.records import to_data
from tests.analysis.sweeps.saltelli import saltelli

N = 1000


def points(n=N, *, seed=1):
    random = np.random.default_rng(seed)
    numbers = dict(zip(("price", "weight", "other"), random.random((3, n)), strict=True))
    return {**numbers, "firm": random.choice(["none", "both", "one"], n)}


def stepped(x, *, noise=0.05, seed=1):
    """0.9 where price is below 0.4 and the firm is both, 0.5 where it is below 0.4 otherwise, else 0.1."""
    steps = np.where(x["price"] < 0.4, np.where(x["firm"] == "both", 0.9, 0.5), 0.1)
    return steps + noise * np.random.default_rng((seed, 2)).normal(size=len(steps))


def test_steps_are_found_where_they_are():
    x = points()
    tree = regression_tree(x, stepped(x), "settlement")
    root = tree.nodes[0]
    assert root.split.factor == "price"
    assert root.split.below == pytest.approx(0.4, abs=0.01)
    left = tree.nodes[root.left]
    assert left.split.factor == "firm"
    assert (left.split.left, left.split.right) == (("none", "one"), ("both",)) or left.split.left == ("one", "none")
    assert tree.nodes[root.right].split is None
    assert len(tree.nodes) == 5
    assert tree.explained > 0.95
    assert tree.predicted == pytest.approx(tree.explained, abs=0.02)


def test_each_point_ends_in_the_leaf_of_its_step():
    x = points()
    y = stepped(x)
    y[7] = np.nan
    tree = regression_tree(x, y, "settlement")
    assert tree.leaf[7] == -1
    value = np.array([node.value for node in tree.nodes])[tree.leaf]
    known = tree.leaf >= 0
    assert np.abs(value - stepped(x, noise=0.0))[known].mean() < 0.02
    for at, node in enumerate(tree.nodes):
        if node.split is None:
            here = y[tree.leaf == at]
            assert (node.points, node.value, node.spread) == pytest.approx((len(here), here.mean(), here.std()))


def test_leaves_are_sentences_highest_first():
    x = points(4000)
    tree = regression_tree(x, stepped(x), "settlement")
    assert [str(one).split(" (")[0] for one in tree.said] == [
        "Where price is below 0.4 and firm is both: settlement 0.9",
        f"Where price is below 0.4 and firm is {' or '.join(tree.nodes[1].split.left)}: settlement 0.5",
        "Where price is above 0.4: settlement 0.1",
    ]
    assert sum(int(str(one).split("(")[1].split("%")[0]) for one in tree.said) == pytest.approx(100, abs=1)


def test_two_splits_on_one_factor_are_one_range():
    x = points(2000)
    x["weight"] = x["weight"].round(1)
    y = np.where((x["weight"] > 0.3) & (x["weight"] < 0.6), 0.8, 0.2)
    tree = regression_tree(x, y, "settlement")
    assert str(tree.said[0]).startswith("Where weight is between 0.35 and 0.55: settlement 0.8 (")


def test_noise_has_no_tree():
    trees = []
    for seed in range(40):
        x = points(200, seed=seed)
        trees.append(regression_tree(x, np.random.default_rng((seed, 2)).random(200), "settlement"))
    bare = [tree for tree in trees if tree.nodes[0].split is None]
    assert len(bare) >= 38
    assert bare[0].sentence == "No split predicts settlement better than its mean over all points."
    assert all(tree.predicted <= 0.0 for tree in bare)


def test_noise_that_points_of_a_group_have_in_common_has_no_tree():
    blind, told = 0, 0
    for seed in range(20):
        rows = saltelli(40, 6, seed=seed)
        x = {f"f{k}": rows[..., k].ravel() for k in range(6)}
        base = np.repeat(np.arange(40), 8)
        y = np.random.default_rng((seed, 2)).random(40)[base]
        blind += regression_tree(x, y, "it").nodes[0].split is not None
        told += regression_tree(x, y, "it", groups=base).nodes[0].split is not None
    assert blind > 10
    assert told <= 3


def test_it_is_at_most_so_deep_and_leaves_are_not_tiny():
    x = points(2000)
    y = 2.0 * x["price"] + x["weight"]
    for depth in (1, 2, 3):
        tree = regression_tree(x, y, "it", depth=depth, least=50)
        leaves = [node for node in tree.nodes if node.split is None]
        assert len(leaves) == 2**depth
        assert min(node.points for node in leaves) >= 50


def test_more_of_the_variance_is_claimed_than_predicted_where_there_is_noise():
    x = points(300)
    tree = regression_tree(x, stepped(x, noise=0.6), "it")
    assert 0.0 < tree.predicted < tree.explained < 0.6


def test_the_same_at_all_points_and_few_points_are_sentences():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same = regression_tree(points(), np.full(N, 0.3), "settlement")
    assert same.sentence == "The answer is the same at all points: there is nothing to split."
    assert (same.explained, same.predicted, same.nodes[0].value) == (0.0, 0.0, pytest.approx(0.3))
    assert "None" not in str(to_data(same)["explained"])
    assert regression_tree(points(30), np.arange(30.0), "it").sentence == "Only 30 points: too few for a tree."


def test_other_lengths_are_refused_and_the_seed_deals_the_folds():
    with pytest.raises(ValueError, match="each of 9 points"):
        regression_tree(points(), np.zeros(9), "it")
    x = points(300)
    one, same, other = (regression_tree(x, stepped(x, noise=0.4), "it", seed=seed) for seed in (1, 1, 2))
    assert one.predicted == same.predicted != other.predicted
