"""The audit: from a plan folder alone to findings, trusting neither the planner nor the folder.

Nothing here imports eligibility, the model, a solver or PuLP; what the planner claims is worked out
again from the copies of the inputs, money in decimals, round trips in whole microseconds.
"""
