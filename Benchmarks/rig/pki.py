"""A throw-away PKI for one comparison, made with the openssl command."""

import os
import secrets
import subprocess

from . import many_devices, revocation_list

DAYS = "30"
# A root revokes few authorities, however many devices are revoked.
ROOT_CRL_ENTRIES = 100

EXTENSIONS = """
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[device]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = URI:${ENV::DEVICE_URI}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[req]
distinguished_name = name
prompt = no
[name]
CN = ${ENV::COMMON_NAME}
"""


class PKI:
    """Root, intermediate, server, many devices and one revoked device; a CRL of both authorities, the intermediate's of
    exactly `crl_entries`.

    Everything is P-256. A device sends its certificate and the intermediate; the targets trust only the root.
    """

    def __init__(self, folder, devices, crl_entries, crl_form="PEM"):
        self.folder = folder
        self.crl_form = crl_form
        self.credentials = os.path.join(folder, "devices")
        os.makedirs(self.credentials, mode=0o700)
        with open(self._path("openssl.cnf"), "w") as file:
            file.write(EXTENSIONS)
        self.root = self._path("root.pem")
        self.intermediate = self._path("intermediate.pem")
        self._issue("root", "Bench Root", "root", None)
        self._issue("intermediate", "Bench Issuing", "intermediate", "root")
        self._issue("server", "localhost", "server", "intermediate")
        self._chain("server", self._path("server-chain.pem"))
        self._concatenate(self._path("server-combined.pem"), ["server-chain.pem", "server.key"], mode=0o600)
        for number in range(1, devices + 1):
            self._device(f"device-{number:04}", self.credentials)
        revoked = self._device("revoked", self.folder)
        self.revoked_serials = [revoked]
        self.root_crl = self.revoke("root", [], min(crl_entries, ROOT_CRL_ENTRIES))
        self.intermediate_crl = self.revoke("intermediate", [revoked], crl_entries)
        self.crls = self._path("crls.pem")
        if crl_form == "PEM":
            self._concatenate(self.crls, ["root.crl", "intermediate.crl"])

    @property
    def server_chain(self):
        return self._path("server-chain.pem")

    @property
    def server_key(self):
        return self._path("server.key")

    @property
    def server_combined(self):
        """Chain and key in one file, as haproxy wants them."""
        return self._path("server-combined.pem")

    @property
    def good_device(self):
        return (os.path.join(self.credentials, "device-0001.pem"), os.path.join(self.credentials, "device-0001.key"))

    @property
    def revoked_device(self):
        return (self._path("revoked-chain.pem"), self._path("revoked.key"))

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _openssl(self, *arguments, **environment):
        variables = {"DEVICE_URI": "unused", "COMMON_NAME": "unused"}
        subprocess.run(
            ["openssl", *arguments],
            env={**os.environ, **variables, **environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True,
        )

    def _issue(self, name, common_name, section, issuer, uri="unused"):
        serial = secrets.randbits(120) | 1 << 120
        key, request, certificate = (self._path(f"{name}.{kind}") for kind in ("key", "csr", "pem"))
        config = self._path("openssl.cnf")
        self._openssl("req", "-new", "-config", config, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", key, "-out", request, COMMON_NAME=common_name)
        os.chmod(key, 0o600)
        signer = ["-CA", self._path(f"{issuer}.pem"), "-CAkey", self._path(f"{issuer}.key")] if issuer else ["-signkey", key]
        self._openssl("x509", "-req", "-in", request, *signer, "-set_serial", str(serial), "-days", DAYS, "-sha256",
                      "-extfile", config, "-extensions", section, "-out", certificate, DEVICE_URI=uri)
        os.remove(request)
        return serial

    def _device(self, name, folder):
        serial = self._issue(name, name, "device", "intermediate", uri=f"urn:hospital:device:pump:{name}")
        suffix = "" if folder == self.credentials else "-chain"
        self._chain(name, os.path.join(folder, f"{name}{suffix}.pem"))
        os.rename(self._path(f"{name}.key"), os.path.join(folder, f"{name}.key"))
        os.remove(self._path(f"{name}.pem"))
        return serial

    def _chain(self, name, output):
        self._concatenate(output, [f"{name}.pem", "intermediate.pem"])

    def _concatenate(self, output, names, mode=0o644):
        with open(output, "w") as out:
            os.chmod(output, mode)
            for name in names:
                with open(self._path(name)) as file:
                    out.write(file.read())

    def many_devices(self, count):
        """A folder of so many more credentials."""
        name = many_devices.NAME.format(0)
        # One for folders of every size: their keys are links to its key.
        if not os.path.exists(self._path(f"{name}.key")):
            self._device(name, self.folder)
        return many_devices.make(self._path(f"{name}-chain.pem"), self._path(f"{name}.key"), self._path("intermediate.key"),
                                 count, self._path(f"many-{count}"))

    def revoke(self, issuer, serials, entries, number=1, name=None):
        crl = self._path(name or f"{issuer}.crl")
        revocation_list.write(crl, self._path(f"{issuer}.pem"), self._path(f"{issuer}.key"), entries, serials, int(DAYS),
                              number=number, form=self.crl_form)
        return crl

    def victim(self, number):
        """A device that no list names yet, beside the others; the next list of the intermediate, unused yet, names it, too."""
        name = f"victim-{number}"
        self.revoked_serials.append(self._device(name, self.folder))
        credential = (self._path(f"{name}-chain.pem"), self._path(f"{name}.key"))
        return credential, lambda entries: self.revoke("intermediate", self.revoked_serials, entries, number + 1, f"{name}.crl")
