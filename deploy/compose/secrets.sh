#!/usr/bin/env bash
# Make the passwords of the scaled set-up, once: secrets.env for the containers, users.acl for Redis.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077
if [[ -e secrets.env ]]; then
    echo 'secrets.env is there already; remove it (and the volumes that know its passwords) to make new ones.' >&2
    exit 1
fi
random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
postgres=$(random)
redis=$(random)
cat >secrets.env <<END
POSTGRES_PASSWORD=$postgres
YINGBIN_DATABASE_URL=postgresql://yingbin:$postgres@postgres/yingbin
YINGBIN_REDIS_URL=redis://yingbin:$redis@redis:6379/0
END
# Only publish and subscribe, only our channels, no keys, no scripts; and nobody else at all.
cat >users.acl <<END
user default off
user yingbin on >$redis resetkeys resetchannels &yingbin* -@all +publish +subscribe +psubscribe +unsubscribe +punsubscribe +ping +auth +hello +client|setname
END
chmod 644 users.acl
echo 'Made secrets.env and users.acl.'
