#!/usr/bin/env python3
"""Measures what a CRL holds in memory per entry: resident, at most while it is loaded, at most while it is loaded again; and restarts.

Each length has a process of its own; what a list of 100 entries takes is taken off.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

from rig import places, processes, targets
from rig.pki import PKI
from rig.processes import RigError

SETTLING_SECONDS = 2.5


def status(pid, field):
    """A field of /proc/PID/status, in octets."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field + ":"))


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


def publications(log):
    with open(log, errors="replace") as file:
        return sum("snapshot published" in line for line in file)


def measure(arguments, entries, folder):
    pki = PKI(os.path.join(folder, "pki"), 1, entries, "DER")
    log, port = os.path.join(folder, "output.log"), processes.free_port()
    command = targets.Pulsegate(os.path.abspath(arguments.pulsegate)).configure(folder, port, processes.free_port(), pki)

    def start():
        begin = time.monotonic()
        process = processes.start(command, os.sched_getaffinity(0), log)
        processes.wait_for_port(process, port, log)
        return process, time.monotonic() - begin

    process, first_start = start()
    try:
        time.sleep(SETTLING_SECONDS)
        resident, peak = processes.pss_kib(process.pid) * 1024, status(process.pid, "VmHWM")
        forget_peak(process.pid)
        os.utime(pki.intermediate_crl)
        count = publications(log)
        os.kill(process.pid, signal.SIGHUP)
        end = time.monotonic() + 60
        while publications(log) == count:
            if time.monotonic() > end:
                raise RigError(f"no snapshot was published:\n{processes.tail(log)}")
            time.sleep(0.01)
        time.sleep(SETTLING_SECONDS)
        again = status(process.pid, "VmHWM")
    finally:
        processes.stop(process)
    # Only of a file that was left alone for two seconds before it was read is a table kept: this start keeps, the next one uses it.
    process, _ = start()
    time.sleep(SETTLING_SECONDS)
    processes.stop(process)
    process, second_start = start()
    processes.stop(process)
    return {"resident": resident, "peak": peak, "reload": again, "start": first_start, "restart": second_start}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--sizes", default="1000000,10000000", help="entries, separated by commas (default %(default)s)")
    arguments = parser.parse_args()
    sizes = [100] + [int(size) for size in arguments.sizes.split(",")]
    folder, figures = tempfile.mkdtemp(prefix="pulsegate-list-memory-"), {}
    try:
        for size in sizes:
            place = os.path.join(folder, str(size))
            os.makedirs(place)
            figures[size] = measure(arguments, size, place)
            shutil.rmtree(place)
        print("| entries | resident (PSS), octets an entry | most while it is loaded | most while it is loaded again | first start | restart |")
        print("|---|---|---|---|---|---|")
        for size in sizes[1:]:
            each = [(figures[size][key] - figures[100][key]) / size for key in ("resident", "peak", "reload")]
            print(f"| {size:,} | " + " | ".join(f"{octets:.1f}" for octets in each)
                  + f" | {figures[size]['start']:.2f} s | {figures[size]['restart']:.2f} s |")
        print(f"(a list of 100 entries: start {figures[100]['start']:.2f} s)")
        return 0
    except RigError as error:
        print(f"list_memory.py: {error}", file=sys.stderr)
        return 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
