"""One invocation of a script: its PKI, its echo, its pinned CPUs, and how a target is started and loaded."""

import json
import os
import time

from . import processes
from .pki import PKI
from .processes import RigError

WARM_UP_CONNECTIONS = 100


def outcome(process, log):
    """The report of a load client that was started, once it has ended."""
    status = process.wait()
    if status not in (0, 1):
        raise RigError(f"the load client ended with {status}:\n{processes.tail(log)}")
    return json.loads(processes.tail(log).splitlines()[-1])


class Comparison:
    """One invocation: what all of its runs share."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        cpus = sorted(os.sched_getaffinity(0))
        if len(cpus) < 2:
            raise RigError("two CPUs are needed: one for the target, one for the load client and the echo")
        self.server_cpu, self.client_cpu = cpus[0], cpus[1]
        self.echo = None
        self.pki = PKI(os.path.join(folder, "pki"), arguments.devices, arguments.crl_entries)
        self.echo_port = processes.free_port()
        self.serial = 0
        self.warm_up = WARM_UP_CONNECTIONS

    def start_echo(self):
        log = os.path.join(self.folder, "echo.log")
        command = [self.arguments.load, "echo", "--bind", f"127.0.0.1:{self.echo_port}"]
        self.echo = processes.start(command, self.client_cpu, log)
        processes.wait_for_port(self.echo, self.echo_port, log)

    def stop_echo(self):
        if self.echo:
            processes.stop(self.echo)

    def with_target(self, target, body):
        """Runs `body(process, port, target)` against a fresh process of the target."""
        self.serial += 1
        folder = os.path.join(self.folder, f"{self.serial:03}-{target.name}")
        os.makedirs(folder)
        log = os.path.join(folder, "output.log")
        port = processes.free_port()
        command = target.configure(folder, port, self.echo_port, self.pki)
        process = processes.start(command, self.server_cpu, log, target.environment)
        try:
            processes.wait_for_port(process, port, log)
            return body(process, port, target)
        finally:
            processes.stop(process)

    def client(self, port, *words, credentials=None):
        """What one run of the load client reports."""
        process, log = self.start_client(port, *words, credentials=credentials)
        try:
            return outcome(process, log)
        finally:
            processes.stop(process)

    def start_client(self, port, mode, *words, credentials=None):
        command = [self.arguments.load, mode, "--target", f"127.0.0.1:{port}", "--credentials",
                   credentials or self.pki.credentials, "--json", *map(str, words)]
        log = os.path.join(self.folder, f"load-{self.serial:03}.log")
        if os.path.exists(log):
            os.remove(log)
        return processes.start(command, self.client_cpu, log), log

    def load(self, port, connections, resume=False):
        words = ["--connections", connections, "--parallel", self.arguments.parallel]
        if self.arguments.tls12:
            words.append("--tls12")
        if resume:
            words.append("--resume")
        return self.client(port, "handshake", *words)

    def clocks(self, process):
        """CPU seconds so far: the target's user and system, both CPUs' busy time, the echo's and the load client's."""
        children = os.times()
        return (*processes.cpu_seconds(process.pid), processes.busy_seconds((self.server_cpu, self.client_cpu)),
                sum(processes.cpu_seconds(self.echo.pid)), children.children_user + children.children_system)

    def measure(self, process, port, target):
        self.load(port, self.warm_up, target.resumes)
        pss_idle = processes.pss_kib(process.pid)
        before, begin = self.clocks(process), time.monotonic()
        result = self.load(port, self.arguments.connections, target.resumes)
        after, elapsed = self.clocks(process), time.monotonic() - begin
        if result["failed"]:
            raise RigError(f"{result['failed']} connections failed: {result['failures']}")
        user, system, busy, echo, client = (late - early for early, late in zip(before, after))
        count = result["succeeded"]
        pss = processes.pss_kib(process.pid)
        return {
            "cpu_us": (user + system) / count * 1e6,
            "user_us": user / count * 1e6,
            "system_us": system / count * 1e6,
            "per_second": result["connections_per_second"],
            "server_core": (user + system) / result["seconds"],
            "p50_ms": result["connection_milliseconds"]["p50"],
            "p99_ms": result["connection_milliseconds"]["p99"],
            "pss_idle_mib": None if pss_idle is None else pss_idle / 1024,
            "pss_mib": None if pss is None else pss / 1024,
            "others_share": max(0.0, busy - user - system - echo - client) / elapsed,
            "client": result,
        }
