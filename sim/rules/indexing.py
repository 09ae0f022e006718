"""Kernels count from 0: what numba adds to every array index for negative ones is left out of their machine code.

Numba tests each signed index and adds the length of the axis to a negative one, as Python does. No kernel indexes
negatively or beyond an array (`tests/rules/test_indexing.py` plays generated talks with a trap in this place), so the
test and the choice are dropped: 13 to 17% of a run's time, for the same numbers. The rule is a private function of
numba, which is pinned; it is replaced for functions of this package alone, and one line of `compiler.py` puts it in.
"""

from __future__ import annotations

# numba describes few of its types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
from typing import Any

from numba.core import types
from numba.np import arrayobj

_numba_rule: Any = arrayobj.fix_integer_index
OWN = "_ZN3sim"
"""How the symbols of functions in the package `sim` begin."""


def _as_it_is(context: Any, builder: Any, *number: Any) -> Any:
    """Code for an index, given as type, value and length of the axis: inside `sim` a signed value is left as it is."""
    kind, index, _ = number
    if kind.signed and builder.function.name.startswith(OWN):
        return context.cast(builder, index, kind, types.intp)
    return _numba_rule(context, builder, *number)


def drop_wraparound() -> None:
    """Compile the kernels of `sim` without negative indices from now on."""
    arrayobj.fix_integer_index = _as_it_is
