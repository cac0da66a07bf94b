"""HAProxy in TCP mode."""

import os
import re

from .target import Target, disable_tickets, output_of, write


class HAProxy(Target):
    name = "haproxy"
    installation = "apt-get install haproxy"

    def version(self):
        text = output_of(self.program, "-vv")
        version = re.search(r"HAProxy version (\S+)", text)
        openssl = re.search(r"Running on OpenSSL version : (OpenSSL \S+)", text)
        return " ".join(match.group(1) for match in (version, openssl) if match)

    def configure(self, folder, port, upstream, pki):
        bind = (f"ssl crt {pki.server_combined} ca-file {pki.root} crl-file {pki.crls} verify required "
                f"{'' if self.tickets else 'no-tls-tickets '}ssl-min-ver TLSv1.2 curves X25519:P-256")
        config = f"""
global
    nbthread {self.workers}
    maxconn 9000
    {"" if self.tickets else "tune.ssl.cachesize 0"}
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend devices
    bind 127.0.0.1:{port} backlog 4096 {bind}
    default_backend echo
backend echo
    server echo 127.0.0.1:{upstream}
"""
        path = os.path.join(folder, "haproxy.cfg")
        write(path, config)
        if not self.tickets:
            self.environment = disable_tickets(folder)
        return [self.program, "-db", "-f", path]
