"""Where the executables are that a script measures, and with which."""

import os

from . import targets
from .processes import RigError

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORY = os.path.dirname(BENCHMARKS)


def add_places(parser):
    """Options that say what is measured with what."""
    parser.add_argument("--pulsegate", metavar="PATH", default=os.path.join(REPOSITORY, ".build", "release", "pulsegate"),
                        help="the gateway's executable (default ../.build/release/pulsegate)")
    parser.add_argument("--load", metavar="PATH", default=os.path.join(BENCHMARKS, ".build", "release", "pulsegate-load"),
                        help="the load client (default .build/release/pulsegate-load)")
    parser.add_argument("--targets", metavar="LIST", help=f"of {','.join(targets.TARGETS)} (default: all that are installed)")


def require_load_client(path):
    if not os.access(path, os.X_OK):
        raise RigError(f"{path} is missing: swift build -c release --package-path {os.path.relpath(BENCHMARKS)}")
