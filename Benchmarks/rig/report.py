"""From runs to medians, and from medians to a table."""

import statistics

from . import targets
from .processes import RigError

# A run during which others used this much of a core, on the two CPUs of the rig, is left out where enough quiet ones remain.
# The client's CPU counts too: two virtual CPUs may be one core's hardware threads, or share its caches.
NOISY_SHARE = 0.20
ENOUGH_RUNS = 3

COLUMNS = (
    ("cpu_us", "CPU us/conn", 0),
    ("user_us", "user", 0),
    ("system_us", "system", 0),
    ("per_second", "conn/s", 0),
    ("server_core", "core used", 2),
    ("p50_ms", "p50 ms", 2),
    ("p99_ms", "p99 ms", 2),
    ("pss_idle_mib", "PSS MiB", 1),
    ("pss_mib", "PSS after", 1),
)


def used_runs(runs):
    """The quiet runs, or all of them where fewer than three are quiet; and whether the choice was possible."""
    quiet = [run for run in runs if run["others_share"] < NOISY_SHARE]
    return (quiet, True) if len(quiet) >= min(ENOUGH_RUNS, len(runs)) else (runs, False)


def summarize(runs):
    used, quiet = used_runs(runs)
    summary = {"runs": len(runs), "used": len(used), "quiet": quiet}
    for key, _, _ in COLUMNS:
        values = [run[key] for run in used if run[key] is not None]
        if values:
            summary[key] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return summary


def table(summaries, baseline):
    """Lines of a Markdown table: medians, the span of the CPU column, the ratio to the baseline."""
    titles = ["target", COLUMNS[0][1], "min-max", f"x {baseline}"] + [title for _, title, _ in COLUMNS[1:]] + ["runs"]
    rows = []
    for name, summary in summaries.items():
        cpu = summary["cpu_us"]
        base = summaries.get(baseline, {}).get("cpu_us", {}).get("median")
        row = [targets.marked(name) + ("" if summary["quiet"] else " (~)"), f"{cpu['median']:.0f}", f"{cpu['min']:.0f}-{cpu['max']:.0f}",
               f"{cpu['median'] / base:.2f}" if base else "-"]
        for key, _, decimals in COLUMNS[1:]:
            row.append(f"{summary[key]['median']:.{decimals}f}" if key in summary else "-")
        rows.append(row + [f"{summary['used']} of {summary['runs']}"])
    return markdown(titles, rows)


def paste(path, name, lines):
    """Puts the lines between the two comments of that name in a Markdown file."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    with open(path) as file:
        before, found, rest = file.read().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise RigError(f"{path} has no two lines {begin.strip()} and {end.strip()} to paste between")
    with open(path, "w") as file:
        file.write(before + begin + "\n".join(lines) + "\n" + end + after)


def markdown(titles, rows):
    """Lines of a Markdown table, its columns aligned."""
    widths = [max(len(line[column]) for line in [titles, *rows]) for column in range(len(titles))]
    lines = [format_row(titles, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return lines + [format_row(row, widths) for row in rows]


def format_row(cells, widths):
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"
