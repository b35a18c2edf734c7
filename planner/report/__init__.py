"""Figures and pages made from a Plan."""
