#!/usr/bin/env python3
"""Measures what the reload of a long CRL does to those who are connected: stalls, how soon a revoked device is out, memory.

The gateway may use all CPUs. README.md says what the figures can and cannot show.
"""

import argparse
import json
import os
import shutil
import signal
import ssl
import statistics
import sys
import tempfile
import time

from rig import judge, pinger, places, processes, targets
from rig.host import machine
from rig.pki import PKI
from rig.processes import RigError

SETTLING_SECONDS = 1.0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the issuing CA's list (default 1,000,000)")
    parser.add_argument("--form", choices=("DER", "PEM"), default="DER", help="of the list (default DER)")
    parser.add_argument("--connections", type=int, default=8, help="that ping (default 8)")
    parser.add_argument("--interval", type=float, default=5, metavar="MS", help="between their pings (default 5)")
    parser.add_argument("--windows", type=int, default=20, help="with a reload, and as many without (default 20)")
    parser.add_argument("--victims", type=int, default=5, help="devices that a reload revokes (default 5)")
    parser.add_argument("--reloads", type=int, default=100, help="after which memory is compared with that after 2 (default 100)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE")
    return parser.parse_args()


class Gateway:
    """A gateway with a long list, that can be told to load it again."""

    def __init__(self, arguments, folder, pki, echo_port):
        os.makedirs(folder)
        self.pki = pki
        self.log = os.path.join(folder, "output.log")
        self.port = processes.free_port()
        command = targets.Pulsegate(os.path.abspath(arguments.pulsegate)).configure(folder, self.port, echo_port, pki)
        self.process = processes.start(command, os.sched_getaffinity(0), self.log)
        processes.wait_for_port(self.process, self.port, self.log)
        self.published = 0
        self.wait_for_publication(1)

    def wait_for_publication(self, more=1):
        self.published += more
        end = time.monotonic() + 60
        while True:
            with open(self.log, errors="replace") as file:
                if sum("snapshot published" in line for line in file) >= self.published:
                    return
            if time.monotonic() > end or self.process.poll() is not None:
                raise RigError(f"no snapshot was published:\n{processes.tail(self.log)}")
            time.sleep(0.005)

    def reload(self):
        """Seconds until the snapshot was published; the file is read again because it has another time."""
        os.utime(self.pki.intermediate_crl)
        begin = time.monotonic()
        os.kill(self.process.pid, signal.SIGHUP)
        self.wait_for_publication()
        return time.monotonic() - begin

    def pss_mib(self):
        time.sleep(SETTLING_SECONDS)
        return processes.pss_kib(self.process.pid) / 1024

    def stop(self):
        processes.stop(self.process)


def stalls(arguments, gateway):
    """The longest echo of each window, with a reload and without, in milliseconds."""
    pings = pinger.Pinger(gateway.port, gateway.pki, arguments.connections, arguments.interval / 1000)
    if not pings.goes_first:
        print("  (the pinging devices may not go first here: what they wait for a CPU counts)")
    time.sleep(SETTLING_SECONDS)
    windows, durations = {"with": [], "without": []}, []
    for _ in range(arguments.windows):
        begin = time.monotonic()
        durations.append(gateway.reload())
        # What follows the publication, the keeping of the table and the release of the old one, belongs to it.
        time.sleep(SETTLING_SECONDS / 2)
        length = time.monotonic() - begin
        windows["with"].append((begin, begin + length))
        begin = time.monotonic()
        time.sleep(length)
        windows["without"].append((begin, begin + length))
    echoes = pings.echoes()
    return {
        kind: [max(took for sent, took in echoes if begin <= sent < end) * 1000 for begin, end in spans]
        for kind, spans in windows.items()
    } | {"load_ms": [seconds * 1000 for seconds in durations], "pings": len(echoes)}


def refusals(arguments, gateway, pki):
    """Milliseconds from SIGHUP until a live session of a device that the new list names is over; it must not come back."""
    times = []
    for number in range(1, arguments.victims + 1):
        credential, write = pki.victim(number)
        os.replace(write(arguments.entries), pki.intermediate_crl)
        with pinger.connect(gateway.port, pki, credential) as device:
            device.sendall(pinger.PING)
            received = 0
            while received < len(pinger.PING):
                received += len(device.recv(64))
            begin = time.monotonic()
            os.kill(gateway.process.pid, signal.SIGHUP)
            device.settimeout(30)
            if device.recv(64):
                raise RigError("a revoked device was answered")
            times.append((time.monotonic() - begin) * 1000)
        gateway.wait_for_publication()
        answer = judge.attempt(gateway.port, pki, credential, ssl.TLSVersion.TLSv1_3)
        if answer == "echo":
            raise RigError("a revoked device came back")
    return times


