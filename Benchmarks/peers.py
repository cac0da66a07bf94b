#!/usr/bin/env python3
"""Compares Pulsegate with every peer that is installed: handshakes, idle sessions, messages, bulk, and the storm after a restart.

Same machine, same PKI, same work, alternating runs in fresh processes. Benchmarks/README.md says what it can and cannot show.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import compare
from rig import judge, processes, targets
from rig.processes import RigError

PEERS = ("pulsegate", "nginx", "haproxy", "envoy")
IDLE_SETTLE_SECONDS = 1.5
# Below what Pulsegate sheds when nothing else is said (handshakes_in_flight); the others of the storm wait in line.
STORM_PARALLEL = 900
BURST_SESSIONS, BURST_SECONDS = 5000, 30


class Work:
    """One row of the table: what is measured, in which unit, and what is wanted of Pulsegate.

    `wanted` maps a peer (or "best") to the ratio that must be met and the one that is aimed at.
    """

    def __init__(self, title, unit, wanted, body, **settings):
        self.title, self.unit, self.wanted, self.body = title, unit, wanted, body
        self.tickets = settings.get("tickets", False)


def handshakes(bench, process, port, count, credentials, resume=False, parallel=32):
    """Runs them, and returns the target's CPU for each in microseconds, beside the client's report."""
    before = processes.ran_seconds(process.pid)
    result = bench.client(port, "handshake", "--connections", count, "--parallel", parallel, *(["--resume"] if resume else []),
                          credentials=credentials)
    cpu = processes.ran_seconds(process.pid) - before
    if result["succeeded"] == 0:
        raise RigError(f"no connection succeeded: {result['failures']}")
    return {"value": cpu / result["succeeded"] * 1e6, "cpu_seconds": cpu, "client": result}


def returning(bench, process, port):
    handshakes(bench, process, port, 2 * bench.arguments.devices, bench.pki.credentials)
    return handshakes(bench, process, port, bench.arguments.connections, bench.pki.credentials)


def resumed(bench, process, port):
    handshakes(bench, process, port, 2 * bench.arguments.devices, bench.pki.credentials)
    return handshakes(bench, process, port, bench.arguments.connections, bench.pki.credentials, resume=True)


def first_seen(bench, process, port):
    handshakes(bench, process, port, 100, bench.pki.credentials)
    return handshakes(bench, process, port, bench.arguments.connections, bench.many(bench.arguments.connections))


def storm(bench, process, port):
    """Nothing before: the process has just started."""
    count = bench.arguments.storm
    run = handshakes(bench, process, port, count, bench.many(count), parallel=min(count, STORM_PARALLEL))
    run["value"] = run["cpu_seconds"]
    return run


def pingpong(bench, process, port):
    before = processes.ran_seconds(process.pid)
    result = bench.client(port, "pingpong", "--parallel", 64, "--seconds", bench.arguments.seconds, "--bytes", 256)
    # The handshakes are in it: 64 among some hundred thousand messages.
    return {"value": (processes.ran_seconds(process.pid) - before) / result["messages"] * 1e6, "client": result}


def stream(bench, process, port):
    before = processes.ran_seconds(process.pid)
    result = bench.client(port, "stream", "--parallel", 8, "--seconds", bench.arguments.seconds)
    mebibytes = result["bytes_echoed"] / (1 << 20)
    return {"value": (processes.ran_seconds(process.pid) - before) / mebibytes * 1e6, "client": result}


def idle(bench, process, port):
    handshakes(bench, process, port, 100, bench.pki.credentials)
    count = bench.arguments.idle
    start = processes.pss_kib(process.pid)
    held, result = bench.hold(process, port, count)
    run = {"value": (held - start) / count, "pss_start_kib": start, "pss_held_kib": held, "client": result}
    if bench.watches_burst:
        bench.hold(process, port, BURST_SESSIONS)
        time.sleep(BURST_SECONDS)
        run["pss_after_burst_kib"] = processes.pss_kib(process.pid)
    return run


WORKS = {
    "full": Work("full handshake, returning device, resumption off", "us", {
        "nginx": (0.50, 0.35), "haproxy": (0.50, 0.35), "envoy": (0.95, 0.75)}, returning),
    "full-offered": Work("full handshake, returning device, resumption offered", "us", {
        "nginx": (0.50, 0.35), "haproxy": (0.50, 0.35), "envoy": (0.95, 0.75)}, returning, tickets=True),
    "first": Work("full handshake, device seen for the first time", "us", {
        "nginx": (0.65, 0.50), "haproxy": (0.65, 0.50), "envoy": (1.10, 0.95)}, first_seen),
    "resumed": Work("resumed handshake", "us", {"nginx": (0.60, 0.40), "envoy": (1.25, 0.90)}, resumed, tickets=True),
    "idle": Work("PSS of an idle session", "KiB", {"haproxy": (0.70, 0.57)}, idle),
    "pingpong": Work("message of 256 bytes and its echo", "us", {"best": (0.95, 0.85)}, pingpong),
    "stream": Work("bulk, each way", "us/MiB", {"nginx": (0.80, 0.65), "envoy": (1.05, 0.90)}, stream),
    "storm": Work("all devices at once after a restart", "s CPU", {}, storm),
}


class Bench(compare.Comparison):
    """What all runs of one invocation share."""

    watches_burst = False

    def many(self, count):
        folder = os.path.join(self.pki.folder, f"many-{count}")
        return folder if os.path.isdir(folder) else self.pki.many_devices(count)

    def command(self, port, *words, credentials=None):
        return [self.arguments.load, words[0], "--target", f"127.0.0.1:{port}", "--credentials",
                credentials or self.pki.credentials, "--timeout", "60", "--json", *map(str, words[1:])]

    def start_client(self, command):
        self.log = os.path.join(self.folder, f"load-{self.serial:03}.log")
        if os.path.exists(self.log):
            os.remove(self.log)
        return processes.start(command, self.client_cpu, self.log)

    def outcome(self, process):
        status = process.wait()
        if status not in (0, 1):
            raise RigError(f"the load client ended with {status}:\n{processes.tail(self.log)}")
        return json.loads(processes.tail(self.log).splitlines()[-1])

    def client(self, port, *words, credentials=None):
        process = self.start_client(self.command(port, *words, credentials=credentials))
        try:
            return self.outcome(process)
        finally:
            processes.stop(process)

    def hold(self, target, port, count):
        """Opens so many sessions, and returns the target's PSS when all have been silent for a while."""
        process = self.start_client(self.command(port, "idle", "--parallel", count, "--seconds", 2 * IDLE_SETTLE_SECONDS + 1))
        try:
            deadline = time.monotonic() + 60
            while sockets(target.pid) < 2 * count and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.05)
            time.sleep(IDLE_SETTLE_SECONDS)
            held = processes.pss_kib(target.pid)
            result = self.outcome(process)
        finally:
            processes.stop(process)
        if result["failed"]:
            raise RigError(f"{result['failed']} idle sessions failed: {result['failures']}")
        return held, result


