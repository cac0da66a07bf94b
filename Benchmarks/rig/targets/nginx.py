"""nginx with its stream module."""

import os
import re

from ..processes import RigError
from .target import Target, output_of, write


class Nginx(Target):
    name = "nginx"
    installation = "apt-get install nginx libnginx-mod-stream"

    def __init__(self, program, **settings):
        super().__init__(program, **settings)
        self.build = output_of(program, "-V")
        self.load_module = self._find_stream_module()

    def version(self):
        version = re.search(r"nginx/(\S+)", self.build)
        return f"{version.group(1)} OpenSSL {self.linked_openssl()}" if version else "unknown version"

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
