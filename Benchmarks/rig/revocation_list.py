"""Revocation lists of any size, written as a stream: the openssl command needs minutes and gigabytes for a million entries."""

import base64
import hashlib
import os
import secrets
import subprocess
import time

from .processes import RigError

ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ENTRIES_AT_ONCE = 4096
SERIAL_OCTETS = 16


def tlv(tag, contents):
    return bytes([tag]) + length(len(contents)) + contents


def length(count):
    if count < 128:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def time_octets(seconds):
    return tlv(0x17, time.strftime("%y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def entry(serial):
    return tlv(0x30, integer(serial) + REVOKED_AT)


REVOKED_AT = time_octets(1767225600)
ENTRY_OCTETS = len(entry(1 << (8 * SERIAL_OCTETS - 2)))


def subject(certificate):
    """The DER of a certificate's subject."""
    der = subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], capture_output=True, check=True).stdout
    position, _ = contents(der, contents(der, 0)[0])
    for _ in ("version", "serialNumber", "signature", "issuer", "validity"):
        position = contents(der, position)[1]
    return der[position:contents(der, position)[1]]


def contents(der, position):
    """Where the contents of the element at `position` begin and end."""
    first = der[position + 1]
    count = first & 0x7F if first & 0x80 else 0
    start = position + 2 + count
    return start, start + (int.from_bytes(der[position + 2:start], "big") if count else first)


def key_identifier(certificate):
    text = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-ext", "subjectKeyIdentifier"],
                          capture_output=True, text=True, check=True).stdout
    return bytes.fromhex(text.strip().splitlines()[-1].strip().replace(":", ""))


def write(path, certificate, key, entries, revoked, days, number=1, form="PEM"):
    """A CRL of exactly `entries` entries: the serial numbers of `revoked`, and random ones of 16 octets.

    PEM, since every peer reads that; or DER.
    """
    now = int(time.time())
    revoked = [entry(serial) for serial in revoked]
    listed = sum(map(len, revoked)) + (entries - len(revoked)) * ENTRY_OCTETS
    identifier = tlv(0x30, bytes.fromhex("0603551d23") + tlv(0x04, tlv(0x30, tlv(0x80, key_identifier(certificate)))))
    crl_number = tlv(0x30, bytes.fromhex("0603551d14") + tlv(0x04, integer(number)))
    head = bytes.fromhex("020101") + ECDSA_WITH_SHA256 + subject(certificate)
    head += time_octets(now - 60) + time_octets(now + days * 86400)
    head += (bytes([0x30]) + length(listed)) if entries else b""
    tail = tlv(0xA0, tlv(0x30, identifier + crl_number))
    signed_count = len(head) + listed + len(tail)
    signed_head = bytes([0x30]) + length(signed_count) + head

    body = path + ".part"
    digest = hashlib.sha256()
    with open(body, "wb") as out:
        def put(octets):
            digest.update(octets)
            out.write(octets)
        put(signed_head)
        put(b"".join(revoked))
        left = entries - len(revoked)
        start = entry(1 << (8 * SERIAL_OCTETS - 2))[:4]
        end = REVOKED_AT
        while left > 0:
            count = min(left, ENTRIES_AT_ONCE)
            random = secrets.token_bytes(count * (SERIAL_OCTETS - 1))
            # The first octet keeps every serial number positive and of one length.
            put(b"".join(start + b"\x40" + random[at:at + SERIAL_OCTETS - 1] + end
                         for at in range(0, len(random), SERIAL_OCTETS - 1)))
            left -= count
        put(tail)
    signature = sign(key, digest.digest())
    assemble(path, body, signed_count, signature, form)
    os.remove(body)


def sign(key, digest):
    result = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-pkeyopt", "digest:sha256"], input=digest,
                            capture_output=True, check=False)
    if result.returncode:
        raise RigError(f"a CRL cannot be signed:\n{result.stderr.decode()}")
    return result.stdout


def assemble(path, body, signed_count, signature, form):
    trailer = ECDSA_WITH_SHA256 + tlv(0x03, b"\0" + signature)
    total = 1 + len(length(signed_count)) + signed_count + len(trailer)
    with open(body, "rb") as source, open(path, "wb") as out:
        if form == "DER":
            out.write(bytes([0x30]) + length(total))
            while chunk := source.read(1 << 20):
                out.write(chunk)
            out.write(trailer)
            return
        out.write(b"-----BEGIN X509 CRL-----\n")
        # 48 octets make a line of 64 characters.
        waiting = bytes([0x30]) + length(total)
        while chunk := source.read(48 << 14):
            waiting += chunk
            whole = len(waiting) // 48 * 48
            out.write(lines(waiting[:whole]))
            waiting = waiting[whole:]
        out.write(lines(waiting + trailer))
        out.write(b"-----END X509 CRL-----\n")


def lines(octets):
    encoded = base64.b64encode(octets)
    return b"".join(encoded[at:at + 64] + b"\n" for at in range(0, len(encoded), 64))
