"""A whole season at the centre: forty sites, two thousand candidates who answer by a 2PL model, and what is found."""
