#!/usr/bin/env python3
"""Measures how soon live sessions end when their devices are revoked, and what the other sessions notice of it.

The gateway has two loops and 8,000 live sessions; a second client pings all the while. One device is revoked by a new list and a
reload, then 1,000 at once. The gateway says how long each loop took from the publication of the new snapshot
to the last session that it closed; the devices say when they read the end.
"""

import argparse
import contextlib
import json
import os
import resource
import selectors
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time

from rig import pinger, places, processes, revocation_list, targets
from rig.host import machine
from rig.measurement import conclude
from rig.pki import DAYS, PKI
from rig.processes import RigError

DESCRIPTORS = 20_000
# As often as a monitor in a ward at the most. A client that sends again at once would fill both CPUs by itself, and whatever else
# ran would be told as a stall.
PING_SECONDS = 0.005
QUIET_SECONDS = 1


def parse_arguments(purpose=__doc__):
    parser = argparse.ArgumentParser(description=purpose.splitlines()[0])
    places.add_places(parser)
    parser.add_argument("--sessions", type=int, default=8000, help="live sessions (default %(default)s)")
    parser.add_argument("--bulk", type=int, default=1000, help="devices that are cut at once (default %(default)s)")
    parser.add_argument("--echoing", type=int, default=10, help="sessions that ping meanwhile (default %(default)s)")
    parser.add_argument("--apart", action="store_true",
                        help="the gateway has one CPU, everybody else another: what the echoes wait for is then its own doing")
    parser.add_argument("--rounds", type=int, default=5,
                        help="devices that are cut alone, and quiet times (default %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--devices-process", nargs=2, metavar=("PORT", "FOLDER"), help=argparse.SUPPRESS)
    return parser.parse_args()


def go_last(pid=0):
    """A process runs when no other does: a thousand ends are read elsewhere, and take longer to read than to make."""
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


# The devices: a process of their own, told by its input and heard by its output, one line of JSON each.

