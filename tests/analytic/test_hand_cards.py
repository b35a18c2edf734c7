"""Cards that can do the work, by hand: 2,160 hours; machines of one price an hour each."""

import pytest
from audit.small_plan import edit, where, write
from support.broken import refused
from support.cases import World
from support.plans import bought, cost, plan_of

from planner.audit.audit import audit
from planner.errors import Infeasible
from planner.money import CENT
from planner.plan.folder import write_manifest

NEED = {"vcpu": 1, "memory_gib": 1}


def world() -> World:
    """By the hour: s 1 small card (24 GiB) 1.00; b1 1 big card (80 GiB) 3.00; b8 8 of them, joined in the
    machine, 30.00; f8 8 of them on a fabric 40.00; n 1 card with software of its own 0.50; p half a big
    card 1.40. Of the links of b1 nobody says anything.
    """
    made = World().vendor("aa").region("aa:x").store("aa:x", "object_gib", 0.05)
    made.accelerator("small", 0.5, 0.5, memory=24).accelerator("big", 1.0, 1.0, memory=80)
    made.accelerator("odd", 1.0, 1.0, memory=96, own_stack=True)
    for name, card, count, price, joined in (
        ("s", "small", 1, 1.0, "none"),
        ("b1", "big", 1, 3.0, ""),
        ("b8", "big", 8, 30.0, "node"),
        ("f8", "big", 8, 40.0, "fabric"),
        ("n", "odd", 1, 0.5, "none"),
        ("p", "big", 0.5, 1.4, "none"),
    ):
        more = {"category": "accelerated", "accelerator": card, "accelerator_count": count}
        made.machine("aa:x", name, 8, 64, price, **more)
        if joined:
            made.add(
                "interconnects",
                vendor="aa",
                family=name,
                accelerator=card,
                accelerator_count=count,
                interconnect=joined,
            )
    return made


def training(amount: float = 2, **asked) -> World:
    return world().workload("learn", demand={**NEED, "gpu_training": amount}, **asked)


def test_without_a_wish_any_card_with_the_usual_software_does():
    """2 reference cards: 4 s 4.00, 4 p 5.60, 2 b1 6.00; 2 n would cost 1.00 and need other software."""
    plan = plan_of(training())
    assert bought(plan) == {"aa:x:s": 4.0}
    assert cost(plan) == pytest.approx(4.0 * 2160, abs=CENT)


def test_a_card_must_have_the_memory_that_is_asked():
    """48 GiB: s has 24, p half of 80; 2 b1 6.00."""
    plan = plan_of(training(card_memory_gib=48))
    assert bought(plan) == {"aa:x:b1": 2.0}
    assert cost(plan) == pytest.approx(6.0 * 2160, abs=CENT)


def test_half_a_card_has_half_its_memory():
    """40 GiB is what half a big card has: 4 p 5.60 beat 2 b1 6.00."""
    assert bought(plan_of(training(card_memory_gib=40))) == {"aa:x:p": 4.0}


def test_cards_that_must_sit_in_one_machine():
    """16 reference cards, 8 together: 2 b8 60.00, though 16 b1 cost 48.00."""
    plan = plan_of(training(16, card_memory_gib=80, cards_together=8))
    assert bought(plan) == {"aa:x:b8": 2.0}
    assert cost(plan) == pytest.approx(60.0 * 2160, abs=CENT)


def test_a_fabric_includes_what_joins_cards_in_a_machine_and_not_the_other_way_round():
    """8 on a fabric: f8 40.00, though b8 costs 30.00; joined in the machine: b8."""
    assert bought(plan_of(training(8, interconnect="fabric"))) == {"aa:x:f8": 1.0}
    assert bought(plan_of(training(8, interconnect="node"))) == {"aa:x:b8": 1.0}


def test_cards_of_which_nobody_says_how_they_are_joined_are_not_taken_where_it_is_asked():
    """b1 would cost 3.00 for one reference card of 80 GiB; asked for a join it is unknown: one b8, 30.00."""
    assert bought(plan_of(training(1, card_memory_gib=80))) == {"aa:x:b1": 1.0}
    assert bought(plan_of(training(1, card_memory_gib=80, interconnect="node"))) == {"aa:x:b8": 1.0}


