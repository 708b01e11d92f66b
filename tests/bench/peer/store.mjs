// The database as the house has it, and what every command of the peer does there: find an earlier answer, record a fact, keep the answer.
import { createHash, createHmac, randomBytes } from "node:crypto";
import Database from "better-sqlite3";

export const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("foreign_keys = ON");
db.pragma("secure_delete = ON");
db.pragma("cache_size = -16000");

const SECRET = randomBytes(32);
export const sha = (text) => createHash("sha256").update(text).digest("hex");
export const mac = (text) => createHmac("sha256", SECRET).update(text).digest("hex");
/** Write an instant as the schema has it, and read one. */
export const stamp = (ms) => new Date(ms).toISOString().replace("T", " ").replace("Z", "000");
export const instant = (text) => Date.parse(`${text.slice(0, 23).replace(" ", "T")}Z`);

/** Prepare an insert of named columns. */
export function insertInto(table, columns) {
  return db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => `@${column}`).join(", ")})`);
}

const ask = {
  operation: db.prepare("SELECT * FROM operation WHERE key = ?"),
  last: db.prepare("SELECT number, chain FROM event WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1"),
};
const put = {
  event: insertInto("event", ["number", "kind", "facts", "visit_id", "observed_at", "recorded_at", "actor", "operation", "chain"]),
  operation: insertInto("operation", ["key", "body_digest", "accepted", "code", "ids", "answered_at"]),
};

/** Return the number of the newest fact. */
export const head = () => ask.last.get().number;

/** Return the key of a tap, and the ids of the answer it had before, if any. */
export function operationOf(path, form) {
  const key = sha(`staff:1\x1fPOST ${path}\x1f${form.operation}`);
  const earlier = ask.operation.get(key);
  return { key, earlier: earlier && JSON.parse(earlier.ids) };
}

export function keep(key, form, now, code, ids) {
  put.operation.run({ key, body_digest: sha(JSON.stringify(form)), accepted: 1, code, ids: JSON.stringify(ids), answered_at: now });
}

export function record(operation, now, kind, visit, facts) {
  const last = ask.last.get() ?? { number: 0, chain: "0".repeat(64) };
  const row = { number: last.number + 1, kind, facts: JSON.stringify(facts), visit_id: visit, observed_at: now, recorded_at: now, actor: "staff:1", operation };
  row.chain = sha(last.chain + JSON.stringify([row.number, kind, row.facts, now, now, row.actor, operation]));
  put.event.run(row);
  return row.number;
}
