#!/usr/bin/env bash
# The Debian packages that tests need. Installs what is missing when it may (root, or sudo without a password);
# otherwise says what is missing and fails: nothing is skipped in silence.
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND...
    local package=$1 candidate
    shift
    for candidate in "$@"; do
        if command -v "$candidate" >/dev/null 2>&1 || compgen -G "$candidate" >/dev/null; then return; fi
    done
    missing+=("$package")
}

need chromium-headless-shell chromium-headless-shell
need fonts-noto-cjk '/usr/share/fonts/opentype/noto/NotoSansCJK*'
need ffmpeg ffmpeg
need postgresql '/usr/lib/postgresql/*/bin/initdb'
need redis-server redis-server
if [[ ${1:-} == bench ]]; then
    need nodejs node
    need npm npm
    need g++ g++
fi

[[ ${#missing[@]} -eq 0 ]] && exit 0

if [[ $(id -u) -eq 0 ]]; then
    become=()
elif sudo -n true 2>/dev/null; then
    become=(sudo -n)
else
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Install them once:  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

if ! command -v apt-get >/dev/null; then
    echo "These programs are missing, and this system has no apt-get: ${missing[*]}" >&2
    exit 1
fi

echo "Installing ${missing[*]} …"
# The package would make and start a cluster of its own: tests start theirs, and a developer's machine stays as it was.
if [[ " ${missing[*]} " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
    "${become[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "${become[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
"${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold "${missing[@]}" >/dev/null
