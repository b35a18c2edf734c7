"""Many plans of one case: frontiers, break-even discounts, stress; and the executor that runs them."""