def sockets(pid):
    """Open descriptors of the process tree, near enough: the others are a few dozen."""
    total = 0
    for member in processes.tree(pid):
        try:
            total += len(os.listdir(f"/proc/{member}/fd"))
        except OSError:
            continue
    return total


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="Exit codes: 0 done, 2 usage, 3 the comparison "
                                     "could not run, 130 interrupted.")
    compare.add_places(parser)
    parser.add_argument("--works", metavar="LIST", default=",".join((*WORKS, "two")),
                        help=f"of {','.join(WORKS)},two (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each target (default 5)")
    parser.add_argument("--connections", type=int, default=2000, help="handshakes per run (default 2000)")
    parser.add_argument("--devices", type=int, default=64, help="devices that return (default 64)")
    parser.add_argument("--storm", type=int, default=10000, help="devices that come at once (default 10000)")
    parser.add_argument("--idle", type=int, default=2000, help="idle sessions (default 2000)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of messages and of bulk (default 2)")
    parser.add_argument("--crl-entries", type=int, default=100, help="entries of the issuing CA's CRL (default 100)")
    parser.add_argument("--json", metavar="FILE", help="add every run to FILE, which keeps works that were not measured now")
    arguments = parser.parse_args()
    arguments.works = arguments.works.split(",")
    for name in arguments.works:
        if name not in WORKS and name != "two":
            parser.error(f"unknown work {name}")
    arguments.parallel, arguments.tls12 = 32, False
    return arguments


def installed(arguments, **settings):
    names = arguments.targets.split(",") if arguments.targets else PEERS
    found = [targets.find(name, arguments.pulsegate, **settings) for name in names]
    return [target for target in found if target]


def measure(bench, work, chosen):
    runs = {target.name: [] for target in chosen}
    for number in range(bench.arguments.runs):
        shift = number % len(chosen)
        for target in chosen[shift:] + chosen[:shift]:
            bench.watches_burst = work.body is idle and target.name == "pulsegate" and number == 0
            busy, begin = processes.busy_seconds((bench.server_cpu, bench.client_cpu)), time.monotonic()
            run = bench.with_target(target, lambda process, port, _target: work.body(bench, process, port))
            run["busy_cores"] = (processes.busy_seconds((bench.server_cpu, bench.client_cpu)) - busy) / (time.monotonic() - begin)
            runs[target.name].append(run)
            client = run["client"]
            print(f"  {work.title[:40]:40} run {number + 1} {target.name:10} {run['value']:9.2f} {work.unit:7}"
                  f" {client['seconds']:6.2f} s, {client['failed']} failed", flush=True)
    return runs


