"""A position-salience-capability table as a scenario file that people can read and edit.

What the table does not say of the talks has numbers in its place. The protocol and these ranges were chosen by looking
at decisions with known outcomes, the development part of DEU III (docs/decisions/0023 says what else was tried there).
Each constant has a uniform prior and is the same for all actors in a draw; its name is the word by which its numbers
are drawn together. A back-test says what of the priors survives.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sim.analysis.positions.baselines import compromise
from sim.interop.scale_options import rounded, scale_options, step_of
from sim.interop.voting_rules import VotingRule, consent_of
from sim.scenario.preparation.grid import DECIDED, decided_name, in_units, option_id, plain
from sim.types import Constant, PositionTable, SpatialIssue, Stand
from sim.types.outcomes import MAX_PARTIES

LOSS = Constant(
    "loss", "exponent of the loss of an actor with the distance from its position: 1 linear, 2 quadratic", 1.0, 3.0
)
PRICE = Constant(
    "price",
    "what it costs every actor alike if an issue stays undecided, in units of what a fully salient actor loses between "
    "the ends of the scale",
    0.5,
    6.0,
)
GROUP = Constant("group", "how many actors talk for all; drawn in proportion to capability times salience", 2.0, 10.0)
CONSTANTS = (LOSS, PRICE, GROUP)
LEAST_SHARE = 0.05
"""Least mean salience, as a share of full salience, by which the price of not deciding is divided."""
MONTHS, ROUNDS = 6, 2
PARLIAMENT, NO_STATES = "ep", ("com", "ep")
"""Actors of the long form that are no member states."""
REFERENCE = "table"
FAR_END = "the end of the scale farther from the weighted mean"
VOICES = "is ASSUMED"
"""In the notes on actors without salience or capability."""
LEAST_SALIENCE = 0.01
"""Of full salience; given only where fewer than two actors have any."""
GROUP_OF_ALL = 2
"""With so many actors all talk."""
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіґє", "abvgdeziiklmnoprstufyeige", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "e", "ї": "yi"}
    | {"ъ": "", "ь": "", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}
)
"""Letters that no accent makes of another one."""
_RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def scenario_text(
    table: PositionTable, source: str, loss: float | None = None, unit: str = ""
) -> tuple[str, tuple[str, ...]]:
    """The scenario of a table with one proposal, as YAML with comments, and what the reader should know.

    Every number is *reported* with the table as its source, but for the shape of the loss, the calendar and what stands
    in comments as assumed.

    Args:
        table: one proposal.
        source: name of the file, for the reference.
        loss: exponent of the loss of a party away from its position: 1 linear, 2 quadratic; None for not known.
        unit: of the scale.

    Raises:
        ValueError: there are several proposals or fewer than two actors, or two voting rules.
    """
    _check(table)
    notes: list[str] = []
    table = _with_voices(table, notes)
    first = table.issues[0]
    keys = _keys([issue.id for issue in table.issues])
    issues = [_issue(issue, keys[issue.id], notes) for issue in table.issues]
    actors, caring = _keys(table.actors), _caring(table)
    parties = [_party(table, actor, actors[actor], keys, caring=caring) for actor in table.actors]
    others = [actor for actor in table.actors if actor.lower() in NO_STATES]
    consent = consent_of(first.voting_rule, first.wave, len(table.actors) - len(others))
    parliament = [actor for actor in table.actors if actor.lower() == PARLIAMENT and actor in caring]
    vetoes = [actors[actor] for actor in parliament if first.procedure.upper() == "COD"]
    drawable = sum(party["chance"] > 0 for party in parties)
    notes += [
        f"{actor} has no salience on any issue: it sits as an observer, without a vote."
        for actor in table.actors
        if actor not in caring
    ]
    notes.append(f"Consent: {consent.why}.")
    unlike = [*_unlike(actors), *_unlike(keys)]
    if unlike:
        notes.append(f"Ids that do not tell their name at once: {', '.join(unlike)}.")
    text = _template().render(
        source=source,
        unit=unit,
        loss=loss,
        table=table,
        title=table.name or first.proposal,
        descriptions=dict(table.descriptions),
        issues=issues,
        parties=parties,
        consent=consent,
        others=others if consent.rule != "unanimity" and first.voting_rule else [],
        vetoes=vetoes,
        shares=_shares(consent, vetoes),
        group=(GROUP.low, min(GROUP.high, float(drawable))) if drawable > GROUP_OF_ALL else None,
    )
    return text, tuple(notes)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("sim.interop"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"plain": plain, "slug": slug, "option_id": option_id}
    environment.filters["text"] = partial(json.dumps, ensure_ascii=False)
    environment.globals |= {"LOSS": LOSS, "PRICE": PRICE, "GROUP": GROUP, "MONTHS": MONTHS, "ROUNDS": ROUNDS}
    environment.globals |= {"reference": REFERENCE, "decided": DECIDED}
    environment.globals |= {"in_units": in_units, "decided_name": decided_name}
    return environment.get_template("scenario.yaml.j2")


def _check(table: PositionTable) -> None:
    if len(table.proposals) != 1:
        raise ValueError(f"a scenario is made of one proposal; the table has {len(table.proposals)}")
    proposal = table.proposals[0]
    rules = {(issue.voting_rule, issue.wave) for issue in table.issues}
    if len(rules) > 1:
        raise ValueError(f"the issues of {proposal} have different voting rules or waves: {sorted(rules)}")
    if len(table.actors) < 2:
        raise ValueError(f"talks need two actors; {proposal} has {len(table.actors)}")
    if len(table.actors) > MAX_PARTIES:
        what = "the program plays talks of at most"
        raise ValueError(f"{what} {MAX_PARTIES} actors; {proposal} has {len(table.actors)}: leave the weakest out")


def _caring(table: PositionTable) -> set[str]:
    return {stand.actor for issue in table.issues for stand in issue.stands if stand.salience > 0}


def _with_voices(table: PositionTable, notes: list[str]) -> PositionTable:
    """The table with at least two actors who care, and some weight among those who do, if need be by assumption."""
    if len(_caring(table)) < 2:
        notes.append(f"Fewer than two actors have any salience: {LEAST_SALIENCE:.0%} {VOICES} where the table has 0.")
        table = _changed(
            table, lambda issue, stand: stand._replace(salience=stand.salience or LEAST_SALIENCE * issue.full_salience)
        )
    caring = _caring(table)
    if not any(stand.capability for issue in table.issues for stand in issue.stands if stand.actor in caring):
        notes.append(f"No actor with salience has any capability: the same for all {VOICES}.")
        table = _changed(table, lambda _, stand: stand._replace(capability=1.0))
    return table


def _changed(table: PositionTable, change: Callable[[SpatialIssue, Stand], Stand]) -> PositionTable:
    issues = (replace(issue, stands=tuple(change(issue, stand) for stand in issue.stands)) for issue in table.issues)
    return replace(table, issues=tuple(issues))


def slug(text: str) -> str:
    """A text as an id: lower-case letters without their accents, digits and `-`, a letter first; Cyrillic by sound."""
    plain_letters = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    bare = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", plain_letters)).strip("-")
    return bare if bare[:1].isalpha() else f"x{bare}"


def _keys(names: Sequence[str]) -> dict[str, str]:
    """An id for each name, numbered where two names would have the same, as YAML reads it.

    Some codes of countries are words for yes and no, and stand in quotes.
    """
    ids: dict[str, str] = {}
    for name in names:
        numbered = chain([slug(name)], (f"{slug(name)}-{k}" for k in count(2)))
        ids[name] = next(id_ for id_ in numbered if id_ not in ids.values())
    return {name: f'"{id_}"' if id_ in _RESERVED else id_ for name, id_ in ids.items()}


def _unlike(ids: dict[str, str]) -> list[str]:
    """Ids from which a reader may not know the name: of names that are nearly the same, or in other letters."""
    slugs = Counter(map(slug, ids))
    return [f"{key}: {name}" for name, key in ids.items() if slugs[slug(name)] > 1 or not name.isascii()]


def _short(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")


def _issue(issue: SpatialIssue, key: str, notes: list[str]) -> dict[str, Any]:
    """One issue, with what each of its options stands for by position."""
    status_quo = issue.reference_point
    if status_quo is None:
        centre = compromise(issue)
        status_quo = issue.low if centre - issue.low > issue.high - centre else issue.high
    home = rounded(status_quo, issue)
    if issue.reference_point is None:
        notes.append(f"{issue.id}: no reference point; {plain(home)} is assumed: {FAR_END}.")
    options: dict[float, list[str]] = {}
    for option in scale_options(issue, status_quo):
        place, merged = option.position, ", ".join(map(plain, option.merged))
        about = [f"held by {', '.join(option.held_by)}"] if option.held_by else []
        about += ["status quo"] if place == home else []
        about += [f"stands for {merged} too"] if merged else []
        held = {stand.position for stand in issue.stands if stand.actor in option.held_by}
        exact = ", ".join(map(plain, sorted(held - {place, *option.merged})))
        about += [f"rounded to {plain(step_of(issue))} from {exact}"] if exact else []
        options[place] = about
        if merged:
            notes.append(f"{issue.id}: option {plain(place)} stands for {merged} too; ideals keep their place.")
    return {"issue": issue, "key": key, "home": home, "options": options}


def _party(
    table: PositionTable, actor: str, key: str, issue_keys: dict[str, str], *, caring: set[str]
) -> dict[str, Any]:
    """One actor, with its price of not deciding and its relative chance to be drawn into the contact group."""
    stands = [(issue, stand) for issue in table.issues for stand in issue.stands if stand.actor == actor]
    capabilities = sorted({stand.capability for _, stand in stands})
    share = max(sum(stand.salience / issue.full_salience for issue, stand in stands) / len(table.issues), LEAST_SHARE)
    salience = sum(issue.salience_of_100(stand) for issue, stand in stands) / len(stands)
    return {
        "key": key,
        "name": actor,
        "idle": actor not in caring,
        "capabilities": capabilities,
        "stands": [(issue_keys[issue.id], stand) for issue, stand in stands],
        "absent": [issue.id for issue in table.issues if actor not in issue.actors],
        "price": (_short(-PRICE.high / share), _short(-PRICE.low / share)),
        "chance": _short(capabilities[-1] * salience) if actor in caring else 0.0,
    }


def _shares(consent: VotingRule, vetoes: Sequence[str]) -> list[str]:
    """The consent rule as YAML, part by part."""
    shares = [f"rule: {consent.rule}"] if consent.rule else []
    shares += [f"members: {consent.members:g}"] if consent.members else []
    shares += [f"weight: {consent.weight:g}"] if consent.weight else []
    shares += [f"vetoes: [{', '.join(vetoes)}]"] if vetoes and consent.rule != "unanimity" else []
    return shares
