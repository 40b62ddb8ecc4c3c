"""Certificates of every bad kind, made on the fly by the openssl command in a folder of the test's."""

import os
import shutil
import subprocess
import warnings

from server import tls_context

GOOD_NAMES = "IP:127.0.0.1,DNS:localhost,DNS:sts.us-east-1.amazonaws.com"

# name: what it stands for, the authority that signs it, options of the signing command
KINDS = {
    "good": (GOOD_NAMES, "ca", ["-days", "2"]),
    "expired": (GOOD_NAMES, "ca", ["-days", "-1"]),
    "wrong-host": ("DNS:other.example", "ca", ["-days", "2"]),
    "unknown-ca": (GOOD_NAMES, "other-ca", ["-days", "2"]),
    "sha1": (GOOD_NAMES, "ca", ["-days", "2", "-sha1"]),
    "self-signed": (GOOD_NAMES, None, ["-days", "2"]),
}

# For certificates that begin later: "openssl x509" begins all of them now.
AUTHORITY = """[ca]
default_ca = usual
[usual]
database = issued.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
"""

# What a machine's openssl.cnf may allow, and we do not.
LAX = """openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
"""


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        self.write("lax.cnf", LAX)
        self.make_key()
        for authority in ("ca", "other-ca"):
            self.openssl("req", "-x509", "-new", "-key", "key.pem", "-subj", f"/CN=test {authority}", "-days", "2", "-out",
                         f"{authority}.pem")
        os.mkdir(self.path("hashed"))
        shutil.copy(self.path("ca.pem"), self.path("hashed"))
        self.openssl("rehash", "hashed")
        for name, (names, authority, options) in KINDS.items():
            self.make(name, names, authority, options)
        self.make_future()

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"openssl {' '.join(arguments)}: {done.stderr}")

    def make_key(self):
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem")
        self.openssl("req", "-new", "-key", "key.pem", "-subj", "/CN=test server", "-out", "request.pem")

    def make(self, name, names, authority, options):
        self.write("names.cnf", f"subjectAltName={names}\n")
        signer = ["-CA", f"{authority}.pem", "-CAkey", "key.pem", "-CAcreateserial"] if authority else ["-signkey", "key.pem"]
        self.openssl("x509", "-req", "-in", "request.pem", *signer, "-extfile", "names.cnf", *options, "-out", f"{name}.pem")

    def make_future(self):
        self.write("authority.cnf", AUTHORITY)
        self.write("issued.txt", "")
        self.write("names.cnf", f"subjectAltName={GOOD_NAMES}\n")
        self.openssl("ca", "-batch", "-notext", "-config", "authority.cnf", "-cert", "ca.pem", "-keyfile", "key.pem", "-in",
                     "request.pem", "-extfile", "names.cnf", "-startdate", "20990101000000Z", "-enddate", "20990201000000Z",
                     "-out", "future.pem")

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def server_context(self, name, old=False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1, which is the point
            return tls_context(self.path(f"{name}.pem"), self.path("key.pem"), old)
