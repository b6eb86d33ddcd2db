"""Analytics: what happened in a tenant, in figures, each with the rows behind it. No tables of its own."""
