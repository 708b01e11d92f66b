// The peer: the same work on Node. Express takes the form, better-sqlite3 writes the same rows into the same schema (made by
// `yingbin migrate`) with synchronous FULL, Socket.IO 4 sends the same fragment by the same wire contract.
//   node server.mjs DATABASE PORT [coalesce]
// What it leaves out: who asks (cookies are not looked at), the CSRF token, languages, the check of each field.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Database from "better-sqlite3";
import express from "express";
import { Server } from "socket.io";

const [file, port] = [process.argv[2], Number(process.argv[3])];
const EPOCH = "peer";
const REGION = "board.wall_waiting";
const SECRET = randomBytes(32);
const BATCHED = process.argv[4] === "coalesce";

const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("foreign_keys = ON");
db.pragma("secure_delete = ON");
db.pragma("cache_size = -16000");

const ask = {
  host: db.prepare("SELECT tenant_id, delegate_id FROM host WHERE id = ? AND active"),
  operation: db.prepare("SELECT * FROM operation WHERE key = ?"),
  last: db.prepare("SELECT number, chain FROM event WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1"),
  count: db.prepare("SELECT count(*) AS many FROM visit WHERE open AND state = 'waiting'").pluck(),
  waiting: db.prepare(`SELECT visit.id, visit.name, visit.company, visit.companions, visit.signed_in_at, host.name AS host, tenant.name AS tenant,
    tenant.floor FROM visit LEFT JOIN host ON host.id = visit.asked_host_id LEFT JOIN tenant ON tenant.id = visit.tenant_id
    WHERE visit.open AND visit.state = 'waiting' ORDER BY visit.signed_in_at, visit.id LIMIT ?`),
};

/** Prepare an insert of named columns; the rest stand as the schema's rows of a new visit do. */
function insertInto(table, columns) {
  return db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => `@${column}`).join(", ")})`);
}

const VISIT = {
  invitation_id: null, delegate_id: null, phone_tail: "", companions: 0, language: "zh", state: "waiting", open: 1, only_gate: "",
  expected_from: null, met_at: null, admitted_at: null, left_at: null, left_by: "", left_actor: "", answer: "none", answer_minutes: null,
  answer_reason: "", reached_at: null, seen_at: null, answered_at: null, delegate_told_at: null, desk_asked_at: null, desk_took_at: null,
  anonymised_at: null, version: 1,
};
const VISIT_COLUMNS = [
  ...Object.keys(VISIT), "host_id", "asked_host_id", "tenant_id", "day", "name", "phone", "company", "purpose", "gate", "valid_until",
  "signed_in_at", "told_at", "seen_due_at", "answer_due_at", "consent_version", "consent_at", "pass_number", "token_digest", "code_digest",
  "created_at",
];
const put = {
  visit: insertInto("visit", VISIT_COLUMNS),
  notice: insertInto("notice", ["host_id", "tenant_id", "visit_id", "kind", "state", "tries", "due_at", "created_at", "good_until", "via", "failure",
    "link_number", "link_digest", "version"]),
  event: insertInto("event", ["number", "kind", "facts", "visit_id", "observed_at", "recorded_at", "actor", "operation", "chain"]),
  operation: insertInto("operation", ["key", "body_digest", "accepted", "code", "ids", "answered_at"]),
};

const sha = (text) => createHash("sha256").update(text).digest("hex");
const mac = (text) => createHmac("sha256", SECRET).update(text).digest("hex");
const stamp = (ms) => new Date(ms).toISOString().replace("T", " ").replace("Z", "000");

function record(operation, now, kind, visit, facts) {
  const last = ask.last.get() ?? { number: 0, chain: "0".repeat(64) };
  const row = { number: last.number + 1, kind, facts: JSON.stringify(facts), visit_id: visit, observed_at: now, recorded_at: now, actor: "staff:1", operation };
  row.chain = sha(last.chain + JSON.stringify([row.number, kind, row.facts, now, now, row.actor, operation]));
  put.event.run(row);
  return row.number;
}

const signIn = db.transaction((form) => {
  const operation = sha(`staff:1\x1fPOST /desk/visits/new\x1f${form.operation}`);
  const earlier = ask.operation.get(operation);
  if (earlier) return { visit: JSON.parse(earlier.ids).visit, rev: ask.last.get().number };
  const ms = Date.now();
  const now = stamp(ms);
  const host = ask.host.get(Number(form.host_id));
  const [pass, link] = [randomBytes(6).readUIntBE(0, 6), randomBytes(6).readUIntBE(0, 6)];
  const visit = Number(put.visit.run({
    ...VISIT, host_id: Number(form.host_id), asked_host_id: Number(form.host_id), tenant_id: host.tenant_id, day: now.slice(0, 10), name: form.name,
    phone: form.phone, phone_tail: form.phone.slice(-4), company: form.company, purpose: form.purpose, gate: "A", valid_until: stamp(ms + 36e5),
    signed_in_at: now, told_at: now, seen_due_at: null, answer_due_at: stamp(ms + 18e4), consent_version: "", consent_at: null,
    pass_number: pass, token_digest: mac(`token:${pass}`), code_digest: mac(`code:${pass}`), created_at: now,
  }).lastInsertRowid);
  const notice = Number(put.notice.run({
    host_id: Number(form.host_id), tenant_id: host.tenant_id, visit_id: visit, kind: "arrival", state: "kept", tries: 0, due_at: null, created_at: now,
    good_until: stamp(ms + 432e5), via: "", failure: "", link_number: link, link_digest: mac(`link:${link}`), version: 1,
  }).lastInsertRowid);
  const about = { visit_id: visit, host_id: Number(form.host_id), tenant_id: host.tenant_id };
  record(operation, now, "VisitorSignedIn", visit, { ...about, gate: "A", again: false });
  const rev = record(operation, now, "HostNotified", visit, { ...about, notice_id: notice, as_delegate: false });
  put.operation.run({ key: operation, body_digest: sha(JSON.stringify(form)), accepted: 1, code: "signed_in", ids: JSON.stringify({ visit }), answered_at: now });
  return { visit, rev };
});

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => SIGNS[sign]);

const FITS = 5;
const ICON = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="/static/icons.svg?v=1b6e43afff42#send"></use></svg>';

function drawRow(visit) {
  const since = `${visit.signed_in_at.replace(" ", "T")}+00:00`;
  return `<li id="wall-waiting-${visit.id}" data-chime="new" data-chime-id="visit-${visit.id}">
