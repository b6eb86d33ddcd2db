"""What every REST endpoint shares: pages of results, one shape of error."""
