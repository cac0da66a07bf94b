"""Pulsegate itself."""

import os

from .target import Target, output_of, write


class Pulsegate(Target):
    name = "pulsegate"
    resumption = "never"

    def version(self):
        text = output_of(self.program, "--version").strip()
        return f"{text.splitlines()[0]} OpenSSL {self.linked_openssl()}" if text else "unknown version"

    def configure(self, folder, port, upstream, pki):
        state = os.path.join(folder, "state")
        os.makedirs(state, mode=0o700)
        config = f"""
state_directory: {state}
workers: {self.workers}
trust_anchors:
  device-ca:
    certificates: [{pki.root}]
    intermediates: [{pki.intermediate}]
    revocation:
      crls: [{{ file: {pki.root_crl} }}, {{ file: {pki.intermediate_crl} }}]
listeners:
  devices:
    bind: ["127.0.0.1:{port}"]
    protocol: tcp
    server_certificates: [{{ chain: {pki.server_chain}, key: {pki.server_key} }}]
    trust: [device-ca]
    resumption: {"allowed" if self.tickets else self.resumption}
    upstream: echo
upstreams:
  echo: {{ addresses: ["127.0.0.1:{upstream}"] }}
policies:
  - {{ name: all, devices: any }}
"""
        path = os.path.join(folder, "pulsegate.yaml")
        write(path, config)
        return [self.program, "run", "--config", path]


class ResumingPulsegate(Pulsegate):
    """The same gateway, to which devices come back with the sessions of their last connections."""

    name = "resumed"
    resumption = "allowed"
    resumes = True
