"""What a rule costs, in words that somebody who decides can act on."""

from __future__ import annotations

import numpy as np

from planner.explain.price import Price, Side
from planner.model.lever import Lever
from planner.money import words
from planner.policy.kinds import KINDS

_CENT = 0.005


def sentences(price: Price) -> list[str]:
    """The price in words."""
    name = price.rule.label() if price.rule else price.id
    if price.rule is not None and price.rule.severity != "hard":
        return [f"{name} is not enforced in this case ({price.rule.severity}), so it costs nothing"]
    if price.rule is not None and KINDS[price.rule.kind].effect not in ("filter", "row"):
        return [f"{name} never restricts a plan, so it costs nothing"]
    out = [_total(price, name)]
    if price.lever is None or price.looser is None:
        return out + ([f"no price at the margin: {price.why_not}"] if price.why_not else [])
    out += _marginal(price, price.lever, price.looser)
    if price.why_not:
        out.append(f"no price on the tighter side: {price.why_not}")
    elif price.kink and price.tighter is not None:
        out.append(_kink(price, price.lever, price.looser, price.tighter))
    return out


def _total(price: Price, name: str) -> str:
    if price.total is None:
        return f"{name}: without it the solver found no plan, so its whole cost is not known"
    if price.total < _CENT:
        return f"{name} costs nothing: without it the plan is no cheaper"
    return (
        f"{name} costs {money(price, price.total)}, {price.total / price.cost:.2%} of the plan: "
        "without it the plan is so much cheaper"
    )


def _marginal(price: Price, lever: Lever, looser: Side) -> list[str]:
    sides: list[tuple[str, Side]] = [("looser", looser)]
    if price.tighter is not None:
        sides.append(("tighter", price.tighter))
    of = f" (prices {price.priced_in})" if price.priced_in else ""
    stated = lever.words(lever.stated, price.currency)
    return [f"{stated}{of}:", *(f"  {_side(price, lever, way, side)}" for way, side in sides)]


def _side(price: Price, lever: Lever, way: str, side: Side) -> str:
    step, times = lever.words(lever.each, price.currency), lever.steps
    end = not np.isfinite(side.until)
    until = "without end" if end else f"until {lever.words('{number}', price.currency, side.until)}"
    worth = side.worth * times
    if abs(worth) < _CENT:
        return f"each {step} {way} changes nothing, {until}"
    verb = "costs" if worth > 0 else "saves"
    said = f"each {step} {way} {verb} {money(price, abs(worth))}, at this rate {until}"
    if side.whole is None or times != 1.0 or abs(side.whole - side.worth) <= 1e-4 * abs(side.worth):
        return said
    whole = words(abs(side.whole), price.currency)
    return f"{said}; a whole {step} {verb} {whole}, as the rate changes on the way"


def _kink(price: Price, lever: Lever, looser: Side, tighter: Side) -> str:
    """Both sides against each other: neither figure may be taken for the other way."""
    step, times = lever.words(lever.each, price.currency), lever.steps
    each = f"each {step}"
    saves, costs = max(0.0, -looser.worth) * times, max(0.0, tighter.worth) * times
    here = "where the case stands the price changes (a kink)"
    if saves < _CENT:
        return f"{here}: {each} tighter costs {words(costs, price.currency)}, but looser saves nothing"
    if costs < _CENT:
        return f"{here}: {each} looser saves {words(saves, price.currency)}, but tighter costs nothing"
    return (
        f"{here}: {each} tighter costs {costs / saves:.3g} times what {each} looser saves, "
        "so neither figure holds for the other way"
    )


def money(price: Price, amount: float) -> str:
    """Money over the horizon, and by the year."""
    yearly = words(amount / price.years, price.currency)
    return f"{words(amount, price.currency)} over the horizon ({yearly} a year)"
