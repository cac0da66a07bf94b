"""The order of an invocation's runs, and how long they take."""

from dataclasses import dataclass

from .works import BURST_SECONDS, BURST_SESSIONS, CONNECTIONS_PER_SECOND, START_SECONDS, WORKS

# One target is asked three times with each TLS version before anything is timed.
JUDGING_SECONDS = 1.5
# Certificates for the devices that are seen once.
DEVICES_PER_SECOND = 3000


@dataclass(frozen=True)
class Run:
    """One fresh process of one target doing one work; `number` counts from 0."""

    work: str
    label: str
    target: str
    settings: tuple
    number: int

    @property
    def watches_burst(self):
        return self.work == "idle" and self.label == "pulsegate" and self.number == 0

    def seconds(self, arguments):
        burst = BURST_SECONDS + BURST_SESSIONS / CONNECTIONS_PER_SECOND + 5 if self.watches_burst else 0
        return START_SECONDS + WORKS[self.work].seconds(arguments) + burst


def runs(works, gateways, count):
    """Round by round, in each all works, in each work all targets: what changes in a machine over minutes meets all alike.

    Each round starts with another target, so that none always follows the same one.
    """
    planned = []
    for number in range(count):
        for work in works:
            columns = WORKS[work].measured(gateways)
            shift = number % len(columns)
            planned += [Run(work, label, target, tuple(sorted(settings.items())), number)
                        for label, target, settings in columns[shift:] + columns[:shift]]
    return planned


def setup_seconds(works, gateways, arguments):
    devices = {"first": arguments.connections, "storm": arguments.storm}
    made = sum(count for work, count in devices.items() if work in works)
    return JUDGING_SECONDS * len(gateways) + made / DEVICES_PER_SECOND


class Forecast:
    """What is left, by what the runs so far took beside what they were expected to."""

    def __init__(self, planned, arguments):
        self.arguments = arguments
        self.expected = sum(run.seconds(arguments) for run in planned)
        self.left = self.expected
        self.passed = self.passed_as_expected = 0.0

    def passes(self, run, seconds):
        expected = run.seconds(self.arguments)
        self.left -= expected
        self.passed += seconds
        self.passed_as_expected += expected

    @property
    def seconds_left(self):
        return max(0, self.left) * (self.passed / self.passed_as_expected if self.passed_as_expected else 1)


def in_words(seconds):
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
