"""Pinned child processes that never outlive the driver, and what /proc says of them."""

import ctypes
import os
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class RigError(Exception):
    """The comparison cannot go on; the text says what to do."""


def start(command, cpu, log, environment=None):
    """Starts a command pinned to one CPU, or to a set of them, its output in `log`; it gets SIGTERM when the driver dies."""

    def prepare():
        os.setsid()
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        os.sched_setaffinity(0, {cpu} if isinstance(cpu, int) else cpu)

    with open(log, "ab") as output:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                preexec_fn=prepare, env={**os.environ, **(environment or {})})


def stop(process, deadline=5.0):
    """SIGTERM, then SIGKILL to the process' own group; returns when nothing of it is left."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(deadline)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def tree(pid):
    """The process and its descendants."""
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        try:
            for task in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{task}/children") as file:
                    queue.extend(int(child) for child in file.read().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def cpu_seconds(pid):
    """(user, system) seconds of the whole tree so far."""
    user = system = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        user += int(fields[11])
        system += int(fields[12])
    return user / TICKS, system / TICKS


def ran_seconds(pid):
    """What the scheduler has given the whole tree, threads that have ended included: nanoseconds, where utime counts ticks."""
    total = 0.0
    for member in tree(pid):
        try:
            # clock_getcpuclockid(3): the process' number inverted, above three bits of which 2 is the scheduler's clock.
            total += time.clock_gettime(~member << 3 | 2)
        except OSError:
            continue
    return total


def pss_kib(pid):
    """Proportional set size of the whole tree, or None where the kernel does not let us read it."""
    total = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except FileNotFoundError:
            continue
        except (PermissionError, ProcessLookupError):
            return None
    return total


def busy_seconds(cpus):
    """Seconds that these CPUs together have not been idle since boot, for whomever."""
    total = 0
    names = {f"cpu{cpu}" for cpu in cpus}
    with open("/proc/stat") as file:
        for line in file:
            if line.split(" ", 1)[0] in names:
                user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
                total += user + nice + system + irq + softirq + steal
    return total / TICKS


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(process, port, log, deadline=120.0):
    """Returns when something accepts on the port (a long CRL may have to be read first); fails with the log when the process ends first."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RigError(f"{process.args[0]} ended with {process.returncode}:\n{tail(log)}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RigError(f"{process.args[0]} does not accept on port {port} after {deadline:.0f} s:\n{tail(log)}")


def tail(path, lines=20):
    with open(path, errors="replace") as file:
        return "".join(file.readlines()[-lines:])
