"""Records of arrays: dtype and axes stand once, at the field, as `Annotated[Ints, "F P"]`, and are read from there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Keys = NDArray[np.uint64]


class ArraySpec(NamedTuple):
    """What one field of a record of arrays holds."""

    dtype: np.dtype[Any]
    axes: tuple[str, ...]
    """A letter for each axis; a digit for an axis that is always so long."""

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape, given how long the axes of each letter are."""
        return tuple(int(axis) if axis.isdigit() else sizes[axis] for axis in self.axes)

    def zeros(self, sizes: Mapping[str, int]) -> NDArray[Any]:
        """Zeros of that shape."""
        return np.zeros(self.shape(sizes), self.dtype)


@cache
def layout_of(record: type) -> Mapping[str, ArraySpec]:
    """What each field of a record of arrays (`Tables`, `Work`, `Runs`) holds, in order."""
    layout: dict[str, ArraySpec] = {}
    for name, hint in get_type_hints(record, include_extras=True).items():
        array, axes = get_args(hint)
        (scalar,) = get_args(get_args(array)[1])
        layout[name] = ArraySpec(np.dtype(scalar), tuple(axes.split()))
    return layout
