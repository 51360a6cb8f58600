"""Analysis of a run and of anyone's data: reading, gathering, telling; the figures are made in results/scoring."""
