"""stunnel, which gives each connection a thread: there is no number of workers to set, and one CPU holds it to one's work."""

import os
import re

from .target import Target, disable_tickets, output_of, write


class Stunnel(Target):
    name = "stunnel"
    installation = "apt-get install stunnel4"
    programs = ("stunnel4", "stunnel")
    omission = "asks the CRL about the device's certificate alone, not about its issuer's"

    def version(self):
        match = re.search(r"^stunnel (\S+)", output_of(self.program, "-version"), re.MULTILINE)
        return f"{match.group(1)} OpenSSL {self.linked_openssl()}" if match else "unknown version"

    def configure(self, folder, port, upstream, pki):
        no_tickets = "" if self.tickets else "options = NO_TICKET\nsessionResume = no"
        config = f"""
foreground = yes
pid =
debug = err
syslog = no
[devices]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{upstream}
cert = {pki.server_chain}
key = {pki.server_key}
sslVersionMin = TLSv1.2
curves = X25519:P-256
CAfile = {pki.root}
CRLfile = {pki.crls}
verifyChain = yes
{no_tickets}
"""
        path = os.path.join(folder, "stunnel.conf")
        write(path, config)
        if not self.tickets:
            self.environment = disable_tickets(folder)
        return [self.program, path]
