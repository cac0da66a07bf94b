"""The comparison with the peers: in which order, what is refused, what survives a kill, what the tables say.

Run: python3 -m unittest discover -s Benchmarks/Tests/rigTests
"""

import json
import os
import sys
import tempfile
import types
import unittest
import unittest.mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from rig import journal, judge, plan, standings
from rig.processes import RigError
from rig.works import WORKS

ARGUMENTS = types.SimpleNamespace(connections=2000, devices=64, storm=10000, idle=2000, seconds=2.0)
IDENTITY = {"machine": {"cpu": "a"}, "versions": {"pulsegate": "1"}, "settings": {"crl_entries": 100}}


def client(**changes):
    return {"succeeded": 100, "failed": 0, "connections_with_ticket": 0, "resumed": 0, "failures": {}, **changes}


def figures(value):
    return {"value": value, "client": client(seconds=1.0, message_milliseconds={"p99": 2.0})}


class Order(unittest.TestCase):
    def test_every_round_has_all_works_and_starts_with_another_target(self):
        planned = plan.runs(["full", "idle"], ["pulsegate", "nginx"], 2)
        self.assertEqual([(run.number, run.work, run.label) for run in planned], [
            (0, "full", "pulsegate"), (0, "full", "nginx"), (0, "idle", "pulsegate"), (0, "idle", "nginx"),
            (1, "full", "nginx"), (1, "full", "pulsegate"), (1, "idle", "nginx"), (1, "idle", "pulsegate")])

    def test_resumption_is_offered_by_all_alike_or_by_none(self):
        for work in ("full", "full-offered", "resumed"):
            settings = {dict(run.settings)["tickets"] for run in plan.runs([work], ["pulsegate", "nginx", "hitch"], 1)}
            self.assertEqual(settings, {WORKS[work].tickets})

    def test_workers_are_compared_whatever_the_gateways(self):
        self.assertEqual([run.label for run in plan.runs(["two"], ["nginx"], 1)], ["1", "2"])

    def test_the_forecast_learns_from_the_runs_so_far(self):
        planned = plan.runs(["full"], ["pulsegate", "nginx"], 1)
        forecast = plan.Forecast(planned, ARGUMENTS)
        forecast.passes(planned[0], 3 * planned[0].seconds(ARGUMENTS))
        self.assertAlmostEqual(forecast.seconds_left, 3 * planned[1].seconds(ARGUMENTS))


class SameWork(unittest.TestCase):
    def test_a_ticket_where_resumption_is_off_ends_the_comparison(self):
        WORKS["full"].check(client())
        with self.assertRaisesRegex(RigError, "resumption is off"):
            WORKS["full"].check(client(connections_with_ticket=1))
        with self.assertRaisesRegex(RigError, "resumption is off"):
            WORKS["full"].check(client(resumed=1))

    def test_a_connection_without_a_ticket_where_resumption_is_on_ends_it(self):
        WORKS["full-offered"].check(client(connections_with_ticket=100))
        with self.assertRaisesRegex(RigError, "only 99 of 100"):
            WORKS["full-offered"].check(client(connections_with_ticket=99))

    def test_those_who_come_back_are_resumed(self):
        WORKS["resumed"].check(client(connections_with_ticket=100, resumed=80))
        with self.assertRaisesRegex(RigError, "only 79"):
            WORKS["resumed"].check(client(connections_with_ticket=100, resumed=79))


class Verdicts(unittest.TestCase):
    GOOD = {"good device": "echo", "revoked": "certificate revoked", "no certificate": "certificate required"}

    def test_a_gateway_that_checks_refuses_the_revoked_device(self):
        self.assertIsNone(judge.disagreement(self.GOOD, checks_revocation=True))
        self.assertIn("(revoked)", judge.disagreement({**self.GOOD, "revoked": "echo"}, checks_revocation=True))

    def test_a_mark_that_is_not_true_is_found(self):
        self.assertIsNone(judge.disagreement({**self.GOOD, "revoked": "echo"}, checks_revocation=False))
        self.assertIn("is said to be served", judge.disagreement(self.GOOD, checks_revocation=False))

    def test_nobody_is_served_without_a_certificate(self):
        served = {**self.GOOD, "revoked": "echo", "no certificate": "echo"}
        self.assertIn("(no certificate)", judge.disagreement(served, checks_revocation=False))


