"""Names and numbers of a sound scenario that are hardly meant: each is a warning, and the file runs all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import numpy as np

from sim.scenario.sampling.distributions import Drawn, Streams, describe, mean, support
from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.view_utilities import option_values
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.source.problems import listing

Warned = Iterable[tuple[str, str, str]]
"""Path, message, what was seen."""
DRAWS = 16
"""Of the uncertain numbers, by which is judged what a party can gain."""
_MEANS: tuple[tuple[str, float, float, str], ...] = (
    ("parties.*.price_of_no_settlement.now", -20.0, 0.0, ""),
    ("parties.*.price_of_no_settlement.drift", -1.0, 0.0, ""),
    ("parties.*.patience", 0.5, 1.0, "of a stake a month later less than half counts"),
    ("parties.*.outside_option", 0.0, 1.0, "it is worth more than the best deal can be"),
    ("parties.*.meeting_value", -1.0, 1.0, "a month of meeting outweighs the best deal"),
    ("parties.*.talk_cost", 0.0, 1.0, "a month of talks costs more than the best deal gives"),
    ("issues.*.enforcement.*", 0.0, 20.0, "defection costs many times what the best deal gives"),
)
"""Numbers by path, the means that are plausible, and what is said of others; stakes: best minus worst deal is 1."""


def same_names(resolved: ResolvedScenario) -> Warned:
    """Things of one kind that carry the same name, so that tables and figures cannot tell them apart."""
    named: dict[str, Mapping[str, str | None]] = {
        "parties": {key: party.name for key, party in resolved.parties.items()},
        "issues": {key: issue.name for key, issue in resolved.issues.items()},
        "formats": {key: talks.name for key, talks in (*resolved.formats.items(), *resolved.tracks.items())},
    }
    for key, issue in resolved.issues.items():
        named[f"issues.{key}.options"] = {option: entry.name for option, entry in issue.options.items()}
    for section, names in named.items():
        first: dict[str, str] = {}
        for key, name in names.items():
            words = " ".join((name or key).split()).casefold()
            if first.setdefault(words, key) != key:
                yield f"{section}.{key}.name", "the same name twice", f"'{name or key}', also {section}.{first[words]}"


def unlikely_numbers(resolved: ResolvedScenario) -> Warned:
    """Prices, patience and costs far from anything that a deal could be worth, or of the other sign."""
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, number in resolved.numbers.items():
        for pattern, low, high, words in _MEANS:
            centre = mean(number)
            if fnmatchcase(path, pattern) and not low <= centre <= high:
                told[words or _of_price(centre)].append((path, describe(number)))
    for words, places in told.items():
        (path, seen), *others = places
        yield path, words, seen + (f"; also {listing([place for place, _ in others], 4)}" if others else "")


def _of_price(centre: float) -> str:
    if centre > 0:
        return "above 0: no settlement is worth something to this party; a price is below 0"
    return "no settlement costs this party many times what the best deal gives"


def nothing_to_gain(resolved: ResolvedScenario) -> Warned:
    """Parties for which all deals are worth the same, and those at the table that no settling option can please."""
    encoder = Encoder(resolved, seed=0)
    drawn = Drawn(resolved, DRAWS, Streams(0, first_draw=0, n_draws=DRAWS))
    worlds = encoder.tables(0, DRAWS).contribution.max(axis=(2, 3))
    spread = worlds[:: len(worlds) // DRAWS]  # of each draw the world before any shock
    for row, (key, party) in enumerate(resolved.parties.items()):
        weights = {issue for issue, number in party.salience.items() if support(number)[1] > 0}
        alike = int(np.count_nonzero(spread[:, row] <= 0.0))
        if weights and alike:
            message = "values every deal alike: it can neither gain nor lose by any"
            yield f"parties.{key}.values", message, f"in {alike} of {DRAWS} draws"
            continue
        core = [issue for issue in weights if resolved.issues[issue].level == "core" and issue in party.values]
        price = party.price_of_no_settlement
        if not core or party.linkages or min(support(price.now)[0], support(price.drift)[0]) < 0.0:
            continue
        if not any(_gains(encoder, drawn, key, issue) for issue in core) and _bargains(resolved, key):
            message = "no settling option is better for it than the status quo, and no settlement costs it nothing"
            yield f"parties.{key}", message, ", ".join(core)


def _gains(encoder: Encoder, drawn: Drawn, party: str, issue: str) -> bool:
    """Whether some option that settles an issue is worth more to a party than the status quo, in some draw."""
    record = encoder.resolved.issues[issue]
    values = option_values(encoder.layout, drawn, party, issue)
    quo = values[:, list(record.options).index(record.status_quo)]
    return any(entry.settles and (values[:, k] > quo).any() for k, entry in enumerate(record.options.values()))


def _bargains(resolved: ResolvedScenario, party: str) -> bool:
    return any(party in talks.seats and talks.seats[party].speaks for talks in resolved.formats.values())


def weightless_after_shocks(resolved: ResolvedScenario) -> Warned:
    """Shocks after which a party has no weight on any issue: what it wants then says nothing."""
    for key, shock in resolved.shocks.items():
        gone = {path for path, shift in shock.set.items() if shift.times == 0 or shift.to == 0}
        for party, record in resolved.parties.items():
            if record.salience and {f"parties.{party}.salience.{issue}" for issue in record.salience} <= gone:
                yield f"shocks.{key}", "after it a party has no weight left on any issue", party
