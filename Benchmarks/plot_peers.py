#!/usr/bin/env python3
"""Draws results/peers.json as results/peers.svg: what each gateway pays, each work a panel.

Needs matplotlib (apt-get install python3-matplotlib).
"""

import json
import os

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

from plot import COLOURS, RESULTS  # noqa: E402
from rig import targets  # noqa: E402
from rig.standings import summarize  # noqa: E402
from rig.works import WORKS  # noqa: E402

PANELS = ("full", "full-offered", "first", "resumed", "idle", "pingpong", "stream", "storm")


def main():
    with open(os.path.join(RESULTS, "peers.json")) as file:
        summaries = summarize(json.load(file)["results"])
    matplotlib.rcParams.update({"svg.hashsalt": "pulsegate", "svg.fonttype": "none", "font.size": 9})
    shown = [name for name in PANELS if name in summaries]
    figure, panels = pyplot.subplots((len(shown) + 1) // 2, 2, figsize=(9, 1.9 * ((len(shown) + 1) // 2)))
    for panel, name in zip(panels.flat, shown):
        rows = [(target, summaries[name][target]) for target in reversed(COLOURS) if target in summaries[name]]
        for position, (target, row) in enumerate(rows):
            spread = [[row["median"] - row["min"]], [row["max"] - row["median"]]]
            panel.barh(position, row["median"], xerr=spread, color=COLOURS[target], height=0.7, ecolor="#404040", capsize=2)
        panel.set_yticks(range(len(rows)), [targets.marked(target) for target, _ in rows])
        panel.set_title(f"{WORKS[name].title}, {WORKS[name].unit}", loc="left", fontsize=8)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    for panel in panels.flat[len(shown):]:
        panel.set_visible(False)
    measured = {target for name in shown for target in summaries[name]}
    figure.text(0.01, 0.002, " ".join(targets.marks(measured)).removeprefix("\\"), fontsize=8)
    figure.tight_layout()
    figure.savefig(os.path.join(RESULTS, "peers.svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
