#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS by the kernel (--ktls), in a virtual machine with a kernel that has it.

usage: kernel_tls.py H2-SERVER H2-CLIENT

Boots a kernel of Debian under qemu with little more than the two programs in its memory. guest.sh
moves bodies both ways there, by TLS 1.2 and 1.3, with --ktls on neither, on one and on both sides, and
holds what arrives against what was sent and the numbers of /proc/net/tls_stat against what the kernel
should have done; curl and nghttp come along where they are installed, and so do clients that ask for new keys,
stand still or die. Skips where there is no qemu-system-x86_64, busybox (static), cpio or kernel.

The kernel is the newest of /boot with its modules below /lib/modules; with H2KIT_KERNEL_ROOT below that
folder instead, where a package of Debian's may have been unpacked: "dpkg -x linux-image-*.deb FOLDER".
"""
import glob
import gzip
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile

SKIP_CODE = 77
LIMIT_SECONDS = 500
BODY_OCTETS = 3 * 1024 * 1024
WANTED = ["tls", "gcm", "ctr", "ghash-generic", "chacha20poly1305", "chacha_generic",
          "poly1305_generic"]
OTHERS = ["curl", "nghttp"]
DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")
TERMINAL = re.compile(r"\r|\x1bc|\x1b\[[0-9;?]*[A-Za-z]")
LIBRARY = re.compile(r"(/\S+) \(0x")


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIP_CODE)


def find_program(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    if found is None:
        skip("there is no " + name)
    return found


def find_kernel():
    """(image, folder of its modules) of the newest kernel that has both."""
    root = os.environ.get("H2KIT_KERNEL_ROOT", "/")
    for image in sorted(glob.glob(os.path.join(root, "boot", "vmlinuz-*")), reverse=True):
        modules = os.path.join(root, "lib", "modules", os.path.basename(image)[len("vmlinuz-"):])
        if os.access(image, os.R_OK) and os.path.isdir(modules):
            return image, modules
    return skip("there is no kernel below " + os.path.join(root, "boot"))


class Modules:
    """The modules that are wanted and what they need, in the order of loading."""

    def __init__(self, folder):
        self.files = {}
        for path in glob.glob(os.path.join(folder, "kernel", "**", "*.ko"), recursive=True):
            self.files[os.path.basename(path)[:-3].replace("-", "_")] = path
        self.order = []
        for name in WANTED:
            self.add(name.replace("-", "_"))
        if "tls" not in self.order:
            skip("that kernel has no module tls")

    def add(self, name):
        if name in self.order or name not in self.files:  # what is not there may be built in
            return
        with open(self.files[name], "rb") as file:
            found = DEPENDS.search(file.read())
        for other in (found.group(1).decode().split(",") if found else []):
            self.add(other)
        self.order.append(name)


def libraries(program):
    """Shared libraries of a program, with the loader."""
    listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return LIBRARY.findall(listing)


def copy(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy(os.path.realpath(source), target)


def make_certificate(root):
    openssl = find_program("openssl")
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", os.path.join(root, "key.pem"), "-out", os.path.join(root, "cert.pem")],
                   check=True, capture_output=True)
    return openssl


def expectations(openssl):
    """What OpenSSL leaves to the kernel of TLS 1.3: before 3.2 not the receiving side."""
    version = subprocess.run([openssl, "version"], check=True, capture_output=True, text=True).stdout
    numbers = tuple(int(number) for number in re.search(r"(\d+)\.(\d+)", version).groups())
    return ("both", 2) if numbers >= (3, 2) else ("send", 0)


def fill_root(root, programs, modules):
    """All there is in the machine."""
    copy(find_program("busybox"), os.path.join(root, "bin", "busybox"))
    copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest.sh"),
         os.path.join(root, "init"))
    openssl = make_certificate(root)
    others = [path for path in map(shutil.which, OTHERS) if path is not None]
    for program in programs + [openssl] + others:
        copy(program, os.path.join(root, "bin", os.path.basename(program)))
        for library in libraries(program):
            name = os.path.basename(library)
            place = library if name.startswith("ld-") else "/lib/" + name
            copy(library, root + place)
    for name in modules.order:
        copy(modules.files[name], os.path.join(root, "modules", name + ".ko"))
    with open(os.path.join(root, "modules", "order"), "w", encoding="utf-8") as file:
        file.write("".join(name + ".ko\n" for name in modules.order))
    with open(os.path.join(root, "expected"), "w", encoding="utf-8") as file:
        file.write("KERNEL13=%s RX13=%d\n" % expectations(openssl))
    os.makedirs(os.path.join(root, "site"))
    with open(os.path.join(root, "site", "large"), "wb") as file:
        file.write(random.Random(9113).randbytes(BODY_OCTETS))


def pack(root, path):
    names = subprocess.run(["find", "."], cwd=root, check=True, capture_output=True).stdout
    archive = subprocess.run([find_program("cpio"), "-o", "-H", "newc", "--quiet"], cwd=root,
                             input=names, check=True, capture_output=True).stdout
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(archive)


def boot(qemu, image, archive):
    """What the machine prints until it is off."""
    command = [qemu, "-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio", "-m", "768",
               "-cpu", "max", "-kernel", image, "-initrd", archive,
               "-append", "console=ttyS0 quiet panic=-1 random.trust_cpu=on"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as machine:
        try:
            output, _ = machine.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            machine.kill()
            output, _ = machine.communicate()
    return TERMINAL.sub("", output.decode("utf-8", "replace"))


def judge(output):
    cases = re.findall(r"^case (.+?): (.*)$", output, re.M)
    failed = [case for case in cases if case[1] != "ok"]
    for name, result in cases:
        print("%s: %s" % (name, result))
    if "end of cases" not in output or not cases or failed:
        print("---- the machine said:\n" + output[-8000:])
        return 1
    print("%d passed, 0 failed" % len(cases))
    return 0


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if platform.machine() != "x86_64":
        skip("this is for x86-64")
    qemu = find_program("qemu-system-x86_64")
    image, folder = find_kernel()
    modules = Modules(folder)
    with tempfile.TemporaryDirectory(prefix="h2kit-kernel-") as place:
        root = os.path.join(place, "root")
        os.makedirs(root)
        fill_root(root, [os.path.abspath(program) for program in sys.argv[1:]], modules)
        os.chmod(os.path.join(root, "init"), 0o755)
        pack(root, os.path.join(place, "archive"))
        sys.exit(judge(boot(qemu, image, os.path.join(place, "archive"))))


if __name__ == "__main__":
    main()
