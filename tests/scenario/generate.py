"""Random scenarios for property tests: `random_scenario` from a generator, `scenarios` as a hypothesis strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.types.tables import PROTOCOLS, STRATEGIES

Raw = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """What a random scenario has. Shares are chances per place where the thing could stand."""

    linked: bool = False  # a linkage per party and some feasibility rules
    red_lines: bool = True
    conditional_lines: int = 0  # at most so many, and at least one, on issues that no rule ties together
    misperception: bool = False
    uncertain: float = 0.3  # share of numbers that are distributions
    standing: bool = True
    leverage: bool = True
    shocks: int = 0
    ratification: bool = False
    early_harvest: bool = False
    months: int = 4
    rounds_per_month: int = 2
    # Talks: none of these changes a number of the parties above.
    protocol: str = "alternating_offers"  # baskets need two issues; the issues are cut into two halves
    mediator: str = ""  # "neutral" (m, without interests), "interested" (m, with them)
    mandate: bool = False
    guarantor: bool = False  # g, whom the last option of the first issue names, seated in the second format
    observer: bool = False  # w, without interests, in the second format
    consent: Any = None  # as written; unanimity if None
    order: str = "package"  # easy_first, hard_first, or given: two stages
    secret: bool = False
    capability: bool = False
    recognition: bool = False
    strategies: tuple[str, ...] = ()  # of p0, p1 and so on
    track: bool = False  # the two formats, a month apart
    contact_group: bool = False  # in the second format, with three parties or more; no baskets, no equilibrium


def random_scenario(rng: np.random.Generator, n_parties: int, n_issues: int, n_options: int, **recipe: Any) -> Raw:
    """Raw written data of a valid scenario.

    The first issue is core and ends the price; further ones are core (one in four), substance, or, the last of three
    or more, process. Option o0 is everywhere the status quo, the last option of a core issue settles. The first format
    seats the first two parties (so standing of the absent matters when there are more), the second one all.

    Args:
        rng: the only source of chance.
        n_parties: 2 to 60.
        n_issues: at least 1.
        n_options: options of every issue, at least 2.
        recipe: fields of `Recipe`.
    """
    made = Recipe(**recipe)
    maker = _Maker(rng, made)
    issues = {f"i{i}": maker.issue(i, n_issues, n_options) for i in range(n_issues)}
    parties = {f"p{p}": maker.party(p, n_parties, issues) for p in range(n_parties)}
    if made.conditional_lines:
        maker.set_conditions(parties, issues)
    if made.misperception:
        maker.misperceive(parties)
    seats = maker.helpers(parties, issues, n_parties)
    data: Raw = {
        "parley": 1,
        "id": "random",
        "title": "A random scenario",
        "issues": issues,
        "parties": parties,
        "formats": maker.formats(n_parties, issues, seats),
    }
    if made.track:
        data["tracks"] = {"in-turn": {"legs": ["two", {"format": "all", "after": 1}]}}
    if made.linked and n_issues > 1:
        data["rules"] = maker.rules(n_issues, n_options)
    if made.shocks:
        data["shocks"] = {f"s{s}": maker.shock(parties) for s in range(made.shocks)}
    return data


@dataclass(frozen=True)
class _Maker:
    rng: np.random.Generator
    recipe: Recipe

    def number(self, low: float, high: float) -> Any:
        """A constant, or a distribution inside low..high."""
        a, b, c = (round(float(x), 6) for x in np.sort(self.rng.uniform(low, high, 3)))
        if self.rng.random() >= self.recipe.uncertain:
            return b
        forms: list[Raw] = [
            {"uniform": [a, c]},
            {"triangular": [a, b, c]},
            {"pert": [a, b, c]},
            {"normal": {"mean": b, "sd": 0.1 * (high - low), "low": low, "high": high}},
            {"beta": {"a": 2.0, "b": 3.0, "low": low, "high": high}},
            {"discrete": {"values": [a, c], "probabilities": [0.25, 0.75]}},
        ]
        return forms[int(self.rng.integers(len(forms)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def issue(self, index: int, n_issues: int, n_options: int) -> Raw:
        options: Raw = {f"o{o}": {} for o in range(n_options)}
        level = "substance"
        if index == 0 or self.chance(0.25):
            level = "core"
            options[f"o{n_options - 1}"] = {"settles": True, "enforcement": {"p0": self.number(0.0, 0.2)}}
        elif index == n_issues - 1 and n_issues > 2:
            level = "process"
        issue: Raw = {"level": level, "status_quo": "o0", "options": options}
        if index == 0:
            issue["ends_price"] = True
        if self.chance(0.3):
            issue["scale"] = {"unit": "steps", "positions": {f"o{o}": float(o) for o in range(n_options)}}
        return issue

    def values(self, issue: Raw) -> Raw:
        names = list(issue["options"])
        pick = self.rng.random()
        if "scale" in issue and pick < 0.5:
            return {"ideal": self.number(0.0, len(names) - 1.0), "loss": self.number(0.5, 2.0)}
        if pick < 0.75:
            return {"options": {name: self.number(0.0, 1.0) for name in names}}
        order = [names[k] for k in self.rng.permutation(len(names))]
        return {"ranking": order, "curve": self.number(0.5, 2.0)}

    def party(self, index: int, n_parties: int, issues: Raw) -> Raw:
        me, others = f"p{index}", [f"p{p}" for p in range(n_parties) if p != index]
        party: Raw = {
            "salience": {key: self.number(0.05, 1.0) for key in issues},
            "values": {key: self.values(issue) for key, issue in issues.items()},
            "price_of_no_settlement": {"now": self.number(-0.2, 0.0), "drift": self.number(-0.02, 0.01)},
            "outside_option": self.number(0.0, 0.05),
            "patience": self.number(0.9, 0.999),
            "meeting_value": self.number(0.0, 0.02),
            "talk_cost": self.number(0.0, 0.02),
        }
        if self.recipe.red_lines:
            party["red_lines"] = {f"line-{me}": self.red_line(issues)}
        if self.recipe.standing:
            party["standing"] = self.standing(issues)
        if self.recipe.leverage and self.chance(0.7):
            target = others[int(self.rng.integers(len(others)))]
            party["leverage"] = {target: self.lever(issues)}
            party["support"] = {target: self.number(0.0, 0.2)}
        if self.recipe.ratification and self.chance(0.5):
            party["ratification"] = {"margin": self.number(0.0, 0.1)}
        if self.recipe.linked and len(issues) > 1:
            party["linkages"] = {f"link-{me}": self.linkage(issues)}
        return party

    def pick(self, names: list[str]) -> str:
        return names[int(self.rng.integers(len(names)))]

    def red_line(self, issues: Raw) -> Raw:
        key = self.pick(list(issues))
        options = list(issues[key]["options"])[1:]
        return {"issue": key, "options": self.pick(options), "firmness": self.number(0.0, 1.0)}

    def set_conditions(self, parties: Raw, issues: Raw) -> None:
        """Conditional red lines of random parties, on random issues; some name nothing that would make them good.

        Where rules join the first two issues, the second is left out, so that every line can be met and made good.
        """
        free = [key for key in issues if not (self.recipe.linked and key == "i1")]
        for k in range(int(self.rng.integers(1, self.recipe.conditional_lines + 1)) if len(free) > 1 else 0):
            keys = [free[i] for i in self.rng.permutation(len(free))]
            n_if = int(self.rng.integers(1, min(2, len(keys) - 1) + 1))
            n_unless = int(self.rng.integers(0 if n_if > 1 else 1, min(2, len(keys) - n_if) + 1))
            line: Raw = {"if": {key: self.some(list(issues[key]["options"])[1:]) for key in keys[:n_if]}}
            if n_unless:
                asked = keys[n_if : n_if + n_unless]
                line["unless"] = {key: self.some(list(issues[key]["options"])) for key in asked}
            owner = parties[self.pick(list(parties))]
            owner.setdefault("red_lines", {})[f"condition-{k}"] = line | {"firmness": self.number(0.5, 1.0)}

    def some(self, names: list[str]) -> list[str]:
        """One or two of the names, and not all if there are more than one."""
        n = int(self.rng.integers(1, max(2, min(3, len(names)))))
        return [names[k] for k in sorted(self.rng.permutation(len(names))[:n].tolist())]

    def standing(self, issues: Raw) -> Raw:
        found: Raw = {}
        for key, issue in issues.items():
            if self.chance(0.4):
                by_option = {name: self.number(0.0, 1.0) for name in list(issue["options"])[1:] if self.chance(0.5)}
                found[key] = by_option if self.chance(0.5) else self.pick_share()
        return found

    def pick_share(self) -> Any:
        return 1.0 if self.chance(0.5) else self.number(0.0, 1.0)

    def lever(self, issues: Raw) -> Raw:
        key = self.pick(list(issues))
        option = self.pick(list(issues[key]["options"])[1:])
        return {
            "ability": self.number(0.0, 0.4),
            "motive": self.number(0.0, 1.0),
            "cost": self.number(0.0, 0.1),
            "spent_by": {key: {option: self.number(0.0, 1.0)}},
        }

    def linkage(self, issues: Raw) -> Raw:
        keys = list(issues)
        first = int(self.rng.integers(len(keys) - 1))
        pair = keys[first : first + 2]
        when = {key: self.pick(list(issues[key]["options"])) for key in pair}
        return {"when": when, "bonus": self.number(-0.2, 0.2)}

    def rules(self, n_issues: int, n_options: int) -> Raw:
        """Rules on the first two issues that every option survives: o0 of the first is never touched."""
        last = f"o{n_options - 1}"
        found: Raw = {"apart": {"excludes": [{"i0": last}, {"i1": last}]}}
        if n_options > 2:
            found["in-order"] = {"needs": {"if": {"i1": "o1"}, "then": {"i0": [f"o{o}" for o in range(n_options - 1)]}}}
        return found

    def misperceive(self, parties: Raw) -> None:
        names = list(parties)
        for who in names[:2]:
            whom = self.pick([name for name in names if name != who])
            other = parties[whom]
            belief: Raw = {"salience": {key: self.number(0.05, 1.0) for key in other["salience"] if self.chance(0.6)}}
            if other.get("red_lines"):
                belief["firmness"] = {key: self.number(0.0, 1.0) for key in other["red_lines"]}
            parties[who]["beliefs"] = {whom: belief}

    def helpers(self, parties: Raw, issues: Raw, n_parties: int) -> Raw:
        """Adds the mediator, guarantor and observer of the recipe; returns their seats."""
        made, seats = self.recipe, Raw()
        if made.mediator:
            interested = made.mediator == "interested"
            parties["m"] = self.party(n_parties, n_parties, issues) if interested else {}
            seats["m"] = {"role": "mediator", "interested": interested, "mandate": made.mandate}
        if made.guarantor:
            parties["g"] = self.party(n_parties + 1, n_parties, issues)
            seats["g"] = "guarantor"
            list(issues["i0"]["options"].values())[-1]["guarantors"] = ["g"]
        if made.observer:
            parties["w"] = {}
            seats["w"] = "observer"
        for party, strategy in zip(parties.values(), made.strategies, strict=False):
            party["behaviour"] = {"strategy": strategy}
        if made.capability:
            for party in parties.values():
                party["capability"] = self.number(0.5, 2.0)
        return seats

    def formats(self, n_parties: int, issues: Raw, helpers: Raw) -> Raw:
        calendar = {"months": self.recipe.months, "rounds_per_month": self.recipe.rounds_per_month}
        base: Raw = {"calendar": calendar, "harvest": "early" if self.recipe.early_harvest else "all_or_nothing"}
        base |= self.talks(list(issues))
        mediator: Raw = {key: seat for key, seat in helpers.items() if key == "m"}
        both: Raw = {"p0": "principal", "p1": {"role": "principal", "required": True}, **mediator}
        everyone: Raw = {**{f"p{p}": "principal" for p in range(n_parties)}, **helpers}
        if self.recipe.recognition:
            both["p0"] = {"recognition": self.number(0.5, 2.0)}
        second: Raw = {"seats": everyone, **base}
        drawable = n_parties > 2 and self.recipe.protocol != "baskets" and "equilibrium" not in self.recipe.strategies
        if self.recipe.contact_group and drawable:
            second["contact_group"] = {"uniform": [2, n_parties]}
        return {"two": {"seats": both, **base}, "all": second}

    def talks(self, issues: list[str]) -> Raw:
        """Protocol, consent, order and transparency, where they are not the defaults."""
        made, found, half = self.recipe, Raw(), (len(issues) + 1) // 2
        if made.protocol != "alternating_offers":
            found["protocol"] = made.protocol
        if made.protocol == "baskets":
            found["baskets"] = {"one": {"issues": issues[:half]}, "other": {"issues": issues[half:]}}
        if made.consent is not None:
            found["consent"] = made.consent
        if made.order != "package":
            stages = [part for part in (issues[half:], issues[:half]) if part]
            found["agenda"] = {"order": stages if made.order == "given" else made.order}
        if made.secret:
            found["transparency"] = "secret"
        return found

    def shock(self, parties: Raw) -> Raw:
        who = self.pick([key for key, party in parties.items() if party.get("salience")])
        issue = self.pick(list(parties[who]["salience"]))
        shifts: Raw = {
            f"parties.{who}.salience.{issue}": {"add": 0.3},
            f"parties.{who}.price_of_no_settlement.now": {"times": 2.0},
            f"parties.{who}.outside_option": {"to": 0.1},
        }
        return {"hazard": self.number(0.0, 0.1), "set": shifts}


@st.composite
def behaviours(draw: st.DrawFn) -> Raw:
    """How parties behave at signing: defaults, or constants and rules drawn one by one, off values among them."""
    constants: dict[str, tuple[float, ...]] = {
        "optimism": (-1.0, 0.0, 0.3),
        "signing_cost": (0.0, 0.1),
        "concession_aversion": (1.0, 2.5),
        "trust_at_signing": (0.4,),
        "commitment_premium": (0.05,),
        "next_chance": (0.0, 24.0),
        "line_price": (0.1,),
    }
    behaviour: Raw = {key: draw(st.sampled_from(values)) for key, values in constants.items() if draw(st.booleans())}
    switches = ("single_undertaking", "foreseen_consent")
    return behaviour | {"rules": {key: False for key in switches if draw(st.booleans())}}


@st.composite
def scenarios(draw: st.DrawFn, *, max_parties: int = 4, max_issues: int = 4, max_options: int = 4, **fixed: Any) -> Raw:
    """Strategy of small random scenarios; `fixed` holds fields of `Recipe` that are not to vary."""
    recipe: Raw = {
        "linked": draw(st.booleans()),
        "red_lines": draw(st.booleans()),
        "misperception": draw(st.booleans()),
        "shocks": draw(st.integers(0, 2)),
        "ratification": draw(st.booleans()),
        "early_harvest": draw(st.booleans()),
        "uncertain": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "conditional_lines": draw(st.sampled_from([0, 2])),
    }
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.integers(2, max_parties)), draw(st.integers(1, max_issues)), draw(st.integers(2, max_options))
    return random_scenario(rng, *sizes, **{**recipe, **fixed}) | {"behaviour": draw(behaviours())}


CONSENTS: tuple[Any, ...] = (
    "unanimity",
    "majority",
    {"members": 0.55, "weight": 0.65},
    {"weight": 0.5, "vetoes": ["p1"]},
    {"rule": "majority", "vetoes": ["p0", "p1"], "abstention": True},
    {"rule": "unanimity", "abstention": True},
)


@st.composite
def talk_scenarios(draw: st.DrawFn, **fixed: Any) -> Raw:
    """Strategy of small random scenarios of every protocol, consent rule, role and agenda order, some with a track.

    `fixed` holds fields of `Recipe` that are not to vary.
    """
    protocol = fixed.get("protocol") or draw(st.sampled_from(PROTOCOLS))
    roles = ["", "interested", *(["neutral"] if protocol in ("single_text", "shuttle") else [])]
    orders = ["package", *(["easy_first", "hard_first", "given"] if protocol != "baskets" else [])]
    recipe: Raw = {
        "protocol": protocol,
        "mediator": draw(st.sampled_from(roles)),
        "mandate": draw(st.booleans()),
        "consent": draw(st.sampled_from(CONSENTS)),
        "order": draw(st.sampled_from(orders)),
        "strategies": tuple(draw(st.lists(st.sampled_from(STRATEGIES), max_size=3))),
        "linked": draw(st.booleans()),
        "shocks": draw(st.integers(0, 1)),
        "early_harvest": draw(st.booleans()),
        "conditional_lines": draw(st.sampled_from([0, 2])),
        **{
            key: draw(st.booleans())
            for key in ("guarantor", "observer", "secret", "capability", "recognition", "track", "contact_group")
        },
    }
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.integers(2, 4)), draw(st.integers(2 if protocol == "baskets" else 1, 4)), draw(st.integers(2, 3))
    return random_scenario(rng, *sizes, **{**recipe, **fixed}) | {"behaviour": draw(behaviours())}