def measure_two(bench):
    """A handshake with one worker and with two, on the same CPUs, which the client shares."""
    runs = {"1": [], "2": []}
    saved = bench.server_cpu, bench.client_cpu
    both = {bench.server_cpu, bench.client_cpu}
    for number in range(bench.arguments.runs):
        for workers in (("1", "2"), ("2", "1"))[number % 2]:
            target = targets.find("pulsegate", bench.arguments.pulsegate, workers=int(workers))
            try:
                bench.server_cpu = bench.client_cpu = both
                run = bench.with_target(target, lambda process, port, _target: returning(bench, process, port))
            finally:
                bench.server_cpu, bench.client_cpu = saved
            runs[workers].append(run)
            print(f"  {workers} worker(s), run {number + 1} {run['value']:9.2f} us", flush=True)
    return runs


def summarize(results):
    """Median, least and most of every row."""
    return {name: {target: {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}
                   for target, runs in rows.items() if (values := [run["value"] for run in runs])}
            for name, rows in results.items()}


def ratios(name, summary):
    """What of Pulsegate's wants is met: (peer, ratio, must, aim)."""
    ours = summary["pulsegate"]["median"]
    peers = {peer: row["median"] for peer, row in summary.items() if peer != "pulsegate"}
    for peer, (must, aim) in WORKS[name].wanted.items():
        if peer == "best" and peers:
            best = min(peers, key=peers.get)
            yield f"{best}, the best", ours / peers[best], must, aim
        elif peer in peers:
            yield peer, ours / peers[peer], must, aim


def table(results):
    summaries = summarize(results)
    names = [name for name in PEERS if any(name in rows for rows in results.values())]
    lines = [report_row(["work", "unit", *names, "ratio: must, aim"])]
    lines.append(report_row(["---"] * (len(names) + 3)))
    for name, work in WORKS.items():
        if name not in summaries:
            continue
        cells = [f"{row['median']:.{1 if row['median'] < 100 else 0}f} ({row['min']:.{1 if row['median'] < 100 else 0}f}"
                 f"–{row['max']:.{1 if row['median'] < 100 else 0}f})" if (row := summaries[name].get(peer)) else "" for peer in names]
        verdicts = [f"{ratio:.2f} × {peer}: {'yes' if ratio <= must else 'NO'} ({must}), {'yes' if ratio <= aim else 'no'} ({aim})"
                    for peer, ratio, must, aim in ratios(name, summaries[name])]
        lines.append(report_row([work.title, work.unit, *cells, "; ".join(verdicts)]))
    if "two" in summaries:
        one, two = summaries["two"]["1"]["median"], summaries["two"]["2"]["median"]
        lines.append(f"\nOne worker {one:.0f} us a handshake, two {two:.0f}: {two / one - 1:+.1%}, at most +5 %")
    return lines


def report_row(cells):
    return "| " + " | ".join(cells) + " |"


def details(results):
    """What the table has no room for."""
    for name, rows in results.items():
        for target, runs in rows.items():
            clients = [run["client"] for run in runs]
            failed = sum(client["failed"] for client in clients)
            if name in ("storm", "pingpong") or failed:
                key = "message_milliseconds" if name == "pingpong" else "connection_milliseconds"
                p99 = statistics.median(client[key]["p99"] for client in clients)
                seconds = statistics.median(client["seconds"] for client in clients)
                yield f"{name}, {target}: {seconds:.2f} s, p99 {p99:.2f} ms, {failed} failed"
            for run in runs:
                if "pss_after_burst_kib" in run:
                    start, after = run["pss_start_kib"], run["pss_after_burst_kib"]
                    yield (f"{BURST_SESSIONS} sessions closed, {BURST_SECONDS} s later: PSS {after / 1024:.1f} MiB, before "
                           f"{start / 1024:.1f}: {after / start - 1:+.0%}, at most +20 %")


def load_results(path):
    if path and os.path.exists(path):
        with open(path) as file:
            return json.load(file)
    return {"results": {}}


def run(arguments, folder):
    document = load_results(arguments.json)
    bench = Bench(arguments, folder)
    host = compare.machine()
    everyone = installed(arguments)
    versions = {target.name: target.version() for target in everyone}
    print(f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}, {host['openssl']}; load average {os.getloadavg()[0]:.1f}")
    for name, version in versions.items():
        print(f"  {name:10} {version}")
    document.update(machine=host, versions=versions)
    try:
        bench.start_echo()
        for target in everyone:
            bench.with_target(target, lambda _process, port, target: judge.inspect(target.name, port, bench.pki))
        for name in arguments.works:
            if name == "two":
                document["results"][name] = measure_two(bench)
            else:
                document["results"][name] = measure(bench, WORKS[name], installed(arguments, tickets=WORKS[name].tickets))
            # A run that is interrupted loses one work, not all.
            if arguments.json:
                with open(arguments.json, "w") as file:
                    json.dump(document, file, indent=1)
    finally:
        bench.stop_echo()
    print("\n" + "\n".join(table(document["results"])))
    print("\n" + "\n".join(details(document["results"])))
    return 0


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-peers-")
    try:
        return run(arguments, folder)
    except RigError as error:
        print(f"peers.py: {error}", file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        print(f"peers.py: {' '.join(error.cmd[:3])} failed:\n{error.stderr}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