def memory(arguments, gateway, reloads):
    """PSS in MiB after 2 and after all rounds; each opens a connection that stays, and reloads if that is wanted."""
    live, figures = [], {}
    for number in range(1, arguments.reloads + 1):
        live.append(pinger.connect(gateway.port, gateway.pki, gateway.pki.good_device))
        for device in live[-1:]:
            device.sendall(pinger.PING)
            device.recv(64)
        if reloads:
            gateway.reload()
        if number in (2, arguments.reloads):
            figures[number] = gateway.pss_mib()
    for device in live:
        device.sendall(pinger.PING)
        if not device.recv(64):
            raise RigError("the gateway ended a session that it should have kept")
        device.close()
    return figures


def report(arguments, figures):
    with_reload, without = figures["stalls"]["with"], figures["stalls"]["without"]
    lines = [
        f"longest echo of a window, with a reload      median {statistics.median(with_reload):.2f} ms, worst {max(with_reload):.2f}",
        f"longest echo of a window, without            median {statistics.median(without):.2f} ms, worst {max(without):.2f}",
        f"  the stall that a reload adds               median {statistics.median(with_reload) - statistics.median(without):.2f}"
        f" ms, worst {max(with_reload) - max(without):.2f}; target: 5",
        f"SIGHUP to snapshot published                 median {statistics.median(figures['stalls']['load_ms']):.0f} ms,"
        f" worst {max(figures['stalls']['load_ms']):.0f}",
        f"SIGHUP to the end of a revoked device        median {statistics.median(figures['refusals']):.0f} ms,"
        f" worst {max(figures['refusals']):.0f}; target: 250",
    ]
    last = arguments.reloads
    grown, control = figures["memory"], figures["memory_without_reloads"]
    by_connections = control[last] - control[2]
    ratio = (grown[last] - by_connections) / grown[2]
    lines += [
        f"PSS after 2 reloads and after {last}            {grown[2]:.1f} MiB, {grown[last]:.1f} MiB"
        f" (x {grown[last] / grown[2]:.3f})",
        f"  the same connections, no reloads           {control[2]:.1f} MiB, {control[last]:.1f} MiB",
        f"  growth without that of the connections     x {ratio:.3f}; target: 1.05",
    ]
    return lines


def measure(arguments, folder):
    for path in (arguments.load, arguments.pulsegate):
        if not os.access(path, os.X_OK):
            raise RigError(f"{path} is missing: see README.md for the command that builds it")
    host = machine()
    print(f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}; load average {os.getloadavg()[0]:.1f}")
    pki = PKI(os.path.join(folder, "pki"), 1, arguments.entries, arguments.form)
    echo_port, echo_log = processes.free_port(), os.path.join(folder, "echo.log")
    echo = processes.start([arguments.load, "echo", "--bind", f"127.0.0.1:{echo_port}"], os.sched_getaffinity(0), echo_log)
    started = []

    def gateway(name):
        started.append(Gateway(arguments, os.path.join(folder, name), pki, echo_port))
        return started[-1]

    try:
        processes.wait_for_port(echo, echo_port, echo_log)
        pinger.go_first(echo.pid)
        figures = {}
        first = gateway("memory")
        figures["memory"] = memory(arguments, first, reloads=True)
        first.stop()
        second = gateway("control")
        figures["memory_without_reloads"] = memory(arguments, second, reloads=False)
        figures["stalls"] = stalls(arguments, second)
        figures["refusals"] = refusals(arguments, second, pki)
    finally:
        for running in started:
            running.stop()
        processes.stop(echo)
    print(f"{arguments.connections} connections that ping every {arguments.interval:g} ms; a list of {arguments.entries:,}"
          f" entries, {arguments.form}; {arguments.windows} windows each; load average {os.getloadavg()[0]:.1f}")
    print("\n".join(report(arguments, figures)))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"machine": host, "entries": arguments.entries, "form": arguments.form, **figures}, file, indent=1)


def main():
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-reload-")
    try:
        measure(arguments, folder)
        return 0
    except RigError as error:
        print(f"reload.py: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
