#!/usr/bin/env python3
"""Measures an import of a million devices: time, memory, how long others wait for the store, and what devices notice of it.

Once into the file alone, once over the admin socket of a gateway. Meanwhile somebody else asks for the store's write lock every
5 ms; devices that are registered and have never been seen connect to the gateway one by one, and one that is known echoes.
"""

import argparse
import glob
import os
import pty
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time

from rig import places, processes, targets
from rig.host import machine
from rig.measurement import conclude
from rig.pki import PKI
from rig.processes import RigError

FIRST_USES = 120
FIRST_USE_SECONDS = 0.25
PROBE_SECONDS = 0.005


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--rows", type=int, default=1_000_000, help="devices in the file (default %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE")
    return parser.parse_args()


class Repeated(threading.Thread):
    """Calls `step` until it is stopped."""

    def __init__(self, step, pause):
        super().__init__(daemon=True)
        self.step, self.pause, self.stopped = step, pause, threading.Event()
        self.start()

    def run(self):
        while not self.stopped.is_set() and self.step():
            self.stopped.wait(self.pause)

    def stop(self):
        self.stopped.set()
        self.join()


class LockProbe:
    """How long nobody else can write to the store."""

    def __init__(self, path):
        self.path, self.since, self.longest, self.total, self.store = path, None, 0, 0, None
        self.thread = Repeated(self.step, PROBE_SECONDS)

    def step(self):
        self.store = self.store or sqlite3.connect(self.path, timeout=0, isolation_level=None)
        now = time.monotonic()
        try:
            self.store.execute("BEGIN IMMEDIATE")
            self.store.execute("ROLLBACK")
        except sqlite3.OperationalError:
            self.since = self.since or now
            return True
        if self.since:
            self.longest, self.total = max(self.longest, now - self.since), self.total + now - self.since
            self.since = None
        return True

    def figures(self):
        self.thread.stop()
        return {"lock_longest_s": self.longest, "lock_total_s": self.total}


class Visits:
    """Devices that come for the first time, and one that stays."""

    def __init__(self, port, pki):
        self.port, self.pki, self.next, self.took, self.failed, self.echoes = port, pki, 1, [], [], []
        self.known = self.visit(FIRST_USES + 1)
        self.threads = [Repeated(self.first_use, FIRST_USE_SECONDS), Repeated(self.echo, PROBE_SECONDS)]

    def visit(self, number):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.pki.root)
        context.load_cert_chain(*(os.path.join(self.pki.credentials, f"device-{number:04}{kind}") for kind in (".pem", ".key")))
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = context.wrap_socket(raw, server_hostname="localhost")
        session.sendall(b"x")
        if session.recv(1) != b"x":
            raise ConnectionError("closed")
        return session

    def first_use(self):
        begun = time.monotonic()
        try:
            self.visit(self.next).close()
            self.took.append((time.monotonic() - begun) * 1000)
        except OSError as error:
            self.failed.append(f"{time.monotonic() - begun:.1f} s: {error}")
        self.next += 1
        return self.next <= FIRST_USES

    def echo(self):
        begun = time.monotonic()
        self.known.sendall(b"x")
        self.known.recv(1)
        self.echoes.append((time.monotonic() - begun) * 1000)
        return True

    def figures(self):
        for thread in self.threads:
            thread.stop()
        took, echoes = sorted(self.took), sorted(self.echoes)
        return {"first_uses": len(took), "first_uses_failed": self.failed, "first_use_median_ms": took[len(took) // 2],
                "first_use_longest_ms": took[-1], "echo_p99_ms": echoes[len(echoes) * 99 // 100], "echo_longest_ms": echoes[-1]}


class Import:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.pki = PKI(folder, FIRST_USES + 1, 100)
        self.port, self.echo_port = processes.free_port(), processes.free_port()
        self.command = targets.find("pulsegate", arguments.pulsegate).configure(folder, self.port, self.echo_port, self.pki)
        self.config = self.command[-1]
        self.store = os.path.join(folder, "state", "registry.sqlite")
        with open(self.config) as file:
            text = file.read()
        with open(self.config, "w") as file:
            file.write(text.replace("workers: 1", "workers: 2").replace("devices: any", "devices: registered"))
        self.few, self.many = os.path.join(folder, "few.csv"), os.path.join(folder, "many.csv")
        with open(self.few, "w") as file:
            file.write("identity\n")
            file.writelines(f"urn:hospital:device:pump:device-{number + 1:04}\n" for number in range(FIRST_USES + 1))
        with open(self.many, "w") as file:
            file.write("identity,owner,model,udi_di,lot,serial_number,zone,posture\n")
            # Not in the order of the identities, as inventories are not.
            for number in range(arguments.rows):
                serial = number * 7_368_787 % 10_000_019
                file.write(f"urn:hospital:device:pump:{serial:08},ward-{number % 200},P{number % 40},0401234{number % 40:07},"
                           f"L{number // 1000},{serial},zone-{number % 12},firmware=4.{number % 9}\n")

    def imported(self, path):
        """One import, its progress read as a terminal would."""
        ours, theirs = pty.openpty()
        begun = time.monotonic()
        child = subprocess.Popen([self.arguments.pulsegate, "devices", "import", path, "--config", self.config],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True)
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begun
        os.close(ours)
        if status or "enrolled" not in output:
            raise RigError(f"the import has failed: {output} {shown[-500:].decode(errors='replace')}")
        percents = re.findall(rb"(\d+) %", shown)
        return {"seconds": seconds, "command_peak_mib": usage.ru_maxrss / 1024, "percentages_shown": len(set(percents))}

    def offline(self):
        self.imported(self.few)
        probe = LockProbe(self.store)
        figures = {**self.imported(self.many), **probe.figures()}
        files = glob.glob(self.store + "*")
        figures["store_mib"] = sum(os.path.getsize(file) for file in files) / 1024 / 1024
        for file in files:
            os.remove(file)
        return figures

    def online(self):
        self.imported(self.few)
        echo = subprocess.Popen([self.arguments.load, "echo", "--bind", f"127.0.0.1:{self.echo_port}"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = os.path.join(self.folder, "gateway.log")
        with open(log, "ab") as output:
            gateway = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            processes.wait_for_port(gateway, self.port, log)
            before = self.resident(gateway, "VmRSS")
            visits = Visits(self.port, self.pki)
            probe = LockProbe(self.store)
            figures = self.imported(self.many)
            time.sleep(2)
            return {**figures, **probe.figures(), **visits.figures(), "gateway_before_mib": before,
                    "gateway_peak_mib": self.resident(gateway, "VmHWM"), "gateway_after_mib": self.resident(gateway, "VmRSS")}
        finally:
            for process in (gateway, echo):
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @staticmethod
    def resident(process, field):
        with open(f"/proc/{process.pid}/status") as file:
            return int(re.search(rf"{field}:\s+(\d+)", file.read()).group(1)) / 1024


def main():
    arguments = parse_arguments()

    def measure(folder):
        work = Import(arguments, folder)
        return {"rows": arguments.rows, "offline": work.offline(), "running": work.online()}

    return conclude(measure, machine, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
