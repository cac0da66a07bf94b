"""The parts of compare.py: PKI, processes, targets, judge, report."""
