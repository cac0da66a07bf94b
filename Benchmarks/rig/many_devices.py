"""Thousands of devices in seconds: certificates cut from one template, each signed by the issuing CA.

They differ in serial number and name, and share one key, which costs a gateway the same as one each.
"""

import base64
import ctypes
import ctypes.util
import os
import secrets

from .processes import RigError

NAME = "storm-{:06}"


class Signer:
    """ECDSA with SHA-256 by OpenSSL's own library; the command would take a process for each signature."""

    def __init__(self, key):
        crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
        for name in ("BIO_new_mem_buf", "PEM_read_bio_PrivateKey", "EVP_MD_CTX_new", "EVP_sha256"):
            getattr(crypto, name).restype = ctypes.c_void_p
        with open(key, "rb") as file:
            pem = file.read()
        bio = ctypes.c_void_p(crypto.BIO_new_mem_buf(pem, len(pem)))
        self.key = ctypes.c_void_p(crypto.PEM_read_bio_PrivateKey(bio, None, None, None))
        if not self.key:
            raise RigError(f"{key} holds no private key")
        crypto.BIO_free(bio)
        self.crypto = crypto

    def sign(self, octets):
        context = ctypes.c_void_p(self.crypto.EVP_MD_CTX_new())
        digest = ctypes.c_void_p(self.crypto.EVP_sha256())
        signature, count = ctypes.create_string_buffer(128), ctypes.c_size_t(128)
        done = (self.crypto.EVP_DigestSignInit(context, None, digest, None, self.key) == 1
                and self.crypto.EVP_DigestSign(context, signature, ctypes.byref(count), octets, ctypes.c_size_t(len(octets))) == 1)
        self.crypto.EVP_MD_CTX_free(context)
        if not done:
            raise RigError("OpenSSL does not sign")
        return signature.raw[:count.value]


def split(octets):
    """The content of a DER value, and where it ends."""
    count, at = octets[1], 2
    if count & 0x80:
        at += count & 0x7F
        count = int.from_bytes(octets[2:at], "big")
    return octets[at:at + count], at + count


def tlv(tag, content):
    count = len(content)
    if count < 0x80:
        return bytes([tag, count]) + content
    size = (count.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + count.to_bytes(size, "big") + content


def read_pem(path):
    """The DER of the first certificate, and the text of the others."""
    with open(path) as file:
        first, _, rest = file.read().partition("-----END CERTIFICATE-----\n")
    return base64.b64decode(first.partition("-----BEGIN CERTIFICATE-----\n")[2]), rest


def make(template, key, issuer_key, count, folder):
    """Writes `count` credentials into `folder`. `template` is a leaf named NAME.format(0) with its chain."""
    os.makedirs(folder, mode=0o700)
    certificate, chain = read_pem(template)
    inside, _ = split(certificate)
    _, end = split(inside)
    signed, rest = inside[:end], inside[end:]
    algorithm = rest[:split(rest)[1]]
    # version [0], then the serial number: 16 octets, as the rig draws them.
    serial = signed.index(b"\x02\x10", 4) + 2
    name, signer = NAME.format(0).encode(), Signer(issuer_key)
    for number in range(1, count + 1):
        tbs = signed[:serial] + b"\x01" + secrets.token_bytes(15) + signed[serial + 16:]
        tbs = tbs.replace(name, NAME.format(number).encode())
        der = tlv(0x30, tbs + algorithm + tlv(0x03, b"\0" + signer.sign(tbs)))
        path = os.path.join(folder, NAME.format(number))
        text = base64.encodebytes(der).decode()
        with open(f"{path}.pem", "w") as file:
            file.write(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n{chain}")
        os.link(key, f"{path}.key")
    return folder
