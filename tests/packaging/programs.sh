#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: programs.sh <build folder> <scratch folder> <program>...
# Installs what this build made, elsewhere than it was configured for, and runs its programs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build=$1 scratch=$2
shift 2

fresh_folder "$scratch"
quietly "$CMAKE" --install "$build" --prefix "$scratch/prefix" --component h2kit-tools
for program in "$@"; do
    said=$("$scratch/prefix/bin/$program" --version) || fail "$program --version"
    [[ $said == "$program "[0-9]* ]] || fail "$program --version says: $said"
    said=$("$scratch/prefix/bin/$program" --help) || fail "$program --help"
    [[ $said == Usage:* ]] || fail "$program --help says: $said"
    share=$scratch/prefix/share
    for page in "man/man1/$program.1" "bash-completion/completions/$program" \
        "zsh/site-functions/_$program" "fish/vendor_completions.d/$program.fish"; do
        [ -s "$share/$page" ] || fail "$page is not installed"
    done
    echo "ok: $program"
done
