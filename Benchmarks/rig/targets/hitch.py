"""hitch, libev and OpenSSL like Pulsegate, which verifies a device's certificate against an authority, and reads no CRL."""

import os
import re

from .target import Target, disable_tickets, output_of, write


class Hitch(Target):
    name = "hitch"
    installation = "apt-get install hitch"
    omission = "reads no CRL and serves the revoked device"
    checks_revocation = False

    def version(self):
        match = re.search(r"hitch (\S+)", output_of(self.program, "--version"))
        return f"{match.group(1)} OpenSSL {self.linked_openssl()}" if match else "unknown version"

    def configure(self, folder, port, upstream, pki):
        # As root it demands to be told that root is meant.
        user = 'user = "root"\ngroup = "root"' if os.geteuid() == 0 else ""
        config = f"""
frontend = "[127.0.0.1]:{port}"
backend = "[127.0.0.1]:{upstream}"
pem-file = "{pki.server_combined}"
workers = {self.workers}
backlog = 4096
tls-protos = TLSv1.2 TLSv1.3
ecdh-curve = "X25519:P-256"
client-verify = required
client-verify-ca = "{pki.root}"
# No helper process that looks after OCSP staples.
ocsp-dir = ""
log-level = 1
syslog = off
daemon = off
{user}
"""
        path = os.path.join(folder, "hitch.conf")
        write(path, config)
        if not self.tickets:
            self.environment = disable_tickets(folder)
        return [self.program, f"--config={path}"]
