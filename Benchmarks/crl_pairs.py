#!/usr/bin/env python3
"""Compares the server CPU of a handshake in Pulsegate with a long CRL and with a short one: many short runs in pairs.

One process for each length, all kept running on one CPU, load client and echo on another. Each round asks them in another order,
and only figures of one round are compared: what else goes on in the machine meets all of a round.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time

from rig import judge, places, processes, targets
from rig.comparison import WARM_UP_CONNECTIONS, Comparison
from rig.host import machine
from rig.processes import RigError

RESAMPLES = 10_000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--sizes", default="100,1000000", help="entries, the short one first (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=20, help="runs of each length (default 20)")
    parser.add_argument("--connections", type=int, default=1000, help="full handshakes per run (default 1000)")
    parser.add_argument("--json", metavar="FILE", help="write every run to FILE")
    arguments = parser.parse_args()
    arguments.sizes = [int(size) for size in arguments.sizes.split(",")]
    arguments.parallel, arguments.devices, arguments.tls12 = 32, 64, False
    arguments.crl_entries = arguments.sizes[0]
    return arguments


def ran_seconds(pid):
    """What the scheduler has given the process, threads that have ended included: nanoseconds, where utime counts ticks."""
    # clock_getcpuclockid(3): the process' number inverted, above three bits of which 2 is the scheduler's clock.
    return time.clock_gettime(~pid << 3 | 2)


def interval(ratios):
    """95 % of the medians of as many ratios, drawn from these again and again."""
    drawing = random.Random(1)
    medians = sorted(statistics.median(drawing.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975) - 1]


def start(arguments, comparison, folder):
    """A gateway for each length of the issuing CA's list, by that length."""
    running = {}
    pki = comparison.pki
    for size in arguments.sizes:
        path = os.path.join(folder, str(size))
        os.makedirs(path)
        pki.intermediate_crl = pki.revoke("intermediate", pki.revoked_serials, size, name=f"intermediate-{size}.crl")
        log, port = os.path.join(path, "output.log"), processes.free_port()
        target = targets.Pulsegate(os.path.abspath(arguments.pulsegate))
        command = target.configure(path, port, comparison.echo_port, pki)
        process = processes.start(command, comparison.server_cpu, log)
        running[size] = (process, port)
        processes.wait_for_port(process, port, log)
        judge.inspect(target, port, pki)
        comparison.load(port, WARM_UP_CONNECTIONS)
    return running


def measure(arguments, comparison, running):
    runs = {size: [] for size in arguments.sizes}
    for number in range(arguments.rounds):
        order = arguments.sizes[number % len(arguments.sizes):] + arguments.sizes[:number % len(arguments.sizes)]
        for size in order if number // len(arguments.sizes) % 2 == 0 else reversed(order):
            process, port = running[size]
            before = ran_seconds(process.pid)
            result = comparison.load(port, arguments.connections)
            if result["failed"]:
                raise RigError(f"{result['failed']} connections failed: {result['failures']}")
            runs[size].append((ran_seconds(process.pid) - before) / result["succeeded"] * 1e6)
    return runs


def report(arguments, runs):
    short = arguments.sizes[0]
    lines = [f"{short:>10,} entries  {statistics.median(runs[short]):7.1f} us/handshake"
             f"  ({min(runs[short]):.0f}-{max(runs[short]):.0f})"]
    for size in arguments.sizes[1:]:
        ratios = [long / base for long, base in zip(runs[size], runs[short])]
        low, high = interval(ratios)
        lines.append(f"{size:>10,} entries  {statistics.median(runs[size]):7.1f} us/handshake"
                     f"  ({min(runs[size]):.0f}-{max(runs[size]):.0f})  median of the ratios {statistics.median(ratios):.4f},"
                     f" 95 % of such medians {low:.4f}-{high:.4f}; target: 1.02")
    return lines


def main():
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-crl-pairs-")
    running = {}
    comparison = None
    try:
        comparison = Comparison(arguments, folder)
        comparison.start_echo()
        running = start(arguments, comparison, folder)
        host = machine()
        print(f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}; load average {os.getloadavg()[0]:.1f};"
              f" {arguments.rounds} rounds of {arguments.connections} handshakes", flush=True)
        runs = measure(arguments, comparison, running)
        print("\n".join(report(arguments, runs)))
        if arguments.json:
            with open(arguments.json, "w") as file:
                json.dump({"machine": host, "connections": arguments.connections, "cpu_us": runs}, file, indent=1)
        return 0
    except RigError as error:
        print(f"crl_pairs.py: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    finally:
        for process, _ in running.values():
            processes.stop(process)
        if comparison:
            comparison.stop_echo()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
