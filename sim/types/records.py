"""Frozen records as plain JSON data, and the JSON schema of that data, both by one rule from the record's annotations.

A record becomes an object of its fields and of the properties that its class names in `COMPUTED`: single words and
numbers first, then what has parts, each in order. The words are those of Python. Numbers are rounded far below
simulation error; what is not finite is null. Enums become words, messages English sentences, tuples and arrays lists,
mappings objects, and a mapping with tuples as keys objects in objects. A value is written as its field declares it: of
an instance of a subclass, what the declared class has.

What an annotation may add, as `Annotated[Floats, Axes("party", "issue")]`, is in `sim.types.marks`. Ids come from
`Names`, so that records keep arrays and documents have ids.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from itertools import pairwise
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from sim.types.marks import DEAL, EXACT, HIDDEN, As, Axes, Axis, By, Index, Mark
from sim.types.message import Message
from sim.types.structure import Structure

DIGITS = 6
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]
Ids = Sequence[str] | Mapping[str, Sequence[str]]
"""Of one axis; where they differ along the axis before it (options of an issue), by the id there."""


@dataclass(frozen=True)
class Names:
    """The ids that the axes of arrays stand for: `party`, `issue`, `option` and `format` of a structure, and others."""

    axes: Mapping[str, Ids]
    structure: Structure | None = None

    @classmethod
    def of(cls, structure: Structure, **axes: Ids) -> Names:
        """Names of a scenario, and of further axes."""
        ids: dict[str, Ids] = {
            "party": [party.id for party in structure.parties],
            "issue": [issue.id for issue in structure.issues],
            "option": {issue.id: issue.options for issue in structure.issues},
            "format": [one.id for one in structure.formats],
        }
        return cls({**ids, **axes}, structure)


def number(value: float, digits: int = DIGITS) -> float | None:
    """Rounded, never -0.0; None where it is not finite."""
    return round(float(value), digits) + 0.0 if math.isfinite(value) else None


def word_of(member: Enum) -> str:
    """The word of an enum's member: its value where that is a word, else its name in small letters."""
    return member.value if isinstance(member.value, str) else member.name.lower()


def to_data(record: Any, names: Names | None = None, *, digits: int = DIGITS) -> Any:
    """A record, or a tuple or mapping of records, as dicts, lists, strings and finite numbers.

    Args:
        record: what to write.
        names: ids of the axes that annotations name.
        digits: decimals of numbers.

    Raises:
        KeyError: an annotation names an axis that `names` does not have.
        TypeError: a value for which there is no rule.
        ValueError: ids that are not one for each element, or two elements with one key.
    """
    return _by_value(record, _Context(names or Names({}), digits))


def json_schema(record_type: type) -> Json:
    """The JSON schema (draft 2020-12) of what `to_data` makes of a record.

    Descriptions are the docstrings of the classes, their attributes and their properties. Every field is there, and
    nothing else is.

    Raises:
        TypeError: an annotation for which there is no rule.
    """
    defs: dict[str, Json] = {}
    top = _rule(record_type).schema(defs)
    return {"$schema": DIALECT, "title": record_type.__name__, **top, "$defs": dict(sorted(defs.items()))}


# --- rules ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Context:
    names: Names
    digits: int
    above: str = ""
    """Id along the axis before the one that is written."""

    def labelled(self, axis: Axis, values: Any) -> Iterable[tuple[str, Any]]:
        ids = self.names.axes[axis] if isinstance(axis, str) else _fixed_ids(axis)
        if isinstance(ids, Mapping):
            return zip(ids[self.above], values, strict=False)  # the rest is padding
        return zip(ids, values, strict=True)


@dataclass(frozen=True)
class _Rule:
    """How values of a type are written, and the schema of that; records are put into the definitions it is given."""

    write: Callable[[Any, _Context], Any]
    schema: Callable[[dict[str, Json]], Json]


def _plain(write: Callable[[Any], Any], kind: str) -> _Rule:
    return _Rule(lambda value, _: write(value), lambda _: {"type": kind})


_NUMBER: Json = {"type": ["number", "null"]}
_SIMPLE: Mapping[Any, _Rule] = {
    str: _plain(lambda value: value, "string"),
    Message: _plain(str, "string"),
    bool: _plain(bool, "boolean"),
    int: _plain(int, "integer"),
    float: _Rule(lambda value, context: number(value, context.digits), lambda _: dict(_NUMBER)),
    NoneType: _plain(lambda _: None, "null"),
    Any: _Rule(lambda value, context: _by_value(value, context), lambda _: {}),
}


