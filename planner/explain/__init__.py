"""Why there is no plan and how to get one, why a workload runs where it does, what a rule costs."""
