"""From a solution to the plan: placements, purchases, costs, shares, what binds, what breaks."""
