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
from itertools import chain, pairwise
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
    """A record, or a tuple or mapping of records, as dicts, lists, strings and finite numbers of so many digits.

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
    top = _resolved(_rule(record_type).schema, defs)
    return {"$schema": DIALECT, "title": record_type.__name__, **top, "$defs": dict(sorted(defs.items()))}


# --- rules ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Context:
    names: Names
    digits: int
    above: str = ""  # id along the axis before the one that is written

    def labelled(self, axis: Axis, values: Any) -> Iterable[tuple[str, Any]]:
        ids = self.names.axes[axis] if isinstance(axis, str) else _fixed_ids(axis)
        padded = isinstance(ids, Mapping)
        return zip(ids[self.above] if isinstance(ids, Mapping) else ids, values, strict=not padded)


@dataclass(frozen=True)
class _Rule:
    """How values of a type are written, and the schema of that, in which `$ref` refers to a class."""

    write: Callable[[Any, _Context], Any]
    schema: Json


def _by_value(value: Any, context: _Context) -> Any:
    """Write a value by its own type where no annotation says one."""
    if isinstance(value, np.ndarray | np.generic):
        return _by_value(value.tolist(), context)
    return _rule(cast("Any", type(value))).write(value, context)


_WORDS: Mapping[Any, _Rule] = {
    str: _Rule(lambda value, _: value, {"type": "string"}),
    Message: _Rule(lambda value, _: str(value), {"type": "string"}),
    bool: _Rule(lambda value, _: bool(value), {"type": "boolean"}),
    int: _Rule(lambda value, _: int(value), {"type": "integer"}),
    float: _Rule(lambda value, context: number(value, context.digits), {"type": ["number", "null"]}),
}
_OTHERS: Mapping[Any, _Rule] = {
    Any: _Rule(_by_value, {}),
    NoneType: _Rule(lambda _value, _context: None, {"type": "null"}),
}


@cache
def _rule(hint: Any, marks: tuple[Mark, ...] = ()) -> _Rule:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _rule(parts[0], (*marks, *(extra for extra in parts[1:] if isinstance(extra, Mark))))
    if origin in (Union, UnionType):
        return _union(parts, marks)
    if marks:
        return _marked(hint, marks[0])
    if is_dataclass(hint) and hint not in _WORDS:
        return _record(cast("type", hint))
    if origin is Literal:
        return _Rule(lambda value, _: value, {"enum": list(parts)})
    return _WORDS.get(hint) or _OTHERS.get(hint) or _generic(cast("type", origin or hint), parts)


def _generic(origin: type, parts: tuple[Any, ...]) -> _Rule:
    """Of an enum, an array, a mapping or a sequence."""
    if issubclass(origin, Enum):
        return _Rule(lambda value, _: word_of(value), {"enum": list(_fixed_ids(origin))})
    if issubclass(origin, np.ndarray):
        return _Rule(_by_value, {"type": "array"})
    if issubclass(origin, Mapping):
        return _mapping(*(parts or (str, Any)))
    if issubclass(origin, tuple) and parts and parts[-1] is not Ellipsis:
        return _row([_rule(part) for part in parts])
    if issubclass(origin, Sequence):
        return _list_of(_rule(parts[0] if parts else Any))
    raise TypeError(f"no rule to write a {origin.__name__}")


def _union(parts: tuple[Any, ...], marks: tuple[Mark, ...]) -> _Rule:
    rules = [_rule(part, marks) for part in parts if part is not NoneType]
    write = rules[0].write if len(rules) == 1 else _by_value
    schemas = [rule.schema for rule in rules] + [{"type": "null"}] * (len(rules) < len(parts))
    return _Rule(lambda value, context: None if value is None else write(value, context), _any_of(schemas))


def _list_of(rule: _Rule) -> _Rule:
    schema = {"type": "array", "items": rule.schema}
    return _Rule(lambda value, context: [rule.write(part, context) for part in value], schema)


def _row(rules: list[_Rule]) -> _Rule:
    def write(value: Any, context: _Context) -> list[Any]:
        return [rule.write(part, context) for rule, part in zip(rules, value, strict=True)]

    schemas = [rule.schema for rule in rules]
    return _Rule(write, {"type": "array", "prefixItems": schemas, "items": False, "minItems": len(rules)})


def _mapping(key: Any, kind: Any) -> _Rule:
    rule, levels = _rule(kind), len(get_args(key)) if get_origin(key) is tuple else 1

    def write(value: Mapping[Any, Any], context: _Context) -> Json:
        return _nested((at if levels > 1 else (at,), rule.write(part, context)) for at, part in value.items())

    return _Rule(write, _levels(levels, rule.schema))


def _record(cls: type) -> _Rule:
    def write(value: Any, context: _Context) -> Json:
        return {name: rule.write(getattr(value, name), context) for name, rule in _inside(cls).items()}

    return _Rule(write, {"$ref": cls})


@cache
def _inside(cls: type) -> dict[str, _Rule]:
    """Field or computed property of a record -> its rule, in the order in which they are written."""
    hints = get_type_hints(cls, include_extras=True)
    stated = {field.name: hints[field.name] for field in fields(cast("Any", cls))}
    for name in _computed(cls):
        stated[name] = get_type_hints(getattr(cls, name).fget, include_extras=True)["return"]
    shown = {name: hint for name, hint in stated.items() if HIDDEN not in getattr(hint, "__metadata__", ())}
    words = {name for name, hint in shown.items() if hint in _WORDS or get_origin(hint) is Literal}
    return {name: _rule(shown[name]) for name in sorted(shown, key=lambda name: name not in words)}


def _computed(cls: Any) -> tuple[str, ...]:
    return getattr(cls, "COMPUTED", ())


def _marked(hint: Any, mark: Mark) -> _Rule:
    if isinstance(mark, Axes):
        return _labelled(hint, mark.parts)
    if isinstance(mark, Index):
        return _Rule(lambda value, context: context.names.axes[mark.axis][value], {"type": "string"})
    if isinstance(mark, By):
        return _keyed(_rule(get_args(hint)[0]), mark.parts)
    if isinstance(mark, As):
        return _rule(mark.kind)
    if mark is DEAL:
        return _Rule(_deal, _levels(1, {"type": "string"}))
    assert mark is EXACT, "hidden fields have no rule"
    return _Rule(lambda value, _: float(value) if math.isfinite(value) else None, {"type": ["number", "null"]})


def _keyed(rule: _Rule, attributes: Sequence[str]) -> _Rule:
    def write(value: Iterable[Any], context: _Context) -> Json:
        return _nested((tuple(attrgetter(name)(row) for name in attributes), rule.write(row, context)) for row in value)

    return _Rule(write, _levels(len(attributes), rule.schema))


def _labelled(hint: Any, axes: tuple[Axis, ...]) -> _Rule:
    array, parts = get_origin(hint) is np.ndarray, get_args(hint)
    if not axes:
        return _rule(_scalar(parts) if array else hint)
    axis, rule = axes[0], _labelled(hint if array else parts[0], axes[1:])
    if axis is None:
        return _list_of(rule)

    def write(value: Sequence[Any], context: _Context) -> Json:
        return {key: rule.write(part, replace(context, above=key)) for key, part in context.labelled(axis, value)}

    ids = _fixed_ids(axis)
    return _Rule(write, _object(dict.fromkeys(ids, rule.schema)) if ids else _levels(1, rule.schema))


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


# --- schemas --------------------------------------------------------------------------------------------------------


def _levels(n: int, part: Json) -> Json:
    """Objects in objects."""
    for _ in range(n):
        part = {"type": "object", "additionalProperties": part}
    return part


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _any_of(choices: Sequence[Json]) -> Json:
    """One of these: a list of types where they say nothing else."""
    if any(set(choice) != {"type"} for choice in choices):
        return {"anyOf": list(choices)}
    types = [[choice["type"]] if isinstance(choice["type"], str) else choice["type"] for choice in choices]
    return {"type": list(dict.fromkeys(chain(*types)))}


def _resolved(part: Any, defs: dict[str, Json]) -> Any:
    """A schema in which classes are referred to by name; each is put into the definitions."""
    if isinstance(part, list):
        return [_resolved(inner, defs) for inner in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    schema = cast("Json", part)
    if "$ref" not in schema:
        return {key: _resolved(inner, defs) for key, inner in schema.items()}
    cls = schema["$ref"]
    if cls.__name__ not in defs:
        defs[cls.__name__] = {}  # for records that hold records of their own class
        defs[cls.__name__] = _resolved(_definition(cls), defs)
    return {**schema, "$ref": f"#/$defs/{cls.__name__}"}


def _definition(cls: type) -> Json:
    docs = _attribute_docs(cls)
    said = "" if f"{cls.__name__}(" in (cls.__doc__ or "") else inspect.getdoc(cls)  # not what dataclass writes itself
    return {
        **_described(said),
        **_object({name: rule.schema | docs.get(name, {}) for name, rule in _inside(cls).items()}),
    }


def _described(doc: str | None) -> Json:
    """The first paragraph of a docstring."""
    return {"description": " ".join(doc.split("\n\n")[0].split())} if doc else {}


def _attribute_docs(cls: type) -> dict[str, Json]:
    """Field or property -> its description: the string below the field, or the property's docstring."""
    docs: dict[str, Json] = {}
    for base in reversed([base for base in cls.__mro__ if is_dataclass(base)]):
        body = cast("ast.ClassDef", ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]).body
        for line, after in pairwise(body):
            said = after.value if isinstance(after, ast.Expr) else None
            if isinstance(line, ast.AnnAssign) and isinstance(said, ast.Constant):
                docs[ast.unparse(line.target)] = _described(str(said.value))
    return docs | {name: _described(getattr(cls, name).__doc__) for name in _computed(cls)}
