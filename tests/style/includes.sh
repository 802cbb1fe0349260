#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: includes.sh <root of the repository>
# Who may include what: TLS and HTTP/1 parsing only in apps/common, nothing but libc, their own
# headers and the libraries below them in the libraries.
set -euo pipefail
cd "$1"
status=0

# refuse <what> <pattern of the include> <grep's further arguments>...
refuse() {
    local what=$1 pattern=$2
    shift 2
    if grep -rnE --include='*.[ch]' "^ *# *include *[<\"]($pattern)" "$@"; then
        echo "^ $what" >&2
        status=1
    fi
}

refuse "only apps/common may include this" 'openssl/|llhttp' --exclude-dir=common apps
refuse "a library needs nothing but libc" 'openssl/|llhttp|uv\.h|zlib|cjson|mimalloc|sys/|unistd' \
    libhpack libh2frame libh2session
refuse "libhpack and libh2frame do not know the session" 'h2session/' libhpack libh2frame
refuse "libhpack does not know frames" 'h2frame/' libhpack
refuse "libh2frame does not know header compression" 'hpack/' libh2frame
exit $status
