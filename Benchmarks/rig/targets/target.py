"""What every gateway that is compared has in common, and what it takes to make OpenSSL's peers do the same work."""

import os
import re
import subprocess


def output_of(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


def write(path, text):
    with open(path, "w") as file:
        file.write(text.lstrip())


# What each gateway calls "no tickets" leaves OpenSSL sending two stateful TLS 1.3 tickets per handshake. Some have no word for
# their number, but OpenSSL's own configuration has: every SSL_CTX of the process starts from it.
NO_TICKETS = """
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = defaults
[defaults]
NumTickets = 0
Options = -SessionTicket
"""


def disable_tickets(folder):
    """The environment for a process whose contexts of OpenSSL send no ticket."""
    path = os.path.join(folder, "openssl.cnf")
    write(path, NO_TICKETS)
    return {"OPENSSL_CONF": path}


class Target:
    """One gateway; `configure` writes its configuration into a folder of its own and returns the command.

    `environment` is added to the command's.
    """

    name = ""
    installation = ""
    # Names of its command, the preferred one first; none: its own name.
    programs = ()
    # Whether devices come back with their sessions; these targets are measured only when they are named.
    resumes = False
    # What it leaves out of the verification that the others do; its figures carry a mark then.
    omission = ""
    # Whether it refuses a revoked device at all.
    checks_revocation = True

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

    def linked_openssl(self):
        """The version of the libcrypto that the program loads, which may be newer than the one it was compiled with."""
        library = re.search(r"libcrypto\.so\.\S+ => (\S+)", output_of("ldd", self.program))
        versions = []
        if library:
            with open(library.group(1), "rb") as file:
                versions = re.findall(rb"OpenSSL (\d+\.\d+\.\d+) \d+ \w+ \d{4}", file.read())
        return versions[0].decode() if versions else "of unknown version"
