from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Annotated, Any, ClassVar, Literal

import jsonschema
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray

from sim.types import IssueInfo, Structure
from sim.types.message import Message, message
from sim.types.records import DEAL, EXACT, HIDDEN, Axes, By, Index, Names, json_schema, number, to_data

Floats = NDArray[np.float64]
PLACES = ("table", "consent")


class Ending(IntEnum):
    NO_DEAL = 0
    SIGNED = 1


class Side(Enum):
    NORTH = "north side"


@dataclass(frozen=True)
class Guess:
    """A value with its interval.

    This paragraph is for readers of the code.
    """

    value: float
    """In stakes."""
    low: float
    high: float

    COMPUTED: ClassVar = ("side",)

    @property
    def side(self) -> int:
        """1 above zero, -1 below, else 0."""
        return int(self.low > 0) - int(self.high < 0)

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Leg:
    id: str
    kind: str
    ends: Annotated[tuple[Guess, ...], Axes(Ending)]
    leader: Annotated[int, Index("party")]
    alone: Annotated[tuple[float, ...] | None, Axes(Ending)] = None


@dataclass(frozen=True)
class LongLeg(Leg):
    more: str = "only here"


@dataclass(frozen=True)
class Everything:
    share: float
    exact: Annotated[float, EXACT]
    count: int
    flag: bool
    words: str
    said: Message
    side: Side
    status: Literal["holds", "flips"]
    maybe: float | None
    either: str | int | float | bool | tuple[str, ...] | None
    whatever: Any
    ends: tuple[float, float]
    many: tuple[tuple[str, Guess], ...]
    by_name: Mapping[str, Guess | None]
    by_both: Mapping[tuple[str, Ending], float]
    refusals: Annotated[Floats, Axes(PLACES, "party")]
    options: Annotated[Floats, Axes("issue", "option")]
    curves: Annotated[NDArray[np.int64], Axes("party", None)]
    loose: Floats
    legs: Annotated[tuple[Leg, ...], By("id")]
    grid: Annotated[tuple[Leg, ...], By("kind", "id")]
    who: tuple[Annotated[int, Index("party")], ...]
    deal: Annotated[NDArray[np.int64] | None, DEAL]
    secret: Annotated[object, HIDDEN]
    inner: Everything | None = None


def issue(id_: str, *options: str) -> IssueInfo:
    return IssueInfo(id_, id_.title(), 1, options, options, 0, ())


STRUCTURE = Structure(
    "s",
    "S",
    (issue("land", "all", "half", "none"), issue("water", "yes", "no")),
    (),
    (),
    (),
    issue_composite=np.array([0, 0]),
    issue_option=np.array([[0, 0, 1, 2], [0, 1, 0, 1]]),
)
NAMES = Names.of(STRUCTURE, party=("ada", "bo"))
GUESS = Guess(0.5, -0.25, 1.0000004)
LEG = Leg("one", "open", (GUESS, Guess(float("nan"), 0.1, 0.2)), 1)


def everything(**changes: Any) -> Everything:
    content: dict[str, Any] = {
        "share": np.float64(1 / 3),
        "exact": 1 / 3,
        "count": np.int64(3),
        "flag": np.bool_(True),
        "words": "as they are",
        "said": message("{n} of {m}", n=1, m=2),
        "side": Side.NORTH,
        "status": "holds",
        "maybe": None,
        "either": ("a", "b"),
        "whatever": {"x": (1, 2.0000000004, float("inf")), "y": GUESS},
        "ends": (0, float("-inf")),
        "many": (("a", GUESS),),
        "by_name": {"a": GUESS, "b": None},
        "by_both": {("a", Ending.SIGNED): 1.0, ("a", Ending.NO_DEAL): -1e-9, ("b", Ending.SIGNED): 3.0},
        "refusals": np.array([[0.0, 1.0], [2.0, np.nan]]),
        "options": np.array([[0.1, 0.2, 0.7], [0.4, 0.6, np.nan]]),
        "curves": np.array([[1, 2, 3], [4, 5, 6]]),
        "loose": np.array([[0.1234567891]]),
        "legs": (LEG, LongLeg("two", "open", LEG.ends, 0, (1.0, 2.0))),
        "grid": (LEG, Leg("one", "closed", LEG.ends, 0)),
        "who": (1, 0),
        "deal": np.array([2]),
        "secret": object(),
    }
    return Everything(**{**content, **changes})


def test_everything_is_written_as_its_annotation_says():
    guess = {"value": 0.5, "low": -0.25, "high": 1.0, "side": 0}
    ends = {"no_deal": guess, "signed": {"value": None, "low": 0.1, "high": 0.2, "side": 1}}
    one = {"id": "one", "kind": "open", "ends": ends, "leader": "bo", "alone": None}
    assert to_data(everything(), NAMES) == {
        "share": 0.333333,
        "exact": 1 / 3,
        "count": 3,
        "flag": True,
        "words": "as they are",
        "said": "1 of 2",
        "side": "north side",
        "status": "holds",
        "maybe": None,
        "either": ["a", "b"],
        "whatever": {"x": [1, 2.0, None], "y": guess},
        "ends": [0.0, None],
        "many": [["a", guess]],
        "by_name": {"a": guess, "b": None},
        "by_both": {"a": {"signed": 1.0, "no_deal": 0.0}, "b": {"signed": 3.0}},
        "refusals": {"table": {"ada": 0.0, "bo": 1.0}, "consent": {"ada": 2.0, "bo": None}},
        "options": {"land": {"all": 0.1, "half": 0.2, "none": 0.7}, "water": {"yes": 0.4, "no": 0.6}},
        "curves": {"ada": [1, 2, 3], "bo": [4, 5, 6]},
        "loose": [[0.123457]],
        "legs": {
            "one": one,
            "two": {**one, "id": "two", "leader": "ada", "alone": {"no_deal": 1.0, "signed": 2.0}},
        },
        "grid": {"open": {"one": one}, "closed": {"one": {**one, "kind": "closed", "leader": "ada"}}},
        "who": ["bo", "ada"],
        "deal": {"land": "half", "water": "yes"},
        "inner": None,
    }


