#!/usr/bin/env bash
# Copy the database while the house is open, check the copy, and keep the newest.
#
#   backup.sh DATA TARGET [KEEP]         SQLite in the folder DATA, or PostgreSQL when YINGBIN_DATABASE_URL is set
#
# The secret key is not in the copy: keep DATA/secret.key once, elsewhere. Without it a copy opens no code and no PIN.
set -euo pipefail
umask 077

data=${1:?the data folder}
target=${2:?the folder for copies}
keep=${3:-72}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
stamp=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$target"
trap 'rm -f ${copy:+"$copy.part"}' EXIT

if [[ -n ${YINGBIN_DATABASE_URL:-} ]]; then
    copy=$target/yingbin-$stamp.dump
    pg_dump --format=custom --file="$copy.part" --dbname="${YINGBIN_DATABASE_URL/+psycopg/}"
    pg_restore --list "$copy.part" >/dev/null
else
    copy=$target/yingbin-$stamp.sqlite3
    "$here/.venv/bin/python" - "$data/yingbin.sqlite3" "$copy.part" <<'END'
import sys

import pysqlite3

source = pysqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
copy = pysqlite3.connect(sys.argv[2])
source.backup(copy)
copy.execute("PRAGMA journal_mode = DELETE")
(verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
strangers = copy.execute("PRAGMA foreign_key_check").fetchall()
copy.close()
if verdict != "ok" or strangers:
    sys.exit(f"the copy is not sound: {verdict}, {len(strangers)} broken references")
END
fi

# Whole or not at all: a copy gets its name only when it is complete and on the disk.
sync "$copy.part"
mv "$copy.part" "$copy"
find "$target" -maxdepth 1 -name 'yingbin-*' -type f | sort -r | tail -n "+$((keep + 1))" | xargs -r rm --
echo "$copy"
