#!/usr/bin/env python3
"""Measures what a handshake costs, and how much memory is held, by the length of the issuing CA's CRL, in each gateway.

The rig is compare.py's: same machine, PKI and work, alternating runs in fresh processes. `plot.py` draws the results.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile

from rig import judge, places, report, targets
from rig.comparison import WARM_UP_CONNECTIONS, Comparison
from rig.host import machine
from rig.processes import RigError

# Peers hash the whole list on each handshake: fewer handshakes say as much where each takes tens of milliseconds.
MILLISECONDS_PER_MILLION = 45
PARALLEL = 32
# Of which no more at once than that a client gets its answer in time, and fewer to warm up.
SLOW_PARALLEL, SLOW_WARM_UP = 4, 4


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--sizes", default="100,10000,100000,1000000", help="entries, separated by commas (default %(default)s)")
    parser.add_argument("--peer-limit", type=int, default=1_000_000, metavar="N",
                        help="sizes above N are measured with pulsegate alone (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each target and size (default 3)")
    parser.add_argument("--connections", type=int, default=3000,
                        help="full handshakes per run, of peers as many as take the same time (default 3000)")
    parser.add_argument("--json", metavar="FILE", help="write every run to FILE")
    parser.add_argument("--add", action="store_true", help="keep what FILE holds of other sizes and targets")
    arguments = parser.parse_args()
    arguments.sizes = [int(size) for size in arguments.sizes.split(",")]
    arguments.parallel, arguments.devices, arguments.tls12 = PARALLEL, 64, False
    return arguments


def connections(arguments, target, size):
    if target.name == "pulsegate":
        return arguments.connections
    return max(60, int(arguments.connections / (1 + size / 1e6 * MILLISECONDS_PER_MILLION)))


def measure_size(arguments, chosen, size, folder):
    """The runs of every target with one length of list, by target."""
    os.makedirs(folder)
    measured = [target for target in chosen if target.name == "pulsegate" or size <= arguments.peer_limit]
    runs = {target.name: [] for target in measured}
    arguments.crl_entries = size
    comparison = Comparison(arguments, folder)
    total = arguments.connections
    try:
        comparison.start_echo()
        for number in range(arguments.runs):
            shift = number % len(measured)
            for target in measured[shift:] + measured[:shift]:
                arguments.connections = connections(arguments, target, size)
                slow = target.name != "pulsegate" and size > 1_000_000
                arguments.parallel = SLOW_PARALLEL if slow else PARALLEL
                comparison.warm_up = SLOW_WARM_UP if slow else WARM_UP_CONNECTIONS
                run = comparison.with_target(target, judged(comparison) if number == 0 else comparison.measure)
                arguments.connections = total
                runs[target.name].append(run)
                print(f"  {size:>9}  {target.name:10} {run['cpu_us']:8.0f} us/conn  {run['pss_idle_mib']:7.1f} MiB"
                      f"  other load {run['others_share']:.0%}", flush=True)
    finally:
        arguments.connections = total
        comparison.stop_echo()
    return runs


def judged(comparison):
    """Before a target's figures count, it has to refuse the device that the list revokes."""
    def body(process, port, target):
        judge.inspect(target, port, comparison.pki)
        return comparison.measure(process, port, target)
    return body


def main():
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-crl-size-")
    try:
        chosen = [target for target in targets.choose(arguments.targets, arguments.pulsegate) if not target.omission]
        results = {}
        for size in arguments.sizes:
            results[size] = measure_size(arguments, chosen, size, os.path.join(folder, str(size)))
            shutil.rmtree(os.path.join(folder, str(size)))
        print(table(results))
        if arguments.json:
            write(arguments, chosen, results)
        return 0
    except RigError as error:
        print(f"crl_size.py: {error}", file=sys.stderr)
        return 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(arguments, chosen, results):
    versions, runs = {target.name: target.version() for target in chosen}, {str(size): results[size] for size in results}
    if arguments.add:
        with open(arguments.json) as file:
            before = json.load(file)
        versions = before["versions"] | versions
        runs = {size: before["runs"].get(size, {}) | runs.get(size, {}) for size in sorted(before["runs"] | runs, key=int)}
    with open(arguments.json, "w") as file:
        json.dump({"machine": machine(), "versions": versions, "runs": runs}, file, indent=1)


def table(results):
    names = list(dict.fromkeys(name for runs in results.values() for name in runs))
    rows = []
    for size, runs in results.items():
        cells = []
        for name in names:
            if name not in runs:
                cells.append("-")
                continue
            cpu = statistics.median(run["cpu_us"] for run in runs[name])
            memory = statistics.median(run["pss_idle_mib"] for run in runs[name])
            cells.append(f"{cpu:.0f}; {memory:.1f}")
        rows.append([f"{size:,}", *cells])
    return "\n".join(["", "CPU us per handshake (median); PSS MiB before the first connection", "",
                      *report.markdown(["entries", *names], rows)])


if __name__ == "__main__":
    sys.exit(main())