def test_words_and_numbers_come_first_and_json_takes_it_as_it_is():
    content = to_data(everything(), NAMES)
    first = ["share", "count", "flag", "words", "said", "status"]
    assert list(content) == first + [name for name in Everything.__annotations__ if name not in (*first, "secret")]
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_tuples_and_mappings_of_records_are_written_too():
    assert to_data((GUESS,)) == [{"value": 0.5, "low": -0.25, "high": 1.0, "side": 0}]
    assert to_data({Ending.SIGNED: GUESS})["signed"]["value"] == 0.5
    assert to_data(None) is None


def test_decimals_and_minus_nought():
    assert number(1.23456789) == 1.234568
    assert number(1.23456789, 2) == 1.23
    assert str(number(-1e-9)) == "0.0"
    assert number(float("nan")) is None
    assert number(float("-inf")) is None
    assert to_data(Guess(1.23456789, 0, 2), digits=8)["value"] == 1.23456789
    assert to_data(everything(exact=float("inf")), NAMES)["exact"] is None


def test_what_cannot_be_written_is_refused():
    with pytest.raises(KeyError, match="party"):
        to_data(everything(), Names({}, STRUCTURE))
    with pytest.raises(TypeError, match="no rule to write a object"):
        to_data(everything(whatever=object()), NAMES)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        to_data(everything(curves=np.array([[1]])), NAMES)
    with pytest.raises(ValueError, match="two entries with the key 'one'"):
        to_data(everything(legs=(LEG, LEG)), NAMES)


def valid(content: Any, record_type: type = Everything) -> None:
    schema = json_schema(record_type)
    Draft202012Validator.check_schema(schema)
    jsonschema.validate(content, schema, cls=Draft202012Validator)


def test_the_schema_takes_what_is_written():
    valid(to_data(everything(), NAMES))
    valid(to_data(everything(inner=everything(deal=None, maybe=0.5, either=3)), NAMES))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("share",), "0.5"),
        (("count",), 0.5),
        (("count",), None),
        (("flag",), 1),
        (("said",), None),
        (("side",), "south side"),
        (("status",), "unclear"),
        (("either",), {"a": 1}),
        (("ends",), [0.0, 1.0, 2.0]),
        (("ends",), [0.0]),
        (("many", 0, 1), None),
        (("by_name", "a", "low"), "x"),
        (("by_name", "a", "width"), 1.0),
        (("by_both", "a"), 1.0),
        (("refusals", "elsewhere"), {"ada": 0.0}),
        (("refusals", "table"), [0.0, 1.0]),
        (("options", "land", "all"), "most"),
        (("curves", "ada"), 1),
        (("curves", "ada", 0), 0.5),
        (("legs", "one", "ends", "later"), None),
        (("legs", "one", "leader"), 1),
        (("grid", "one"), {"id": "one"}),
        (("deal", "land"), 2),
        (("inner",), {}),
        (("secret",), 1),
    ],
)
def test_the_schema_refuses_what_is_broken(path: tuple[str | int, ...], value: Any):
    content = to_data(everything(), NAMES)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        valid(content)


@pytest.mark.parametrize("field", [name for name in Everything.__annotations__ if name != "secret"])
def test_the_schema_misses_every_field(field: str):
    content = to_data(everything(), NAMES)
    del content[field]
    with pytest.raises(jsonschema.ValidationError):
        valid(content)


def test_the_schema_says_what_the_docstrings_say():
    assert json_schema(Guess)["title"] == "Guess"
    schema = json_schema(Guess)["$defs"]["Guess"]
    assert schema["description"] == "A value with its interval."
    assert schema["properties"]["value"] == {"type": ["number", "null"], "description": "In stakes."}
    assert schema["properties"]["side"]["description"] == "1 above zero, -1 below, else 0."
    assert "width" not in schema["properties"]


def test_fixed_ids_are_in_the_schema_and_others_are_left_open():
    refusals = json_schema(Everything)["$defs"]["Everything"]["properties"]["refusals"]
    assert refusals["required"] == list(PLACES)
    assert refusals["properties"]["table"] == {"type": "object", "additionalProperties": {"type": ["number", "null"]}}


def test_a_type_without_a_rule_has_no_schema():
    @dataclass(frozen=True)
    class Odd:
        when: complex

    Odd.__annotations__["when"] = complex
    with pytest.raises(TypeError, match="no rule to write a complex"):
        json_schema(Odd)