def _by_value(value: Any, context: _Context) -> Any:
    """Write a value by its own type where no annotation says one."""
    if isinstance(value, np.ndarray | np.generic):
        return _by_value(value.tolist(), context)
    return _rule(cast("Any", type(value))).write(value, context)


@cache
def _rule(hint: Any, marks: tuple[Any, ...] = ()) -> _Rule:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _rule(parts[0], (*marks, *(one for one in parts[1:] if isinstance(one, Mark))))
    if origin in (Union, UnionType):
        return _union(parts, marks)
    if marks:
        return _marked(hint, marks[0])
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if is_dataclass(hint):
        return _record(cast("type", hint))
    if origin is Literal:
        return _Rule(lambda value, _: value, lambda _: {"enum": list(parts)})
    return _generic(origin or hint, parts)


def _generic(origin: type, parts: tuple[Any, ...]) -> _Rule:
    """Of an enum, an array, a mapping or a sequence."""
    if issubclass(origin, Enum):
        return _Rule(lambda value, _: word_of(value), lambda _: {"enum": list(_fixed_ids(origin))})
    if issubclass(origin, np.ndarray):
        return _Rule(_by_value, lambda _: {"type": "array"})
    if issubclass(origin, Mapping):
        return _mapping(*(parts or (str, Any)))
    if issubclass(origin, tuple) and parts and parts[-1] is not Ellipsis:
        rules = [_rule(part) for part in parts]
        return _Rule(
            lambda value, context: [rule.write(one, context) for rule, one in zip(rules, value, strict=True)],
            lambda defs: {
                "type": "array",
                "prefixItems": [one.schema(defs) for one in rules],
                "items": False,
                "minItems": len(rules),
            },
        )
    if issubclass(origin, Sequence):
        return _list_of(_rule(parts[0] if parts else Any))
    raise TypeError(f"no rule to write a {origin.__name__}")


def _union(parts: tuple[Any, ...], marks: tuple[Any, ...]) -> _Rule:
    rules = [_rule(part, marks) for part in parts if part is not NoneType]
    write = rules[0].write if len(rules) == 1 else _by_value
    nulls = [_SIMPLE[NoneType]] * (len(rules) < len(parts))
    return _Rule(
        lambda value, context: None if value is None else write(value, context),
        lambda defs: _any_of([rule.schema(defs) for rule in (*rules, *nulls)]),
    )


def _record(cls: type) -> _Rule:
    @cache
    def inside() -> dict[str, _Rule]:
        hints = get_type_hints(cls, include_extras=True)
        stated = {one.name: hints[one.name] for one in fields(cast("Any", cls))}
        stated |= {
            name: get_type_hints(getattr(cls, name).fget, include_extras=True)["return"] for name in _computed(cls)
        }
        shown = {name: hint for name, hint in stated.items() if HIDDEN not in getattr(hint, "__metadata__", ())}
        return {name: _rule(hint) for name, hint in sorted(shown.items(), key=lambda row: not _is_word(row[1]))}

    def schema(defs: dict[str, Json]) -> Json:
        if cls.__name__ not in defs:
            docs = _attribute_docs(cls)
            defs[cls.__name__] = {}  # for records that hold records of their own class
            properties = {name: {**rule.schema(defs), **docs.get(name, {})} for name, rule in inside().items()}
            own = "" if f"{cls.__name__}(" in (cls.__doc__ or "") else inspect.getdoc(cls)  # not what dataclass writes
            defs[cls.__name__] = {**_described(own), **_object(properties)}
        return {"$ref": f"#/$defs/{cls.__name__}"}

    return _Rule(
        lambda value, context: {name: rule.write(getattr(value, name), context) for name, rule in inside().items()},
        schema,
    )


def _is_word(hint: Any) -> bool:
    return (hint in _SIMPLE and hint is not Any) or get_origin(hint) is Literal


def _list_of(rule: _Rule) -> _Rule:
    return _Rule(
        lambda value, context: [rule.write(one, context) for one in value],
        lambda defs: {"type": "array", "items": rule.schema(defs)},
    )


def _mapping(key: Any, kind: Any) -> _Rule:
    rule, levels = _rule(kind), len(get_args(key)) if get_origin(key) is tuple else 1

    def write(value: Mapping[Any, Any], context: _Context) -> Json:
        return _nested((at if levels > 1 else (at,), rule.write(one, context)) for at, one in value.items())

    return _Rule(write, lambda defs: _levels(levels, rule.schema(defs)))


