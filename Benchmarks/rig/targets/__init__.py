"""The gateways that are compared: how each is found, configured and started for the same work."""

import os
import shutil

from ..processes import RigError
from .envoy import Envoy
from .haproxy import HAProxy
from .hitch import Hitch
from .nginx import Nginx
from .pulsegate import Pulsegate, ResumingPulsegate
from .stunnel import Stunnel

TARGETS = {kind.name: kind for kind in (Nginx, HAProxy, Envoy, Hitch, Stunnel, Pulsegate, ResumingPulsegate)}


def find(name, pulsegate, **settings):
    """The target of that name, or None when it is not installed."""
    kind = TARGETS[name]
    if issubclass(kind, Pulsegate):
        if not os.access(pulsegate, os.X_OK):
            raise RigError(f"{pulsegate} is missing: make build, or --pulsegate PATH, "
                           "or leave it out with --targets")
        return kind(os.path.abspath(pulsegate), **settings)
    # Debian puts most into /usr/sbin, which is not on every user's PATH.
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    program = next(filter(None, (shutil.which(command, path=path) for command in kind.programs or (name,))), None)
    return kind(program, **settings) if program else None


def choose(names, pulsegate, **settings):
    """The targets of those names, separated by commas, which must be there; without names, all but the resuming one that are."""
    if not names:
        found = [find(name, pulsegate, **settings) for name, kind in TARGETS.items() if not kind.resumes]
        return [target for target in found if target]
    chosen = []
    for name in names.split(","):
        if name not in TARGETS:
            raise RigError(f"unknown target {name}; known: {', '.join(TARGETS)}")
        target = find(name, pulsegate, **settings)
        if not target:
            raise RigError(f"{name} is not installed: {TARGETS[name].installation}")
        chosen.append(target)
    return chosen


def verifies_less(name):
    """Whether the target leaves out some of the work of a handshake."""
    return name in TARGETS and TARGETS[name].omission != ""


def marked(name):
    """The name in a table, with a star where the target verifies less than the others."""
    return f"{name} *" if verifies_less(name) else name


def marks(names):
    """What the stars mean: a line, or none."""
    omissions = [f"{name} {TARGETS[name].omission}" for name in names if verifies_less(name)]
    return [f"\\* Less work in a handshake than the others do: {'; '.join(omissions)}."] if omissions else []
