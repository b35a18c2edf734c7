"""A public part of a plan leaves out every table of a case that states money or a contract's terms."""

from __future__ import annotations

from planner.audit.case import LEFT_OUT, MONEY
from planner.case.schema import TABLES

TELLING = {"currency", "price", "discount", "margin", "contract", "units"}
"""Columns by which a table of money, or of what contracts hold, is known."""


def test_every_table_of_money_is_left_out_of_a_public_part() -> None:
    telling = {table.name for table in TABLES if TELLING & {column.name for column in table.columns}}
    assert telling == {*LEFT_OUT, *MONEY}
