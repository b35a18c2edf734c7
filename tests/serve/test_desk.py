"""The page's answers: those of the commands, to the cent."""

from __future__ import annotations

import threading

import pytest
from support.cases import World

from planner.errors import UnknownName
from planner.inputs import read_case
from planner.planning import solve
from planner.serve.desk import Desk
from planner.serve.question import Question, asked
from planner.serve.queue import Busy, Queue, Stale
from planner.study.frontier import frontier
from planner.study.stress import make_base, run_stress


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    world = World(periods=2)
    for vendor, price in (("aa", 1.0), ("bb", 1.3), ("cc", 1.5)):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    for name, size in (("one", 8), ("two", 40), ("three", 24)):
        world.workload(name, demand={"vcpu": size, "memory_gib": 4 * size})
    world.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    return read_case(world.write(tmp_path_factory.mktemp("page") / "case"))


@pytest.fixture(scope="module")
def desk(case):
    return Desk(case)


def test_the_baseline_is_the_plan(case, desk):
    assert desk.baseline.cost == pytest.approx(solve(case).plan.head["objective"], abs=0.005)


@pytest.mark.parametrize("cap", [0.9, 0.5, 0.4])
def test_a_cap_that_is_moved_costs_what_the_frontier_says(case, desk, cap):
    point = frontier(case, "cap", [1.0, cap]).points[-1]
    answer = desk.answer(Question({"limit.cap": cap}))
    assert answer.cost == pytest.approx(point.cost, abs=0.005)
    assert answer.largest == pytest.approx(point.shares.largest)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (Question({"price.aa": 30.0}), "price:aa:+30%"),
        (Question({"growth": -20.0}), "demand:*:-20%"),
        (Question({}, ("region-gone:aa:x",)), "region-gone:aa:x"),
    ],
)
def test_an_event_costs_what_stress_says(case, desk, question, line):
    assert question.stressors == (line,)
    row = run_stress(make_base(case), line)
    answer = desk.answer(question)
    if row["status"] == "plan":
        assert answer.cost == pytest.approx(row["cost"], abs=0.005)
    else:
        assert answer.status == "none"


def test_limits_go_back_when_they_are_not_asked(desk):
    desk.answer(Question({"limit.cap": 0.4}))
    desk._answer.cache_clear()
    assert desk.answer(Question()).cost == desk.baseline.cost


def test_what_cannot_work_says_so(desk):
    answer = desk.answer(Question({"limit.cap": 0.2}))
    assert (answer.status, answer.cost) == ("none", None)
    assert answer.reasons


def test_a_plan_of_the_question_is_the_plan_of_the_changed_case(desk):
    question = Question({"limit.cap": 0.5, "price.bb": 10.0})
    assert solve(desk.changed(question)).plan.head["objective"] == pytest.approx(
        desk.answer(question).cost, abs=0.005
    )


def test_a_query_says_the_question_and_back(desk):
    question = Question({"growth": 10.0, "limit.cap": 0.5}, ("vendor-gone:aa",))
    from urllib.parse import parse_qsl

    assert asked(parse_qsl(question.query()), desk.controls) == question


def test_what_the_case_says_is_no_change(desk):
    assert asked([("limit.cap", "0.6"), ("growth", "0")], desk.controls) == Question()


@pytest.mark.parametrize(
    "pair",
    [
        ("limit.cap", "nan"),
        ("limit.cap", "1e9"),
        ("limit.cap", "x"),
        ("limit.other", "0.5"),
        ("gone", "vendor-gone:zz"),
        ("gone", "<script>"),
    ],
)
def test_other_questions_are_refused(desk, pair):
    with pytest.raises(UnknownName):
        asked([pair], desk.controls)


def test_one_works_and_the_rest_wait_or_are_refused():
    queue, begun, go_on = Queue(most=2), threading.Event(), threading.Event()
    results: list[str] = []

    def slow():
        begun.set()
        go_on.wait(30)
        return "slow"

    first = threading.Thread(target=lambda: results.append(queue.run(slow)))
    first.start()
    assert begun.wait(30)
    second = threading.Thread(target=lambda: results.append(queue.run(lambda: "second")))
    second.start()
    while queue._waiting < 2:
        pass
    with pytest.raises(Busy):
        queue.run(lambda: "third")
    go_on.set()
    first.join()
    second.join()
    assert results == ["slow", "second"]


def test_an_answer_that_nobody_waits_for_is_not_worked_out():
    queue = Queue(most=5)
    queue.run(lambda: None, "me", 2)
    with pytest.raises(Stale):
        queue.run(lambda: pytest.fail("worked on"), "me", 1)
    assert queue.run(lambda: "other", "you", 1) == "other"
