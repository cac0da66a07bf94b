"""Where Pulsegate stands beside its peers: medians, ratios, and their tables in Markdown."""

import statistics

from . import report, targets
from .works import BURST_SECONDS, BURST_SESSIONS, PEERS, WORKS

NAMES = {"pulsegate": "Pulsegate", "haproxy": "HAProxy", "envoy": "Envoy"}
TWO_WORKERS_AT_MOST = 0.05


def shown(name):
    return targets.marked(name).replace(name, NAMES.get(name, name))


def summarize(results):
    """Median, least and most of every row."""
    return {name: {label: {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}
                   for label, runs in rows.items() if (values := [run["value"] for run in runs])}
            for name, rows in results.items()}


def ratios(name, summary):
    """What of Pulsegate's wants is met: (peer, ratio, must, aim). A peer that does less of this work is no measure."""
    ours = summary["pulsegate"]["median"]
    peers = {peer: row["median"] for peer, row in summary.items()
             if peer != "pulsegate" and not (targets.verifies_less(peer) and WORKS[name].verifies)}
    for peer, (must, aim) in WORKS[name].wanted.items():
        if peer == "best" and peers:
            best = min(peers, key=peers.get)
            yield f"{shown(best)}, the best", ours / peers[best], must, aim
        elif peer in peers:
            yield shown(peer), ours / peers[peer], must, aim


def cell(row):
    decimals = sum(row["median"] < limit for limit in (10, 100))
    return f"{row['median']:.{decimals}f} ({row['min']:.{decimals}f}–{row['max']:.{decimals}f})"


def gateways(results):
    return [name for name in PEERS if any(name in rows for rows in results.values())]


def figures(results):
    """Lines of the table: works down, gateways across, median (least–most)."""
    summaries, names = summarize(results), gateways(results)
    rows = [[work.title, work.unit, *(cell(summaries[name][peer]) if peer in summaries[name] else "" for peer in names)]
            for name, work in WORKS.items() if name in summaries and not work.columns]
    return report.markdown(["", "unit", *map(shown, names)], rows) + ["", *targets.marks(names)]


def verdict(ratio, bound):
    return f"{bound:.2f}: {'met' if ratio <= bound else '**missed**'}"


def bounds(results):
    """Lines of the table of ratios."""
    summaries = summarize(results)
    rows = [[f"{work.title}: {peer}", f"{ratio:.2f}", verdict(ratio, must), verdict(ratio, aim).replace("**", "")]
            for name, work in WORKS.items() if "pulsegate" in summaries.get(name, {})
            for peer, ratio, must, aim in ratios(name, summaries[name])]
    return report.markdown(["ratio to", "measured", "must", "aim"], rows) if rows else []


def sentences(results):
    """What the tables have no room for."""
    summaries = summarize(results)
    if {"1", "2"} <= set(summaries.get("two", {})):
        one, two = summaries["two"]["1"]["median"], summaries["two"]["2"]["median"]
        yield (f"With two workers a handshake costs {two:.0f} µs, with one on the same two CPUs {one:.0f}: {two / one - 1:+.1%} "
               f"(at most {TWO_WORKERS_AT_MOST:+.0%}).")
    if "storm" in results:
        yield f"The storm was over after {by_gateway(results['storm'], lambda client: client['seconds'], '{:.1f} s')}."
    if "pingpong" in results:
        p99 = by_gateway(results["pingpong"], lambda client: client["message_milliseconds"]["p99"], "{:.2f} ms")
        yield f"p99 of an echo of 256 bytes, 64 connections: {p99}."
    for name, rows in results.items():
        for label, runs in rows.items():
            failed = sum(run["client"]["failed"] for run in runs)
            if failed:
                yield f"{name}, {shown(label)}: {failed} connections FAILED."
            for run in runs:
                if "pss_after_burst_kib" in run:
                    start, after = run["pss_start_kib"], run["pss_after_burst_kib"]
                    yield (f"{BURST_SECONDS} s after {BURST_SESSIONS:,} sessions were closed, PSS was {after / start - 1:.0%} above what "
                           "it was before them (at most 20 %).")


def by_gateway(rows, figure, form):
    return ", ".join(f"{form.format(statistics.median(figure(run['client']) for run in rows[name]))} ({shown(name)})"
                     for name in PEERS if name in rows)


def counted(results):
    """How many runs the medians are of: "5", or "3 to 5" where an invocation was ended early."""
    counts = sorted({len(runs) for rows in results.values() for runs in rows.values()})
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def section(document):
    """Lines for Benchmarks/README.md: who was measured, on what, and the tables."""
    host, results = document["machine"], document["results"]
    versions = ", ".join(f"{NAMES.get(name, name)} {version}" for name, version in document["versions"].items())
    count = len(document["invocations"])
    invocations = "one invocation" if count == 1 else f"{count} invocations, each going on where the one before was ended"
    return [
        f"{host['cpu']}, {host['cpus']} CPUs, Linux {host['kernel']}; {versions}. One worker each, default configurations, a CRL of "
        f"{document['settings']['crl_entries']} entries. Medians of {counted(results)} alternating runs in {invocations}, with their least "
        "and most.", "",
        *figures(results), "", *bounds(results), "", *sentences(results),
    ]
