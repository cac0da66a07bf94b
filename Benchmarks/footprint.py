#!/usr/bin/env python3
"""Measures what a gateway that has nothing to do takes: its file, its start to the first device that is served, its memory.

Several builds are started in turn, so that they can be compared. Benchmarks/README.md holds the figures.
"""

import argparse
import os
import re
import socket
import ssl
import statistics
import sys
import time

from rig import judge, places, processes, report, targets
from rig.host import machine
from rig.measurement import conclude
from rig.pki import PKI
from rig.processes import RigError
from rig.targets.target import output_of

STEP_SECONDS, PATIENCE_SECONDS = 0.0005, 30
# What a start frees late has been given back by then.
SETTLING_SECONDS = 2
MIB = 1 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="*", metavar="PATH", default=[os.path.join(places.REPOSITORY, ".build", "release", "pulsegate")],
                        help="gateways' executables (default ../.build/release/pulsegate)")
    parser.add_argument("--runs", type=int, default=10, help="starts of each (default 10)")
    parser.add_argument("--json", metavar="FILE", help="write every run to FILE")
    return parser.parse_args()


def libraries(path):
    """Those that are neither the system's nor in the file, which must be brought along."""
    found = re.findall(r"=> (/\S+)", output_of("ldd", path))
    system = ("/lib/", "/lib64/", "/usr/lib/")
    return [library for library in found if not library.startswith(system)]


def wait_for_port(process, port):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(STEP_SECONDS)
    raise RigError(f"{process.args[0]} does not accept on port {port}")


def start_once(build, folder, pki, echo_port):
    os.makedirs(folder)
    log, port = os.path.join(folder, "output.log"), processes.free_port()
    command = targets.Pulsegate(build).configure(folder, port, echo_port, pki)
    cpus = os.sched_getaffinity(0)
    begin = time.monotonic()
    process = processes.start(command, cpus, log)
    try:
        wait_for_port(process, port)
        accepts = time.monotonic() - begin
        answer = judge.attempt(port, pki, pki.good_device, ssl.TLSVersion.TLSv1_3)
        served = time.monotonic() - begin
        if answer != "echo":
            raise RigError(f"{build} does not serve a good device: {answer}\n{processes.tail(log)}")
        time.sleep(SETTLING_SECONDS)
        return {"port_ms": accepts * 1000, "served_ms": served * 1000, "pss_mib": processes.pss_kib(process.pid) / 1024,
                "rss_mib": resident_kib(process.pid) / 1024}
    finally:
        processes.stop(process)


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def echo(folder):
    """A plain upstream that echoes: the load client's."""
    load = os.path.join(places.BENCHMARKS, ".build", "release", "pulsegate-load")
    places.require_load_client(load)
    port, log = processes.free_port(), os.path.join(folder, "echo.log")
    process = processes.start([load, "echo", "--bind", f"127.0.0.1:{port}"], os.sched_getaffinity(0), log)
    processes.wait_for_port(process, port, log)
    return process, port


def measure(arguments, folder):
    pki = PKI(os.path.join(folder, "pki"), 1, 100)
    builds = [os.path.abspath(build) for build in arguments.builds]
    runs = {build: [] for build in builds}
    upstream, port = echo(folder)
    try:
        for number in range(arguments.runs):
            shift = number % len(builds)
            for build in builds[shift:] + builds[:shift]:
                place = os.path.join(folder, f"{number}-{builds.index(build)}")
                runs[build].append(start_once(build, place, pki, port))
    finally:
        processes.stop(upstream)
    return {"builds": {os.path.relpath(build, places.REPOSITORY): {
        "file_mib": os.path.getsize(build) / MIB,
        "libraries_mib": sum(os.path.getsize(library) for library in libraries(build)) / MIB,
        "runs": runs[build]} for build in builds}}


def table(figures):
    rows = []
    for build, taken in figures["builds"].items():
        cells = [f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f})"
                 for key in ("port_ms", "served_ms", "rss_mib", "pss_mib") if (values := [run[key] for run in taken["runs"]])]
        rows.append([build, f"{taken['file_mib']:.1f}", f"{taken['libraries_mib']:.1f}", *cells])
    return "\n".join(report.markdown(
        ["build", "file, MiB", "libraries to bring along, MiB", "start to port, ms", "to the first device served, ms", "idle RSS, MiB",
         "idle PSS, MiB"], rows))


if __name__ == "__main__":
    options = parse_arguments()
    sys.exit(conclude(lambda folder: measure(options, folder), machine, options.json, table))
