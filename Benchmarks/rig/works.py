"""What is measured of each gateway beside its peers: the works, what is wanted of Pulsegate in them, and how long one takes."""

import time
from dataclasses import dataclass, field
from typing import Callable

from . import processes
from .processes import RigError

PEERS = ("pulsegate", "nginx", "haproxy", "envoy", "hitch", "stunnel")
# Below what Pulsegate sheds when nothing else is said (handshakes_in_flight); the others of the storm wait in line.
STORM_PARALLEL = 900
BURST_SESSIONS, BURST_SECONDS = 5000, 30
# Of the connections that come back, those that must be resumed: each device's first ones cannot be.
RESUMED_SHARE = 0.8
# For the estimate: what the slower gateways make on a two-core machine, and what a fresh process costs.
CONNECTIONS_PER_SECOND, START_SECONDS = 900, 0.7


@dataclass(frozen=True)
class Work:
    """One row of the table. `body(bench, process, port)` gives a run's figures, of which `value` is the one compared.

    `wanted` maps a peer (or "best") to the ratio that must be met and the one that is aimed at. `columns` are who is measured:
    label, target, its settings; empty: each gateway.
    """

    title: str
    unit: str
    body: Callable
    seconds: Callable
    wanted: dict = field(default_factory=dict)
    tickets: bool = False
    resumes: bool = False
    # Whether it is made of handshakes with a verified certificate: a gateway that verifies less is then no measure.
    verifies: bool = True
    columns: tuple = ()
    shares_cpus: bool = False

    def measured(self, gateways):
        """(label, target's name, its settings) of everyone who does this work."""
        return self.columns or tuple((name, name, {"tickets": self.tickets}) for name in gateways)

    def check(self, client):
        """Raises where a run did other work than the row's title says."""
        with_ticket, resumed, count = client["connections_with_ticket"], client["resumed"], client["succeeded"]
        if count == 0:
            raise RigError(f"no connection succeeded: {client['failures']}")
        if not self.tickets and (with_ticket or resumed):
            raise RigError(f"resumption is off, yet {with_ticket} of {count} connections got a ticket and {resumed} were resumed")
        if self.tickets and with_ticket < count:
            raise RigError(f"resumption is on, yet only {with_ticket} of {count} connections got a ticket")
        # As many as there are devices and connections in flight may come before their first session.
        if self.resumes and resumed < RESUMED_SHARE * count:
            raise RigError(f"only {resumed} of {count} connections were resumed")


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


def of_connections(arguments):
    return (arguments.connections + 2 * arguments.devices) / CONNECTIONS_PER_SECOND


def of_storm(arguments):
    return arguments.storm / CONNECTIONS_PER_SECOND


def of_messages(arguments):
    return arguments.seconds + 0.2


def of_idle(arguments):
    return 4.5 + (arguments.idle + 100) / CONNECTIONS_PER_SECOND


RETURNING = {"nginx": (0.50, 0.35), "haproxy": (0.50, 0.35), "envoy": (0.95, 0.75)}

WORKS = {
    "full": Work("full handshake, returning device, resumption off", "µs", returning, of_connections, RETURNING),
    "full-offered": Work("full handshake, returning device, resumption offered", "µs", returning, of_connections, RETURNING,
                         tickets=True),
    "first": Work("full handshake, device seen for the first time", "µs", first_seen, of_connections,
                  {"nginx": (0.65, 0.50), "haproxy": (0.65, 0.50), "envoy": (1.10, 0.95)}),
    "resumed": Work("resumed handshake", "µs", resumed, of_connections, {"nginx": (0.60, 0.40), "envoy": (1.25, 0.90)},
                    tickets=True, resumes=True),
    "idle": Work("PSS of an idle session", "KiB", idle, of_idle, {"haproxy": (0.70, 0.57)}, verifies=False),
    "pingpong": Work("message of 256 bytes and its echo", "µs", pingpong, of_messages, {"best": (0.95, 0.85)},
                     verifies=False),
    "stream": Work("bulk, each way", "µs/MiB", stream, of_messages, {"nginx": (0.80, 0.65), "envoy": (1.05, 0.90)},
                   verifies=False),
    "storm": Work("all devices at once after a restart", "s CPU", storm, of_storm),
    # On the same CPUs, which the client shares.
    "two": Work("full handshake by number of workers", "µs", returning, of_connections, shares_cpus=True,
                columns=(("1", "pulsegate", {"workers": 1}), ("2", "pulsegate", {"workers": 2}))),
}