def test_a_card_with_software_of_its_own_runs_what_permits_it():
    """2 n 1.00 where permitted; permitting the big card alone leaves 4 p 5.60."""
    assert bought(plan_of(training(cards_permitted="odd small"))) == {"aa:x:n": 2.0}
    assert bought(plan_of(training(cards_permitted="big"))) == {"aa:x:p": 4.0}


def test_work_without_cards_is_asked_nothing():
    """The cheapest machine has a card with software of its own, which a web site does not touch."""
    assert bought(plan_of(world().workload("web", demand=NEED))) == {"aa:x:n": 1.0}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"card_memory_gib": 141}, r"nearest is aa:x:b8: big with 80 GiB, 141 asked"),
        ({"cards_together": 16}, r"nearest is aa:x:b8: 8 in one machine, 16 asked"),
        ({"card_memory_gib": 90, "cards_together": 9, "cards_permitted": "small"},
         r"nearest is aa:x:n: odd, small permitted; 1 in one machine, 9 asked"),
    ],
)  # fmt: skip
def test_a_place_without_such_cards_is_an_excuse_with_the_numbers(asked, words):
    with pytest.raises(Infeasible, match=rf"{words} \[no-card\]"):
        plan_of(training(**asked))


def test_an_excuse_names_only_what_stands_in_the_way():
    """bb:x has no card at all: no machine. cc:x has small ones: no card."""
    made = training(card_memory_gib=48)
    made.vendor("bb").region("bb:x").machine("bb:x", "m", 8, 64, 1.0)
    made.vendor("cc").region("cc:x")
    made.machine("cc:x", "g", 8, 64, 1.0, category="accelerated", accelerator="small", accelerator_count=2)
    made.store("bb:x", "object_gib", 0.05).store("cc:x", "object_gib", 0.05)
    rules = {(e.region, e.rule) for e in plan_of(made).excuses.itertuples()}
    assert rules == {("bb:x", "no-machine"), ("cc:x", "no-card")}


@pytest.mark.parametrize(
    ("asked", "column", "value"),
    [
        ({"card_memory_gib": 48}, "card_memory_gib", "48"),
        ({"cards_together": 2}, "cards_together", "2"),
        ({"interconnect": "node"}, "interconnect", "node"),
        ({"cards_permitted": "big"}, "cards_permitted", "big"),
    ],
)
def test_wishes_without_cards_have_no_effect_and_are_refused(tmp_path, asked, column, value):
    made = world().workload("web", demand=NEED, **asked).write(tmp_path / "case")
    refused(made, [("workloads.csv", 2, column, value)])


def test_a_card_that_no_catalog_knows_is_refused(tmp_path):
    made = training(cards_permitted="big bog").write(tmp_path / "case")
    refused(made, [("workloads.csv", 2, "cards_permitted", "bog")])


def audited(folder):
    return {f.check: f for f in audit(folder).findings if f.status == "fail"}


def test_the_audit_finds_the_same_cards(tmp_path):
    """As planned it passes; asked for more memory than was bought it fails, and by this check."""
    plan = write(training(card_memory_gib=48), tmp_path)
    assert not audited(plan)
    edit(plan / "inputs/workloads.csv", where(lambda r: r["workload"] == "learn", card_memory_gib="100"))
    write_manifest(plan)
    assert set(audited(plan)) == {"no-card", "excuses", "enough", "unstated"}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("accelerators", {"own_stack": "true"}),
        ("accelerators", {"memory_gib": "40"}),
        ("interconnects", {"interconnect": "none"}),
    ],
)
def test_the_audit_reads_what_cards_have(tmp_path, table, change):
    plan = write(training(8, card_memory_gib=80, cards_together=8, interconnect="node"), tmp_path)
    assert not audited(plan)
    path = next((plan / "inputs").rglob(f"{table}.csv"))
    edit(path, where(lambda r: r["accelerator"] == "big", **change))
    write_manifest(plan)
    assert "no-card" in audited(plan)
