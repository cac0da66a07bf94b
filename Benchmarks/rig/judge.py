"""What every target must do before it is timed: serve a good device, refuse the others.

The judge is Python's own TLS client, not the load client that measures.
"""

import socket
import ssl

from .processes import RigError

MESSAGE = b"is this upstream reached?"
# The first handshake of some targets puts a long CRL in order.
PATIENCE_SECONDS = 60


def attempt(port, pki, credential, version):
    """"echo" when the upstream answered, else how the refusal looked to the device."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki.root)
    context.minimum_version = context.maximum_version = version
    if credential:
        context.load_cert_chain(*credential)
    try:
        raw = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        with raw, context.wrap_socket(raw, server_hostname="localhost") as tls:
            tls.sendall(MESSAGE)
            answer = b""
            while len(answer) < len(MESSAGE):
                piece = tls.recv(4096)
                if not piece:
                    return "closed, no alert"
                answer += piece
            return "echo" if answer == MESSAGE else "wrong echo"
    except ssl.SSLError as error:
        return (error.reason or str(error)).lower().replace("_", " ")
    except OSError as error:
        return str(error)


def inspect(name, port, pki):
    """The three answers per TLS version; raises when a target does not do the work that is compared."""
    answers = {}
    for label, version in (("TLSv1.3", ssl.TLSVersion.TLSv1_3), ("TLSv1.2", ssl.TLSVersion.TLSv1_2)):
        answers[label] = {
            "good device": attempt(port, pki, pki.good_device, version),
            "revoked": attempt(port, pki, pki.revoked_device, version),
            "no certificate": attempt(port, pki, None, version),
        }
        if answers[label]["good device"] != "echo":
            raise RigError(f"{name}, {label}: a good device gets no echo: {answers[label]['good device']}")
        for refused in ("revoked", "no certificate"):
            if answers[label][refused] in ("echo", "wrong echo"):
                raise RigError(f"{name}, {label}: the device that must be refused ({refused}) reaches the upstream")
    return answers
