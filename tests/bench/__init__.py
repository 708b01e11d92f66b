"""Benchmarks: our house and a Node peer, side by side in one run, driven by one load program. They print ratios and never fail by time."""
