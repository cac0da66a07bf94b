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


def inspect(target, port, pki):
    """The three answers per TLS version; raises when the target does not do the work that is compared.

    A target that is known to read no CRL must serve the revoked device, so that its mark is true.
    """
    answers = {}
    for label, version in (("TLSv1.3", ssl.TLSVersion.TLSv1_3), ("TLSv1.2", ssl.TLSVersion.TLSv1_2)):
        found = {
            "good device": attempt(port, pki, pki.good_device, version),
            "revoked": attempt(port, pki, pki.revoked_device, version),
            "no certificate": attempt(port, pki, None, version),
        }
        complaint = disagreement(found, target.checks_revocation)
        if complaint:
            raise RigError(f"{target.name}, {label}: {complaint}")
        answers[label] = found
    return answers


def disagreement(found, checks_revocation):
    """What a target does otherwise than it should, or None."""
    if found["good device"] != "echo":
        return f"a good device gets no echo: {found['good device']}"
    refused = ["no certificate"]
    if checks_revocation:
        refused.append("revoked")
    elif found["revoked"] != "echo":
        return f"the revoked device is said to be served, and is not: {found['revoked']}"
    for who in refused:
        if found[who] in ("echo", "wrong echo"):
            return f"the device that must be refused ({who}) reaches the upstream"
    return None
