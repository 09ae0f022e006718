"""What the offer rule loses against exact enumeration and an exact frontier: `python -m benchmarks.offers`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

from tests.rules.offer_oracle import (
    EXACT,
    KINDS,
    Offer,
    Summary,
    Top,
    against_frontier,
    summarise,
    survey,
    survey_talks,
)

WIDTHS = (8, 11, 8, 9, 9, 9, 7, 7)


def _rows(n_spaces: int, n_large: int) -> Iterator[str]:
    heads = ("offers", "mean loss", "exact", "p99", "maximum", "nats", "below", "across")
    yield f"{'space':<34}" + "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))
    every_top: list[Top] = []
    for window in (False, True):
        total: list[Offer] = []
        for kind in KINDS:
            offers, tops = survey(kind, -(-n_spaces // len(KINDS)), window=window)
            total += offers
            every_top += [] if window else tops
            yield _row(kind + (", one aspiration" if window else ""), summarise(offers))
        yield _row("all" + (", one aspiration" if window else ""), summarise(total))
    in_talks = {kind: survey_talks(kind, -(-n_spaces // len(KINDS) // 5)) for kind in KINDS}
    for kind, offers in in_talks.items():
        yield _row(kind + ", in the course of talks", summarise(offers))
    yield _row("all, in the course of talks", summarise([one for offers in in_talks.values() for one in offers]))
    for size in ((9, 4), (20, 5)):
        yield _row(f"{size[0]} x {size[1]}, value to the other", summarise(against_frontier(*size, n_large)))
    yield ""
    yield f"{'top deal':<34}{'tops':>8}{'mean loss':>11}{'exact':>8}{'p99':>9}{'maximum':>9}{'refused':>9}"
    for kind in (*KINDS, None):
        chosen = [one for one in every_top if kind in (None, one.kind)]
        lost = np.array([one.lost for one in chosen])
        yield (
            f"{kind or 'all':<34}{len(chosen):>8}{lost.mean():>11.5f}{(lost < EXACT).mean():>8.1%}"
            f"{np.quantile(lost, 0.99):>9.4f}{lost.max():>9.4f}{sum(not one.content for one in chosen):>9}"
        )


def _row(name: str, s: Summary) -> str:
    return (
        f"{name:<34}{s.n:>8}{s.mean:>11.4%}{s.exact:>8.1%}{s.p99:>9.3%}{s.largest:>9.2%}{s.nats:>9.5f}"
        f"{s.below:>7}{s.outside:>7}"
    )


def main() -> None:
    """Print the losses of the offer rule."""
    parser = argparse.ArgumentParser(description="Loss of the offer rule against exact enumeration.")
    parser.add_argument("--spaces", type=int, default=1000, help="random small spaces, over all kinds")
    parser.add_argument("--large", type=int, default=200, help="spaces beside the exact frontier, of each size")
    wanted = parser.parse_args()
    started = time.perf_counter()
    for line in _rows(wanted.spaces, wanted.large):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s. Losses are shares of the range of the believed log joint")
    print("probability over deals that give the speaker its aspiration; losses of top deals are in stakes.")


if __name__ == "__main__":
    main()
