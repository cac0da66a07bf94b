"""The file of an invocation's runs, written after each: one that was ended goes on where it was.

While runs are missing they are in FILE.part; FILE itself appears when all are there, and until then keeps what it held.
"""

import datetime
import hashlib
import json
import os

from .processes import RigError


class Journal:
    """`identity` is what all runs of one file have in common: machine, versions, sizes of the works."""

    def __init__(self, path, identity, fresh=False):
        self.path = path
        self.part = f"{path}.part" if path else None
        self.document = {**identity, "invocations": [], "results": {}}
        if self.part and os.path.exists(self.part) and not fresh:
            self._take_up(identity)
        self.document["invocations"].append({
            "began": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "load_average": os.getloadavg()[0]})

    def _take_up(self, identity):
        before = read(self.part)
        for key, now in identity.items():
            if before.get(key) != now:
                raise RigError(f"{self.part} holds runs with another {key}: {before.get(key)}, now {now}; --fresh drops them")
        self.document = before

    @property
    def results(self):
        """Runs by work and label."""
        return self.document["results"]

    def holds(self, run):
        return run.number < len(self.results.get(run.work, {}).get(run.label, []))

    def add(self, run, figures):
        self.results.setdefault(run.work, {}).setdefault(run.label, []).append(figures)
        self._write(self.part)

    def complete(self):
        """All runs are there."""
        if self.path:
            self._write(self.path)
            if os.path.exists(self.part):
                os.remove(self.part)

    def _write(self, path):
        if not path:
            return
        # The file is whole at every moment, also when the process is killed.
        fresh = f"{path}.new"
        with open(fresh, "w") as file:
            json.dump(self.document, file, indent=1)
        os.replace(fresh, path)


def read(path):
    """The document of an invocation that is done, or not yet."""
    try:
        with open(path) as file:
            return json.load(file)
    except OSError as error:
        raise RigError(f"{path}: {error.strerror}") from None


def digest(path):
    """Which build of a program was measured: its version does not tell."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