def devices_process(port, folder, count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    names = sorted(name[:-4] for name in os.listdir(os.path.join(folder, "devices")) if name.endswith(".pem"))
    contexts = []
    for name in names:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(os.path.join(folder, "root.pem"))
        context.load_cert_chain(*(os.path.join(folder, "devices", name + kind) for kind in (".pem", ".key")))
        contexts.append(context)
    selector = selectors.DefaultSelector()
    for number in range(count):
        # The first sessions have a device each; the last device has all others.
        device = min(number, len(contexts) - 1)
        raw = socket.create_connection(("127.0.0.1", port), 20)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = contexts[device].wrap_socket(raw, server_hostname="localhost")
        session.sendall(b"x")
        session.recv(1)
        session.setblocking(False)
        selector.register(session, selectors.EVENT_READ, device)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    go_last()
    print(json.dumps({"ready": count}), flush=True)
    ended = []
    while True:
        for key, _ in selector.select():
            if key.data is None:
                if not sys.stdin.readline():
                    return 0
                print(json.dumps(ended), flush=True)
                ended = []
                continue
            now = time.monotonic()
            try:
                closed = key.fileobj.recv(16) == b""
            except ssl.SSLWantReadError:
                continue
            except OSError:
                closed = True
            if closed:
                ended.append([key.data, now])
                selector.unregister(key.fileobj)
                key.fileobj.close()


class Devices:
    def __init__(self, port, pki, count, log):
        command = [sys.executable, os.path.abspath(__file__), "--devices-process", str(port), pki.folder,
                   "--sessions", str(count)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RigError("the devices' process has ended")
        return json.loads(line)

    def ended(self):
        """[device, CLOCK_MONOTONIC] of the sessions that ended since the last question."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._answer()

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Enforcement:
    """One gateway with its sessions."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.pki = PKI(folder, arguments.rounds + arguments.bulk + 1, 100)
        self.revoked = []
        # Read now: with a process for each, the echo beside the cuts would be over before the first of them.
        self.serials = [self.serial(number) for number in range(arguments.rounds + arguments.bulk)]
        self.port, self.echo_port, self.metrics_port = (processes.free_port() for _ in range(3))
        # Those who ping have a listener and an upstream of their own: the other one has a thousand resets to read.
        self.others_port, self.others_echo_port = processes.free_port(), processes.free_port()
        self.log = os.path.join(folder, "gateway.log")

    def command(self):
        target = targets.find("pulsegate", self.arguments.pulsegate)
        command = target.configure(self.folder, self.port, self.echo_port, self.pki)
        with open(command[-1]) as file:
            text = file.read()
        begin, end = text.index("  devices:\n"), text.index("upstreams:\n")
        others = text[begin:end].replace("devices:", "others:").replace(str(self.port), str(self.others_port))
        others = others.replace("upstream: echo", "upstream: others\n    limits: { connections: 100 }")
        text = text[:end] + others + text[end:]
        upstream = f'upstreams:\n  others: {{ addresses: ["127.0.0.1:{self.others_echo_port}"] }}\n'
        with open(command[-1], "w") as file:
            file.write(text.replace("workers: 1", "workers: 2").replace("upstreams:\n", upstream)
                       + f'log: {{ level: debug }}\nmetrics: {{ bind: "127.0.0.1:{self.metrics_port}" }}\n'
                       # A list that revokes every eighth device would be held until a person confirms it.
                       + "change_guard: { max_sessions_cut: none, max_devices_refused: none }\n")
        return command

    def start(self, command, log):
        def prepare():
            resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        with open(os.path.join(self.folder, log), "ab") as output:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                    preexec_fn=prepare)

    @contextlib.contextmanager
    def live(self):
        """The gateway with all its sessions, and the process that holds them."""
        echo, others = (self.start([self.arguments.load, "echo", "--bind", f"127.0.0.1:{port}"], "echo.log")
                        for port in (self.echo_port, self.others_echo_port))
        gateway = self.start(self.command(), "gateway.log")
        devices = None
        try:
            processes.wait_for_port(gateway, self.port, self.log)
            if self.arguments.apart:
                self.part(gateway, echo, others)
            pinger.go_first(others.pid)
            with open(os.path.join(self.folder, "devices.log"), "ab") as log:
                devices = Devices(self.port, self.pki, self.arguments.sessions, log)
            go_last(echo.pid)
            yield gateway, devices
        finally:
            if devices:
                devices.stop()
            for process in (gateway, echo, others):
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @staticmethod
    def part(gateway, *others):
        """Whatever is started from here on is with the others."""
        ours, *theirs = sorted(os.sched_getaffinity(0))
        if not theirs:
            raise RigError("two CPUs are needed for --apart")
        for thread in os.listdir(f"/proc/{gateway.pid}/task"):
            os.sched_setaffinity(int(thread), {ours})
        for process in (os.getpid(), *(other.pid for other in others)):
            os.sched_setaffinity(process, set(theirs))

    def run(self):
        with self.live() as (gateway, devices):
            idle = self.quiet_echoes()
            unchanged = self.revoke(gateway, devices, [])
            single = [self.revoke(gateway, devices, [number]) for number in range(self.arguments.rounds)]
            first = self.arguments.rounds
            busy = self.pinging()
            bulk = self.revoke(gateway, devices, list(range(first, first + self.arguments.bulk)))
            return {"sessions": self.arguments.sessions, "echo_idle": idle, "unchanged": unchanged, "single": single,
                    "bulk": bulk, "echo_bulk": self.figures(busy, bulk), "gateway_pss_mib": processes.pss_kib(gateway.pid) / 1024}

    def pinging(self):
        last = f"device-{self.arguments.rounds + self.arguments.bulk + 1:04}"
        credential = [os.path.join(self.pki.credentials, last + kind) for kind in (".pem", ".key")]
        return pinger.Pinger(self.others_port, self.pki, self.arguments.echoing, PING_SECONDS, credential)

    @staticmethod
    def figures(pinging, window=None):
        """Of the echoes that were under way in this time: from the order to the device's reading of the last end."""
        echoes = pinging.echoes()
        if window:
            echoes = [(sent, took) for sent, took in echoes if sent < window["ended"] and sent + took > window["begun"]]
        took = sorted(took * 1000 for _, took in echoes)
        return {"echoes": len(took), "median_ms": took[len(took) // 2], "p99_ms": took[len(took) * 99 // 100],
                "longest_ms": took[-1]}

    def quiet_echoes(self):
        runs = []
        for _ in range(self.arguments.rounds):
            pinging = self.pinging()
            time.sleep(QUIET_SECONDS)
            runs.append(self.figures(pinging))
        return runs

    def serial(self, number):
        path = os.path.join(self.pki.credentials, f"device-{number + 1:04}.pem")
        text = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-serial"], capture_output=True, check=True, text=True)
        return int(text.stdout.strip().split("=")[1], 16)

    def revoke(self, gateway, devices, numbers):
        """A list with more entries, and a reload; nothing else is touched."""
        self.revoked += [self.serials[number] for number in numbers]
        if numbers:
            files = [os.path.join(self.folder, "intermediate" + kind) for kind in (".crl", ".pem", ".key")]
            revocation_list.write(files[0] + ".new", files[1], files[2], 100 + len(self.revoked), self.revoked, int(DAYS))
            os.rename(files[0] + ".new", files[0])
        devices.ended()
        before = len(self.applied())
        asked = time.monotonic()
        gateway.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while len(self.applied()) < before + 2:
            if time.monotonic() > end:
                raise RigError(f"the snapshot is not applied after 30 s:\n{processes.tail(self.log)}")
            time.sleep(0.005)
        time.sleep(0.3)
        applied = self.applied()[before:]
        ended = devices.ended()
        if sorted(device for device, _ in ended) != numbers:
            raise RigError(f"{len(ended)} sessions ended where {len(numbers)} were revoked")
        moments = [moment for _, moment in ended]
        return {"begun": asked, "ended": max(moments, default=asked),
                "examined": sum(line["examined"] for line in applied), "cut": sum(line["cut"] for line in applied),
                "last_closed_ms": max(line["milliseconds"] for line in applied),
                "signal_to_last_read_ms": (max(moments) - asked) * 1000 if moments else None,
                "first_to_last_read_ms": (max(moments) - min(moments)) * 1000 if moments else None}

    def applied(self):
        """What each loop says of each snapshot."""
        found = []
        with open(self.log, errors="replace") as file:
            for line in file:
                if "snapshot applied" in line:
                    entry = json.loads(line)
                    found.append({key: float(entry[key]) for key in ("examined", "cut", "milliseconds")})
        return found


def sentence(arguments, figures):
    idle = statistics.median(run["p99_ms"] for run in figures["echo_idle"])
    single = max(run["last_closed_ms"] for run in figures["single"])
    return (f"one of {arguments.sessions}: last closed {single:.1f} ms after publication; "
            f"{arguments.bulk} at once: {figures['bulk']['last_closed_ms']:.1f} ms; p99 echo {idle:.2f} ms idle, "
            f"{figures['echo_bulk']['p99_ms']:.2f} ms meanwhile")


def main():
    arguments = parse_arguments()
    if arguments.devices_process:
        return devices_process(int(arguments.devices_process[0]), arguments.devices_process[1], arguments.sessions)
    return conclude(lambda folder: Enforcement(arguments, folder).run(), machine, arguments.json,
                    lambda figures: sentence(arguments, figures))


if __name__ == "__main__":
    sys.exit(main())