def _marked(hint: Any, mark: Mark) -> _Rule:
    if isinstance(mark, Axes):
        return _labelled(hint, mark.axes)
    if isinstance(mark, Index):
        return _Rule(
            lambda value, context: cast("Sequence[str]", context.names.axes[mark.axis])[value], _SIMPLE[str].schema
        )
    if isinstance(mark, By):
        rule, keys = _rule(get_args(hint)[0]), [attrgetter(name) for name in mark.attributes]
        return _Rule(
            lambda value, context: _nested(
                (tuple(key(one) for key in keys), rule.write(one, context)) for one in value
            ),
            lambda defs: _levels(len(keys), rule.schema(defs)),
        )
    if isinstance(mark, As):
        return _rule(mark.kind)
    if mark is DEAL:
        return _Rule(_deal, lambda _: _levels(1, {"type": "string"}))
    assert mark is EXACT, "hidden fields have no rule"
    return _Rule(lambda value, _: float(value) if math.isfinite(value) else None, _SIMPLE[float].schema)


def _labelled(hint: Any, axes: tuple[Axis, ...]) -> _Rule:
    array, parts = get_origin(hint) is np.ndarray, get_args(hint)
    if not axes:
        return _rule(_scalar(parts) if array else hint)
    rule, ids = _labelled(hint if array else parts[0], axes[1:]), _fixed_ids(axes[0])
    if axes[0] is None:
        return _list_of(rule)

    def write(value: Sequence[Any], context: _Context) -> Json:
        return {key: rule.write(one, replace(context, above=key)) for key, one in context.labelled(axes[0], value)}

    return _Rule(
        write,
        lambda defs: _object(dict.fromkeys(ids, rule.schema(defs))) if ids else _levels(1, rule.schema(defs)),
    )


def _scalar(array_parts: tuple[Any, ...]) -> type:
    """What the elements of an array are, from the parts of its annotation."""
    kind = get_args(array_parts[1])[0]
    return float if issubclass(kind, np.floating) else bool if issubclass(kind, np.bool_) else int


def _deal(value: Any, context: _Context) -> Json:
    structure = context.names.structure
    assert structure is not None, "a deal is written by the names of a structure"
    options = structure.issue_options_of(value).tolist()
    return {issue.id: issue.options[o] for issue, o in zip(structure.issues, options, strict=True)}


def _fixed_ids(axis: Axis) -> tuple[str, ...]:
    """Ids of an axis that are the same in every document; none for other axes."""
    if isinstance(axis, type):
        return tuple(word_of(member) for member in axis)
    return axis if isinstance(axis, tuple) else ()


def _computed(cls: Any) -> tuple[str, ...]:
    """Properties that are written after the fields."""
    return getattr(cls, "COMPUTED", ())


# --- objects and schemas --------------------------------------------------------------------------------------------


def _nested(rows: Iterable[tuple[tuple[Any, ...], Any]]) -> Json:
    """Objects in objects, one level a key."""
    content: Json = {}
    for keys, value in rows:
        *path, last = (word_of(key) if isinstance(key, Enum) else str(key) for key in keys)
        level = content
        for key in path:
            level = level.setdefault(key, {})
        if last in level:
            raise ValueError(f"two entries with the key {last!r}")
        level[last] = value
    return content


def _levels(n: int, part: Json) -> Json:
    """Schema of objects in objects."""
    for _ in range(n):
        part = {"type": "object", "additionalProperties": part}
    return part


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _any_of(choices: Sequence[Json]) -> Json:
    """One of these: a list of types where they say nothing else."""
    if all(set(one) == {"type"} for one in choices):
        types = [kind for one in choices for kind in ([one["type"]] if isinstance(one["type"], str) else one["type"])]
        return {"type": list(dict.fromkeys(types))}
    return {"anyOf": list(choices)}


def _described(doc: str | None) -> Json:
    """The first paragraph of a docstring."""
    return {"description": " ".join(doc.split("\n\n")[0].split())} if doc else {}


def _attribute_docs(cls: type) -> dict[str, Json]:
    """Field or property -> its description: the string below the field, or the property's docstring."""
    docs: dict[str, Json] = {}
    for base in reversed([one for one in cls.__mro__ if is_dataclass(one)]):
        body = cast("ast.ClassDef", ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]).body
        for line, after in pairwise(body):
            stated = after.value if isinstance(after, ast.Expr) else None
            if isinstance(line, ast.AnnAssign) and isinstance(stated, ast.Constant):
                docs[ast.unparse(line.target)] = _described(str(stated.value))
    return docs | {name: _described(getattr(cls, name).__doc__) for name in _computed(cls)}
