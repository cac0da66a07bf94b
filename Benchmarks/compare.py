#!/usr/bin/env python3
"""Compares the server CPU that one full mutual-TLS handshake costs in each gateway.

Same machine, same PKI, same work, alternating runs in fresh processes. Benchmarks/README.md says what it can and cannot show.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile

from rig import judge, places, report, targets
from rig.comparison import Comparison
from rig.host import machine
from rig.processes import RigError


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="Exit codes: 0 done, 1 a condition of "
                                     "--at-most or --resumed-at-most is not met, 2 usage, 3 the comparison could not run, "
                                     "130 interrupted.")
    places.add_places(parser)
    parser.add_argument("--runs", type=int, default=5, help="runs of each target (default 5)")
    parser.add_argument("--connections", type=int, default=3000, help="full handshakes per run (default 3000)")
    parser.add_argument("--parallel", type=int, default=32, help="connections at once (default 32)")
    parser.add_argument("--devices", type=int, default=64, help="different device certificates (default 64)")
    parser.add_argument("--crl-entries", type=int, default=100, help="entries of the issuing CA's CRL (default 100)")
    parser.add_argument("--tls12", action="store_true", help="TLS 1.2 instead of TLS 1.3")
    parser.add_argument("--at-most", type=float, metavar="RATIO",
                        help="exit 1 when pulsegate's median CPU is above RATIO times nginx's")
    parser.add_argument("--resumed-at-most", type=float, metavar="RATIO",
                        help="exit 1 when the median CPU of a resumed handshake is above RATIO times pulsegate's full one")
    parser.add_argument("--json", metavar="FILE", help="write every run and the summary to FILE")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder (PKI, configurations, logs)")
    arguments = parser.parse_args()
    for name in ("runs", "connections", "parallel", "devices", "crl_entries"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name.replace('_', '-')} is at least 1")
    return arguments


def choose_targets(arguments):
    chosen = targets.choose(arguments.targets, arguments.pulsegate)
    if arguments.at_most is not None and not {"nginx", "pulsegate"} <= {target.name for target in chosen}:
        raise RigError("--at-most compares pulsegate with nginx: both must be among the targets")
    if arguments.resumed_at_most is not None and not {"pulsegate", "resumed"} <= {target.name for target in chosen}:
        raise RigError("--resumed-at-most compares resumed with pulsegate: both must be among the targets")
    return chosen


def inspect_all(comparison, chosen):
    answers = {}
    for target in chosen:
        answers[target.name] = comparison.with_target(
            target, lambda _process, port, target: judge.inspect(target, port, comparison.pki))
        for version, verdicts in answers[target.name].items():
            print(f"  {target.name:10} {version}  " + ", ".join(f"{who}: {what}" for who, what in verdicts.items()))
    return answers


def measure_all(comparison, chosen):
    runs = {target.name: [] for target in chosen}
    for number in range(comparison.arguments.runs):
        # Each round starts with another target, so that none always follows the same one.
        shift = number % len(chosen)
        for target in chosen[shift:] + chosen[:shift]:
            run = comparison.with_target(target, comparison.measure)
            runs[target.name].append(run)
            print(f"  run {number + 1}  {target.name:10} {run['cpu_us']:7.0f} us/conn  {run['per_second']:6.0f} conn/s"
                  f"  other load {run['others_share']:.0%} of a core", flush=True)
    return runs


def check_same_work(runs):
    """Every run of every target agreed on the same protocol, suite and group, and none sent a ticket but who resumes."""
    notes = []
    agreements = {agreement for all_runs in runs.values() for run in all_runs for agreement in run["client"]["agreements"]}
    if len(agreements) != 1:
        raise RigError(f"the targets do not do the same work: {', '.join(sorted(agreements))}")
    for name, all_runs in runs.items():
        tickets = sum(run["client"]["connections_with_ticket"] for run in all_runs)
        resumed = sum(run["client"]["resumed"] for run in all_runs)
        if targets.TARGETS[name].resumes:
            count = sum(run["client"]["succeeded"] for run in all_runs)
            print(f"\n{name}: {resumed} of {count} handshakes were resumed")
        elif tickets or resumed:
            notes.append(f"{name} sent session tickets on {tickets} connections: its work is not the same")
    return agreements.pop(), notes


def compare(arguments, folder):
    chosen = choose_targets(arguments)
    places.require_load_client(arguments.load)
    comparison = Comparison(arguments, folder)
    versions = {target.name: target.version() for target in chosen}
    host = machine()
    print(f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}; target on CPU {comparison.server_cpu}, "
          f"load client and echo on CPU {comparison.client_cpu}")
    for name, version in versions.items():
        print(f"  {name:10} {version}")
    try:
        comparison.start_echo()
        print("Before timing: who is served?")
        answers = inspect_all(comparison, chosen)
        print(f"{arguments.runs} runs each of {arguments.connections} full handshakes, {arguments.parallel} at once, "
              f"{arguments.devices} devices, a CRL of {arguments.crl_entries} entries")
        runs = measure_all(comparison, chosen)
    finally:
        comparison.stop_echo()
    agreement, notes = check_same_work(runs)
    summaries = {name: report.summarize(all_runs) for name, all_runs in runs.items()}
    print(f"\n{agreement}; medians of the used runs\n")
    baseline = "nginx" if "nginx" in summaries else "pulsegate"
    print("\n".join([*report.table(summaries, baseline), "", *targets.marks(summaries)]).rstrip())
    if not all(summary["quiet"] for summary in summaries.values()):
        print(f"\n(~) fewer than {report.ENOUGH_RUNS} runs without other load on the two CPUs: all are in the row. "
              "Trust its CPU column more than conn/s and latency.")
    for note in notes:
        print(f"\nNOTE: {note}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"machine": host, "versions": versions, "arguments": vars(arguments), "agreement": agreement,
                       "answers": answers, "runs": runs, "summary": summaries, "notes": notes}, file, indent=1)
    bounds = (("pulsegate", "nginx", arguments.at_most), ("resumed", "pulsegate", arguments.resumed_at_most))
    # Each is said, also when the first is not met.
    verdicts = [judge_ratio(summaries, notes, *bound) for bound in bounds if bound[2] is not None]
    return 0 if all(verdicts) else 1


def judge_ratio(summaries, notes, name, baseline, at_most):
    ratio = summaries[name]["cpu_us"]["median"] / summaries[baseline]["cpu_us"]["median"]
    verdict = ratio <= at_most and not notes
    print(f"\n{name} / {baseline} = {ratio:.3f}, at most {at_most}: {'yes' if verdict else 'NO'}")
    return verdict


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="pulsegate-compare-")
    try:
        return compare(arguments, folder)
    except RigError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        print(f"compare.py: {' '.join(error.cmd[:3])} failed:\n{error.stderr}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