<div class="row"><span class="row-key"><time datetime="${since}" data-since="${since}" data-style="age" data-split></time></span>
<span class="row-main"><span class="row-title">${escape(visit.name)}${visit.company ? ` <span class="row-company">${escape(visit.company)}</span>` : ""}</span><span class="row-note">访 ${
  escape(visit.host)} · ${escape(visit.tenant)} · ${escape(visit.floor)} 层</span></span>
<span class="row-side"><span class="chip chip-calm">${ICON}<span>已通知</span></span></span></div></li>`;
}

function draw(rev) {
  const total = ask.count.get();
  const rows = ask.waiting.all(total > FITS ? FITS - 1 : FITS).map(drawRow).join("\n");
  const more = total > FITS ? `<li class="rows-more">另有 ${total - FITS + 1} 项</li>` : "";
  return `<section id="${REGION}" class="board-part board-wall-waiting" aria-label="等候接待" data-epoch="${EPOCH}" data-rev="${rev}" data-lang="zh" data-region><h2 class="section-title"><span>等候接待</span><span>${total}</span></h2>
<ul class="rows">${rows}${more}</ul>
</section>`;
}

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.urlencoded({ extended: false }));
const http = createServer(app);
http.keepAliveTimeout = 60_000;
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

let newest = { rev: 0, html: "" };
let isPlanned = false;

function send() {
  isPlanned = false;
  newest = { rev: newest.next, html: draw(newest.next) };
  io.to(REGION).emit("region", { epoch: EPOCH, id: REGION, lang: "zh", rev: newest.rev, html: newest.html });
}

app.post("/desk/visits/new", (request, response) => {
  const { visit, rev } = signIn.immediate(request.body);
  newest.next = rev;
  if (!BATCHED) send();
  else if (!isPlanned) {
    isPlanned = true;
    setTimeout(send, 5);
  }
  response.redirect(303, `/desk/visits/${visit}?done=signed_in`);
});

io.on("connection", (socket) => {
  socket.on("watch", (message, acknowledge) => {
    socket.join(REGION);
    acknowledge?.({ epoch: EPOCH, now: new Date().toISOString() });
    const rev = message.regions[0][1];
    if (newest.rev > rev) socket.emit("region", { epoch: EPOCH, id: REGION, lang: "zh", rev: newest.rev, html: newest.html });
  });
});

http.listen(port, "127.0.0.1", () => console.log("ready"));
