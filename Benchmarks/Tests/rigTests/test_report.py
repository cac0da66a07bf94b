"""How runs become a table: which runs count, and what the ratio is of. Run: python3 Tests/rigTests/test_report.py"""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from rig import report
from rig.processes import RigError


def run(cpu, others):
    return {"cpu_us": cpu, "others_share": others, "user_us": cpu, "system_us": 0.0, "per_second": 1.0, "server_core": 1.0,
            "p50_ms": 1.0, "p99_ms": 2.0, "pss_idle_mib": 1.0, "pss_mib": None}


class UsedRuns(unittest.TestCase):
    def test_noisy_runs_are_left_out_where_three_quiet_ones_remain(self):
        runs = [run(1, 0.0), run(2, 0.5), run(3, 0.0), run(4, 0.19)]
        self.assertEqual(report.used_runs(runs), ([runs[0], runs[2], runs[3]], True))

    def test_all_runs_count_and_are_marked_where_too_few_are_quiet(self):
        runs = [run(1, 0.0), run(2, 0.2), run(3, 0.9)]
        self.assertEqual(report.used_runs(runs), (runs, False))

    def test_the_choice_looks_at_other_load_never_at_the_result(self):
        runs = [run(1, 0.0), run(9000, 0.0), run(1, 0.0), run(1, 0.9)]
        self.assertEqual(report.summarize(runs)["cpu_us"], {"median": 1, "min": 1, "max": 9000})


class Table(unittest.TestCase):
    def test_the_ratio_is_of_medians(self):
        summaries = {"nginx": report.summarize([run(1000, 0.0)] * 3), "pulsegate": report.summarize([run(500, 0.0)] * 3)}
        lines = report.table(summaries, "nginx")
        self.assertIn("| 1.00 ", lines[2])
        self.assertIn("| 0.50 ", lines[3])

    def test_without_the_baseline_there_is_no_ratio(self):
        lines = report.table({"haproxy": report.summarize([run(1000, 0.9)])}, "nginx")
        self.assertEqual([cell.strip() for cell in lines[2].split("|")][1:5], ["haproxy (~)", "1000", "1000-1000", "-"])

    def test_a_figure_that_could_not_be_had_is_a_dash(self):
        self.assertNotIn("pss_mib", report.summarize([run(1, 0.0)]))


class Paste(unittest.TestCase):
    def test_only_what_stands_between_the_comments_changes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "README.md")
            with open(path, "w") as file:
                file.write("above\n<!-- peers.py: begin -->\nold\n<!-- peers.py: end -->\nbelow\n")
            report.paste(path, "peers.py", ["new", "lines"])
            with open(path) as file:
                self.assertEqual(file.read(), "above\n<!-- peers.py: begin -->\nnew\nlines\n<!-- peers.py: end -->\nbelow\n")
            with self.assertRaises(RigError):
                report.paste(path, "other.py", ["new"])


if __name__ == "__main__":
    unittest.main()
