// The lobby: a visitor signs in, and the board's wall shows who waits.
import { randomBytes } from "node:crypto";
import { escape, icon, region, title } from "./drawing.mjs";
import { db, head, insertInto, keep, mac, operationOf, record, stamp } from "./store.mjs";

const WAITING = "board.wall_waiting";

const ask = {
  host: db.prepare("SELECT tenant_id, delegate_id FROM host WHERE id = ? AND active"),
  count: db.prepare("SELECT count(*) AS many FROM visit WHERE open AND state = 'waiting'").pluck(),
  waiting: db.prepare(`SELECT visit.id, visit.name, visit.company, visit.companions, visit.signed_in_at, host.name AS host, tenant.name AS tenant,
    tenant.floor FROM visit LEFT JOIN host ON host.id = visit.asked_host_id LEFT JOIN tenant ON tenant.id = visit.tenant_id
    WHERE visit.open AND visit.state = 'waiting' ORDER BY visit.signed_in_at, visit.id LIMIT ?`),
};

/** The columns of a new visit that stand as the schema's rows do. */
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
};

/** Write a visit as the desk's form has it; returns the visit and the number of its newest fact. */
export const signIn = db.transaction((form) => {
  const { key, earlier } = operationOf("/desk/visits/new", form);
  if (earlier) return { visit: earlier.visit, rev: head() };
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
  record(key, now, "VisitorSignedIn", visit, { ...about, gate: "A", again: false });
  const rev = record(key, now, "HostNotified", visit, { ...about, notice_id: notice, as_delegate: false });
  keep(key, form, now, "signed_in", { visit });
  return { visit, rev };
});

const FITS = 5;

function drawRow(visit) {
  const since = `${visit.signed_in_at.replace(" ", "T")}+00:00`;
  return `<li id="wall-waiting-${visit.id}" data-chime="new" data-chime-id="visit-${visit.id}">
<div class="row"><span class="row-key"><time datetime="${since}" data-since="${since}" data-style="age" data-split></time></span>
<span class="row-main"><span class="row-title">${escape(visit.name)}${visit.company ? ` <span class="row-company">${escape(visit.company)}</span>` : ""}</span><span class="row-note">访 ${
  escape(visit.host)} · ${escape(visit.tenant)} · ${escape(visit.floor)} 层</span></span>
<span class="row-side"><span class="chip chip-calm">${icon("send")}<span>已通知</span></span></span></div></li>`;
}

/** Give the regions that a sign-in changes, drawn. */
export function drawLobby(rev) {
  const total = ask.count.get();
  const rows = ask.waiting.all(total > FITS ? FITS - 1 : FITS).map(drawRow).join("\n");
  const more = total > FITS ? `<li class="rows-more">另有 ${total - FITS + 1} 项</li>` : "";
  const inside = `${title("等候接待", total)}<ul class="rows">${rows}${more}</ul>\n`;
  return [[WAITING, region(WAITING, rev, 'class="board-part board-wall-waiting" aria-label="等候接待"', inside)]];
}