class Journals(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "peers.json")
        self.planned = plan.runs(["full"], ["pulsegate", "nginx"], 2)

    def missing(self, book):
        return [run for run in self.planned if not book.holds(run)]

    def test_what_was_run_before_a_kill_is_not_run_again(self):
        book = journal.Journal(self.path, IDENTITY)
        for run in self.planned[:3]:
            book.add(run, figures(1))
        again = journal.Journal(self.path, IDENTITY)
        self.assertEqual(self.missing(again), self.planned[3:])
        self.assertEqual(len(again.document["invocations"]), 2)

    def test_the_file_of_before_stays_until_all_runs_are_there(self):
        with open(self.path, "w") as file:
            file.write("{}")
        book = journal.Journal(self.path, IDENTITY)
        book.add(self.planned[0], figures(1))
        self.assertEqual(journal.read(self.path), {})
        book.complete()
        self.assertEqual(len(journal.read(self.path)["results"]["full"]["pulsegate"]), 1)
        self.assertEqual(os.listdir(self.folder.name), ["peers.json"])

    def test_runs_of_another_build_are_not_mixed_in(self):
        journal.Journal(self.path, IDENTITY).add(self.planned[0], figures(1))
        other = {**IDENTITY, "versions": {"pulsegate": "2"}}
        with self.assertRaisesRegex(RigError, "another versions.*--fresh"):
            journal.Journal(self.path, other)
        self.assertEqual(self.missing(journal.Journal(self.path, other, fresh=True)), self.planned)


class Tables(unittest.TestCase):
    def results(self, **values):
        return {name: [figures(value)] for name, value in values.items()}

    def test_a_bound_is_met_up_to_its_value(self):
        lines = standings.bounds({"full": self.results(pulsegate=50, nginx=100)})
        self.assertEqual([cell.strip() for cell in lines[2].split("|")[2:5]], ["0.50", "0.50: met", "0.35: missed"])

    def test_who_verifies_less_is_no_measure_of_handshakes_but_of_messages(self):
        wanted = dict(WORKS["pingpong"].wanted)
        found = [peer for peer, *_ in standings.ratios("pingpong", standings.summarize(
            {"pingpong": self.results(pulsegate=9, nginx=10, hitch=8)})["pingpong"])]
        self.assertEqual((found, list(wanted)), (["hitch *, the best"], ["best"]))
        for lesser in ("hitch", "stunnel"):
            self.assertNotIn(lesser, WORKS["full"].wanted)
        best = types.SimpleNamespace(wanted={"best": (1, 1)}, verifies=True)
        with unittest.mock.patch.dict(standings.WORKS, {"handshake": best}):
            found = [peer for peer, *_ in standings.ratios("handshake", standings.summarize(
                {"handshake": self.results(pulsegate=9, nginx=10, hitch=8, stunnel=7)})["handshake"])]
        self.assertEqual(found, ["nginx, the best"])

    def test_the_mark_is_explained_where_it_stands(self):
        self.assertIn("reads no CRL", standings.figures({"full": self.results(pulsegate=1, hitch=1)})[-1])
        self.assertNotIn("reads no CRL", "".join(standings.figures({"full": self.results(pulsegate=1, nginx=1)})))

    def test_an_invocation_that_was_ended_has_its_tables_too(self):
        document = {**IDENTITY, "machine": {"cpu": "a", "cpus": 2, "kernel": "6"}, "invocations": [{}, {}],
                    "results": {"full": self.results(nginx=1), "two": {"1": [figures(1)]}}}
        text = "\n".join(standings.section(document))
        self.assertIn("Medians of 1 alternating runs in 2 invocations", text)
        self.assertEqual(json.loads(json.dumps(document)), document)


if __name__ == "__main__":
    unittest.main()
