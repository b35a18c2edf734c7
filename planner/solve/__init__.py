"""From a model to HiGHS, and from its solution to a Plan."""
