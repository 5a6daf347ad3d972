"""Measurements: speed as ratios of one run, quality over question files. Results are kept in bench/results/."""
