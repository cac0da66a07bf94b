#!/usr/bin/env python3
"""Compares Pulsegate with every peer that is installed: handshakes, idle sessions, messages, bulk, and the storm after a restart.

Same machine, same PKI, same work, alternating runs in fresh processes. Benchmarks/README.md says what it can and cannot show.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from rig import journal, judge, places, plan, processes, report, standings, targets
from rig.bench import Bench
from rig.host import machine
from rig.processes import RigError
from rig.works import PEERS, WORKS

SIZES = ("connections", "devices", "storm", "idle", "seconds", "crl_entries")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="Exit codes: 0 done, 2 usage, 3 the comparison "
                                     "could not run, 130 interrupted.")
    places.add_places(parser)
    parser.add_argument("--works", metavar="LIST", default=",".join(WORKS), help=f"of {','.join(WORKS)} (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each target (default 5)")
    parser.add_argument("--connections", type=int, default=2000, help="handshakes per run (default 2000)")
    parser.add_argument("--devices", type=int, default=64, help="devices that return (default 64)")
    parser.add_argument("--storm", type=int, default=10000, help="devices that come at once (default 10000)")
    parser.add_argument("--idle", type=int, default=2000, help="idle sessions (default 2000)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of messages and of bulk (default 2)")
    parser.add_argument("--crl-entries", type=int, default=100, help="entries of the issuing CA's CRL (default 100)")
    parser.add_argument("--json", metavar="FILE", help="write every run to FILE; until all are done they are in FILE.part, from which "
                        "the same command goes on after it was ended")
    parser.add_argument("--fresh", action="store_true", help="drop what FILE.part holds")
    parser.add_argument("--dry-run", action="store_true", help="say what would be measured and how long it takes, and end")
    parser.add_argument("--markdown", metavar="FILE", help="print the tables of an earlier FILE, and end")
    parser.add_argument("--into", metavar="README", help="put the tables into README, between its two comments 'peers.py'")
    arguments = parser.parse_args()
    arguments.works = arguments.works.split(",")
    for name in arguments.works:
        if name not in WORKS:
            parser.error(f"unknown work {name}")
    for name in ("runs", *SIZES):
        if getattr(arguments, name) <= 0:
            parser.error(f"--{name.replace('_', '-')} is above 0")
    return arguments


def choose(arguments):
    """Pulsegate first, in the order of the table."""
    chosen = targets.choose(arguments.targets, arguments.pulsegate)
    unknown = [target.name for target in chosen if target.name not in PEERS]
    if unknown:
        raise RigError(f"{unknown[0]} is no target here; known: {', '.join(PEERS)}")
    return sorted(chosen, key=lambda target: PEERS.index(target.name))


def identify(arguments, chosen):
    return {
        "machine": machine(),
        "versions": {target.name: target.version() for target in chosen},
        "builds": {"pulsegate": journal.digest(arguments.pulsegate), "pulsegate-load": journal.digest(arguments.load)},
        "settings": {name: getattr(arguments, name) for name in SIZES},
    }


def announce(identity, planned, missing, forecast, setup):
    host = identity["machine"]
    print(f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}, {host['openssl']}; load average {os.getloadavg()[0]:.1f}")
    for name, version in identity["versions"].items():
        print(f"  {name:10} {version}")
    before = f"; {len(planned) - len(missing)} were done before" if len(missing) < len(planned) else ""
    print(f"{len(missing)} runs, about {plan.in_words(forecast.expected + setup)}{before}", flush=True)


def inspect(bench, chosen):
    """Before anything is timed: everyone does the work, or carries a mark that says what is left out."""
    for target in chosen:
        bench.with_target(target, lambda _process, port, target: judge.inspect(target, port, bench.pki))


def perform(bench, run):
    """The figures of one run in a fresh process."""
    work = WORKS[run.work]
    target = targets.find(run.target, bench.arguments.pulsegate, **dict(run.settings))
    bench.watches_burst = run.watches_burst
    busy, begin = processes.busy_seconds((bench.server_cpu, bench.client_cpu)), time.monotonic()
    place = bench.on_shared_cpus if work.shares_cpus else bench.with_target
    figures = place(target, lambda process, port, _target: work.body(bench, process, port))
    elapsed = time.monotonic() - begin
    figures["busy_cores"] = (processes.busy_seconds((bench.server_cpu, bench.client_cpu)) - busy) / elapsed
    try:
        work.check(figures["client"])
    except RigError as error:
        raise RigError(f"{work.title}, {run.label}: {error}") from None
    return figures, elapsed


def measure(bench, book, missing, forecast):
    agreement = None
    for position, run in enumerate(missing, 1):
        figures, elapsed = perform(bench, run)
        agreements = {*figures["client"]["agreements"], *([agreement] if agreement else [])}
        if len(agreements) != 1:
            raise RigError(f"the targets do not do the same work: {', '.join(sorted(agreements))}")
        agreement = agreements.pop()
        book.add(run, figures)
        forecast.passes(run, elapsed)
        print(f"  {position:>3} of {len(missing)}  {WORKS[run.work].title[:52]:52} {run.label:10} {figures['value']:9.2f} "
              f"{WORKS[run.work].unit:7} {figures['client']['failed']} failed; {plan.in_words(forecast.seconds_left)} left", flush=True)


def compare(arguments, folder):
    if arguments.markdown:
        present(arguments, journal.read(arguments.markdown))
        return 0
    places.require_load_client(arguments.load)
    chosen = choose(arguments)
    names = [target.name for target in chosen]
    identity = identify(arguments, chosen)
    book = journal.Journal(arguments.json, identity, arguments.fresh)
    planned = plan.runs(arguments.works, names, arguments.runs)
    missing = [run for run in planned if not book.holds(run)]
    forecast = plan.Forecast(missing, arguments)
    announce(identity, planned, missing, forecast, plan.setup_seconds(arguments.works, names, arguments))
    if arguments.dry_run:
        return 0
    bench = Bench(arguments, folder)
    try:
        bench.start_echo()
        inspect(bench, chosen)
        measure(bench, book, missing, forecast)
        book.complete()
        present(arguments, book.document)
    except KeyboardInterrupt:
        if book.results:
            print("\n" + "\n".join(standings.section(book.document)), flush=True)
        raise
    finally:
        bench.stop_echo()
    return 0


def present(arguments, document):
    lines = standings.section(document)
    print("\n" + "\n".join(lines))
    if arguments.into:
        report.paste(arguments.into, "peers.py", lines)


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-peers-")
    try:
        return compare(arguments, folder)
    except RigError as error:
        print(f"peers.py: {error}", file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        print(f"peers.py: {' '.join(error.cmd[:3])} failed:\n{error.stderr}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\ninterrupted; with --json the same command goes on from here", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
