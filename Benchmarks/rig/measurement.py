"""One measurement of a script, from its scratch directory to its figures: printed, kept, or the reason why there are none."""

import json
import os
import shutil
import sys
import tempfile

from rig.processes import RigError


def conclude(measure, machine, path=None, sentence=None):
    """The exit code. `measure` gets the directory and gives the figures; they go into the file `path` with the machine's facts."""
    script = os.path.basename(sys.argv[0])
    folder = tempfile.mkdtemp(prefix=f"pulsegate-{os.path.splitext(script)[0]}-")
    try:
        figures = measure(folder)
        print(json.dumps(figures, indent=1))
        if sentence:
            print(f"\n{sentence(figures)}")
        if path:
            with open(path, "w") as file:
                json.dump({"machine": machine(), **figures}, file, indent=1)
        return 0
    except RigError as error:
        print(f"{script}: {error}", file=sys.stderr)
        return 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)
