"""Devices that ping through a gateway all the time, in a process of their own, and how long each echo took."""

import gc
import multiprocessing
import os
import selectors
import socket
import ssl
import time

PING = b"how long does this take?"
# What waits for a CPU here is not the gateway's stall: these processes go first, where the system lets them.
PRIORITY = 10


def go_first(pid=0):
    """Whether a process runs ahead of everything else now; what it starts does not."""
    try:
        os.sched_setscheduler(pid, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
        return True
    except PermissionError:
        return False


def connect(port, pki, credential):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki.root)
    context.load_cert_chain(*credential)
    raw = socket.create_connection(("127.0.0.1", port), 5)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(raw, server_hostname="localhost")


class Pinger:
    """`connections` that each ping every `interval` seconds, or when the last echo has come if that is later."""

    def __init__(self, port, pki, connections, interval, credential=None):
        self.parent, child = multiprocessing.Pipe()
        arguments = child, port, pki, connections, interval, credential or pki.good_device
        self.process = multiprocessing.Process(target=self._run, args=arguments, daemon=True)
        self.process.start()
        self.goes_first = self.parent.recv()

    def echoes(self):
        """Ends it: (when sent, seconds to the echo) of every ping, by time.monotonic()."""
        self.parent.send("stop")
        echoes = self.parent.recv()
        self.process.join()
        return echoes

    @staticmethod
    def _run(pipe, port, pki, connections, interval, credential):
        gc.disable()
        goes_first = go_first()
        selector = selectors.DefaultSelector()
        sockets = [connect(port, pki, credential) for _ in range(connections)]
        begin = time.monotonic()
        due = [begin + interval * number / connections for number in range(connections)]
        sent = [None] * connections
        left = [0] * connections
        for number, tls in enumerate(sockets):
            tls.setblocking(False)
            selector.register(tls, selectors.EVENT_READ, number)
        selector.register(pipe, selectors.EVENT_READ, None)
        echoes = []
        pipe.send(goes_first)
        while True:
            now = time.monotonic()
            for number in range(connections):
                if sent[number] is None and due[number] <= now:
                    sent[number], left[number] = time.monotonic(), len(PING)
                    due[number] = max(due[number] + interval, sent[number])
                    sockets[number].send(PING)
            wait = min((due[number] for number in range(connections) if sent[number] is None), default=now + interval)
            for key, _ in selector.select(max(0.0, wait - time.monotonic())):
                if key.data is None:
                    pipe.send(echoes)
                    return
                number = key.data
                try:
                    piece = sockets[number].recv(len(PING))
                except ssl.SSLWantReadError:
                    continue
                if not piece:
                    raise ConnectionError("the gateway ended a session that it should have kept")
                left[number] -= len(piece)
                if left[number] == 0:
                    echoes.append((sent[number], time.monotonic() - sent[number]))
                    sent[number] = None
