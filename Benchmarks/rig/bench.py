"""The comparison's rig for more than handshakes: thousands of devices, sessions that are held."""

import os
import time

from . import processes
from .comparison import Comparison, outcome
from .processes import RigError

IDLE_SETTLE_SECONDS = 1.5
# Beside a storm or thousands of threads a connection may wait longer than the load client does when nothing is said.
TIMEOUT_SECONDS = 60


class Bench(Comparison):
    """What all runs of one invocation share."""

    # Whether this run also watches what the memory of many closed sessions becomes.
    watches_burst = False

    def many(self, count):
        """A folder of so many devices, made when it is first asked for."""
        folder = os.path.join(self.pki.folder, f"many-{count}")
        return folder if os.path.isdir(folder) else self.pki.many_devices(count)

    def start_client(self, port, mode, *words, credentials=None):
        return super().start_client(port, mode, "--timeout", TIMEOUT_SECONDS, *words, credentials=credentials)

    def hold(self, target, port, count):
        """Opens so many sessions, and returns the target's PSS when all have been silent for a while."""
        process, log = self.start_client(port, "idle", "--parallel", count, "--seconds", 2 * IDLE_SETTLE_SECONDS + 1)
        try:
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while sockets(target.pid) < 2 * count and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.05)
            time.sleep(IDLE_SETTLE_SECONDS)
            held = processes.pss_kib(target.pid)
            result = outcome(process, log)
        finally:
            processes.stop(process)
        if result["failed"]:
            raise RigError(f"{result['failed']} idle sessions failed: {result['failures']}")
        return held, result

    def on_shared_cpus(self, target, body):
        """`with_target`, with target and client both on both CPUs."""
        saved = self.server_cpu, self.client_cpu
        self.server_cpu = self.client_cpu = set(saved)
        try:
            return self.with_target(target, body)
        finally:
            self.server_cpu, self.client_cpu = saved


def sockets(pid):
    """Open descriptors of the process tree, near enough: the others are a few dozen."""
    total = 0
    for member in processes.tree(pid):
        try:
            total += len(os.listdir(f"/proc/{member}/fd"))
        except OSError:
            continue
    return total
