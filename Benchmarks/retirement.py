#!/usr/bin/env python3
"""Measures how soon live sessions end when their devices are retired in the registry, and what the other sessions notice of it.

The same gateway and the same 8,000 live sessions as in enforcement.py, every device registered. `pulsegate devices retire` over
the admin socket retires one device, several times, then a lot of 1,000; from the command's end to the device's reading of the close.
"""

import os
import statistics
import subprocess
import sys
import time

import enforcement
from rig.host import machine
from rig.measurement import conclude
from rig.processes import RigError

LOT = "recalled"
# For what is still to be closed after the command has ended; far above the bound.
SETTLING_SECONDS = 1


class Retirement(enforcement.Enforcement):
    def command(self):
        command = super().command()
        self.config = command[-1]
        with open(self.config) as file:
            text = file.read()
        with open(self.config, "w") as file:
            file.write(text.replace("devices: any", "devices: registered"))
        inventory = os.path.join(self.folder, "inventory.csv")
        with open(inventory, "w") as file:
            file.write("identity,lot\n")
            rounds, bulk = self.arguments.rounds, self.arguments.bulk
            for number in range(rounds + bulk + 1):
                file.write(f"{self.identity(number)},{LOT if rounds <= number < rounds + bulk else 'kept'}\n")
        self.registry("import", inventory)
        return command

    @staticmethod
    def identity(number):
        return f"urn:hospital:device:pump:device-{number + 1:04}"

    def registry(self, *words):
        command = [self.arguments.pulsegate, "devices", *words, "--config", self.config]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        ended = time.monotonic()
        if result.returncode:
            raise RigError(f"{' '.join(command)}: {result.stderr}")
        return ended

    def retire(self, devices, numbers, *selection):
        devices.ended()
        begun = time.monotonic()
        returned = self.registry("retire", *selection, "--reason", "measured")
        time.sleep(SETTLING_SECONDS)
        ended = devices.ended()
        if sorted(device for device, _ in ended) != numbers:
            raise RigError(f"{len(ended)} sessions ended where {len(numbers)} were retired")
        moments = [moment for _, moment in ended]
        return {"begun": begun, "ended": max(moments), "command_ms": (returned - begun) * 1000,
                "return_to_first_read_ms": (min(moments) - returned) * 1000,
                "return_to_last_read_ms": (max(moments) - returned) * 1000}

    def run(self):
        first, past = self.arguments.rounds, self.arguments.rounds + self.arguments.bulk
        with self.live() as (_, devices):
            idle = self.quiet_echoes()
            single = [self.retire(devices, [number], self.identity(number)) for number in range(first)]
            busy = self.pinging()
            bulk = self.retire(devices, list(range(first, past)), "--lot", LOT)
            return {"sessions": self.arguments.sessions, "echo_idle": idle, "single": single, "bulk": bulk,
                    "echo_bulk": self.figures(busy, bulk)}


def sentence(arguments, figures):
    idle = statistics.median(run["p99_ms"] for run in figures["echo_idle"])
    single = max(run["return_to_last_read_ms"] for run in figures["single"])
    return (f"one of {arguments.sessions}: close read {single:.1f} ms after the command's return; {arguments.bulk} at once: "
            f"{figures['bulk']['return_to_last_read_ms']:.1f} ms; p99 echo {idle:.2f} ms idle, "
            f"{figures['echo_bulk']['p99_ms']:.2f} ms meanwhile")


def main():
    arguments = enforcement.parse_arguments(__doc__)
    return conclude(lambda folder: Retirement(arguments, folder).run(), machine, arguments.json,
                    lambda figures: sentence(arguments, figures))


if __name__ == "__main__":
    sys.exit(main())
