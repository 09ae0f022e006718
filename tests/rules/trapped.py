"""Plays generated talks with a trap in every array index of the rules: `python -m tests.rules.trapped EXAMPLES`.

The trap stands where numba has its wraparound of negative indices and `sim.rules.compiler` nothing, so it wants a
`PARLEY_CACHE_DIR` of its own. Printed as JSON: what it catches when a unit is called for lane -1, what it catches in
EXAMPLES generated scenarios by protocol and in those that ship, and how many runs were played by protocol.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import llvmlite.binding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llvmlite import ir
from numba.core import cgutils, types
from numba.np import arrayobj

from sim.rules.compiler import OWN  # which puts in its own rule; the trap replaces it before anything is compiled

CAUGHT: Counter[str] = Counter()
PLAYED: Counter[str] = Counter()
ALIKE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64)
def caught(function: bytes, index: int, size: int) -> None:
    """What the trap calls."""
    CAUGHT[f"{function.decode()}: {index} of {size}"] += 1


def with_trap(context: Any, builder: Any, *number: Any) -> Any:
    """Code for an index, given as type, value and length of the axis: reported, and 0 instead, where out of range."""
    kind, index, size = number
    place = context.cast(builder, index, kind, types.intp)
    inside = builder.icmp_unsigned("<", place, size)
    if builder.function.name.startswith(OWN):
        word = ir.IntType(64)
        report = ir.FunctionType(ir.VoidType(), (cgutils.voidptr_t, word, word))
        with cgutils.if_unlikely(builder, builder.not_(inside)):
            call = cgutils.get_or_insert_function(builder.module, report, "parley_caught")
            name = context.insert_const_string(builder.module, builder.function.name[:80])
            builder.call(call, (name, place, size))
    return builder.select(inside, place, place.type(0))


llvmlite.binding.add_symbol("parley_caught", ctypes.cast(caught, ctypes.c_void_p).value)
arrayobj.fix_integer_index = with_trap  # pyright: ignore[reportPrivateImportUsage]


def play_all(encoder: Any) -> None:
    """All formats by the batch engine, and the first and last by the other driver."""
    from sim.engines.batch import run_blocks
    from sim.engines.talk import play
    from sim.types.tables import PROTOCOLS

    formats = len(encoder.structure.formats)
    for _, runs in run_blocks(encoder, n_draws=3, replications=3, threads=1):
        for protocol in encoder.tables(0, 1).protocol:
            PLAYED[(*PROTOCOLS, "track")[protocol]] += len(runs.outcome) // formats
    for fmt in {0, formats - 1}:
        play(encoder, format_index=fmt, draw=1, replication=1)


def play_generated(examples: int, encoders: Callable[[], st.SearchStrategy[Any]]) -> None:
    """So many scenarios of a strategy, always the same."""

    @settings(ALIKE, max_examples=examples)
    @given(encoders())
    def played(encoder: Any) -> None:
        play_all(encoder)

    played()


def main() -> None:
    from sim.rules.menu import menu_add
    from sim.rules.pack import WORK, Pack
    from sim.types.tables import PROTOCOLS
    from sim.types.work import make_work
    from tests.engines import cases
    from tests.formats import test_protocols
    from tests.shipped import SCENARIOS, encoder_of

    minimal = encoder_of(SCENARIOS / "minimal.yaml")
    add: Any = menu_add
    add(Pack(make_work(minimal.tables(0, 1)), WORK), -1, 0, 0.0, 0.0)
    on_purpose = sorted(CAUGHT)
    CAUGHT.clear()
    for name in ("minimal.yaml", *cases.SHIPPED):
        play_all(encoder_of(SCENARIOS / name))
    examples = int(sys.argv[1])
    play_generated(examples, cases.encoders)
    for protocol in PROTOCOLS:
        play_generated(examples, lambda protocol=protocol: test_protocols.encoders(protocol))
    print(json.dumps({"on_purpose": on_purpose, "caught": CAUGHT, "played": PLAYED}))


if __name__ == "__main__":
    main()
