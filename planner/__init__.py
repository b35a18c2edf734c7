"""Capacity planner for cloud regions and vendor diversification."""

__version__ = "0.1.0"
