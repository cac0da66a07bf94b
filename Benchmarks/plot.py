#!/usr/bin/env python3
"""Draws results/crl-size.json as results/crl-size.svg: CPU per handshake by length of the CRL, each gateway a line.

Needs matplotlib (apt-get install python3-matplotlib).
"""

import json
import os
import statistics

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")
COLOURS = {"pulsegate": "#0b6e4f", "nginx": "#8a8a8a", "haproxy": "#c1666b", "envoy": "#7d5ba6", "hitch": "#3d7ea6",
           "stunnel": "#c9a227"}


def main():
    with open(os.path.join(RESULTS, "crl-size.json")) as file:
        results = json.load(file)
    # Equal input gives equal output, so that a changed picture means changed results.
    matplotlib.rcParams.update({"svg.hashsalt": "pulsegate", "svg.fonttype": "none", "font.size": 10})
    figure, axes = pyplot.subplots(figsize=(7.2, 4.2))
    for name, colour in COLOURS.items():
        points = [(int(size), statistics.median(run["cpu_us"] for run in runs[name]) / 1000)
                  for size, runs in results["runs"].items() if name in runs]
        if not points:
            continue
        axes.plot(*zip(*points), marker="o", color=colour, linewidth=2.4 if name == "pulsegate" else 1.4,
                  label=f"{name} {results['versions'][name]}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("entries of the CRL")
    axes.set_ylabel("server CPU per full handshake, ms")
    axes.grid(True, which="major", color="#e0e0e0")
    axes.legend(frameon=False)
    axes.set_title("What revocation costs at every handshake", loc="left")
    figure.tight_layout()
    figure.savefig(os.path.join(RESULTS, "crl-size.svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
