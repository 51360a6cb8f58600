"""Reports: what people read of a score run, as pages, paper, letters and tables."""
