// The meeting floor: the desk moves a meeting, its steps move with it, and whoever looks after it is to see that. Who has a tablet open,
// the boards and the door of the room are drawn anew.
// Beside what the whole peer leaves out: trips of tea (no two rounds of the bench's day are so near each other), and the QR of a meeting that
// sits in the room (nobody does in the one that is moved).
import { day } from "./day.mjs";
import { drawChanges, drawNow, drawRooms } from "./tablet.mjs";
import { drawBoard, drawSign } from "./walls.mjs";
import { db, head, insertInto, instant, keep, operationOf, record, stamp } from "./store.mjs";

const MINUTE = 60_000;
const OPEN = "('registered', 'to_reconfirm', 'confirmed', 'preparing', 'ready', 'in_session', 'ended', 'turning_over')";
const MAY_MOVE = new Set(["registered", "to_reconfirm", "confirmed", "preparing", "ready"]);

const ask = {
  meeting: db.prepare("SELECT * FROM meeting WHERE id = ?"),
  room: db.prepare("SELECT id, active FROM room WHERE id = ?"),
  layout: db.prepare("SELECT capacity, setup_minutes, turnover_minutes FROM room_layout WHERE room_id = ? AND layout = ? AND offered"),
  tenant: db.prepare("SELECT id FROM tenant WHERE id = ?"),
  taken: db.prepare(`SELECT id, reserved_from, reserved_until FROM meeting WHERE room_id = ? AND state IN ${OPEN} AND reserved_from < ?
    AND reserved_until > ? AND id <> ? ORDER BY reserved_from`),
  worked: db.prepare("SELECT day, kind FROM calendar_day WHERE day BETWEEN ? AND ?"),
  lines: db.prepare("SELECT kind, minutes, enabled FROM sheet_line WHERE category = ?"),
  steps: db.prepare("SELECT * FROM meeting_step WHERE meeting_id = ? AND state <> 'dropped' ORDER BY due_at, place, id"),
  people: db.prepare("SELECT staff_id FROM meeting_staff WHERE meeting_id = ? AND until IS NULL ORDER BY id").pluck(),
  rounds: db.prepare("SELECT id FROM tea_round WHERE meeting_id = ? AND state IN ('armed', 'claimed', 'inside')"),
};
const COLUMNS = ["title", "category", "room_id", "layout", "day", "starts_at", "ends_at", "reserved_from", "reserved_until", "estimated", "guaranteed",
  "tenant_id", "contact_name", "contact_phone", "tea_minutes", "break_at", "equipment", "notes", "plan", "ask_due_at", "changed_at"];
const put = {
  meeting: db.prepare(`UPDATE meeting SET ${COLUMNS.map((column) => `${column} = @${column}`).join(", ")}, revision = revision + 1, version = version + 1
    WHERE id = @id AND version = @version`),
  step: db.prepare("UPDATE meeting_step SET room_id = ?, due_at = ?, alarm_at = ?, compressed = ?, level = ?, version = version + 1 WHERE id = ? AND version = ?"),
  change: insertInto("meeting_change", ["meeting_id", "revision", "before", "after", "steps_moved", "elsewhere", "made_at", "made_by", "version"]),
  seen: insertInto("meeting_change_seen", ["change_id", "meeting_id", "staff_id", "seen_at", "level", "alarm_at", "version"]),
};

const number = (text) => (text ? Number(text) : null);
const told = (text) => `${text.slice(0, 19).replace(" ", "T")}+00:00`;

/** Move a meeting as the desk's form says; returns the number of its fact, or what it was refused for. */
export const move = db.transaction((id, form) => {
  const { key, earlier } = operationOf(`/desk/meetings/${id}/change`, form);
  if (earlier) return { rev: head(), room: Number(form.room_id) };
  const ms = Date.now();
  const now = stamp(ms);
  const meeting = ask.meeting.get(id);
  if (!meeting || meeting.version !== Number(form.version)) return { refused: "meeting_changed_meanwhile" };
  if (!MAY_MOVE.has(meeting.state)) return { refused: "meeting_moved_on" };
  const [starts, ends] = [form.begins, form.ends].map((hour) => new Date(`${form.day}T${hour}:00`).getTime());
  const layout = ask.room.get(Number(form.room_id))?.active && ask.layout.get(Number(form.room_id), form.layout);
  const people = number(form.guaranteed) ?? number(form.estimated) ?? 0;
  if (!layout || people > layout.capacity || ends <= starts || ends <= ms) return { refused: "cannot_be" };
  if (form.tenant_id && !ask.tenant.get(Number(form.tenant_id))) return { refused: "tenant_unknown" };
  const [from, until] = [stamp(starts - layout.setup_minutes * MINUTE), stamp(ends + layout.turnover_minutes * MINUTE)];
  if (ask.taken.all(Number(form.room_id), until, from, id).length) return { refused: "room_taken" };
  put.meeting.run({
    id, version: meeting.version, title: form.title, category: form.category, room_id: Number(form.room_id), layout: form.layout, day: form.day,
    starts_at: stamp(starts), ends_at: stamp(ends), reserved_from: from, reserved_until: until, estimated: number(form.estimated),
    guaranteed: number(form.guaranteed), tenant_id: number(form.tenant_id), contact_name: form.contact_name, contact_phone: form.contact_phone,
    tea_minutes: number(form.tea), break_at: null, equipment: form.equipment, notes: form.notes, plan: form.plan,
    ask_due_at: stamp(starts + 5 * MINUTE), changed_at: now,
  });
  const moved = retime(ask.meeting.get(id), ms);
  const change = toBeSeen(meeting, ask.meeting.get(id), moved, ms);
  record(key, now, "MeetingChanged", null, {
    change_id: change, fields: "starts_at,ends_at", from_room_id: meeting.room_id, meeting_id: id, room_id: Number(form.room_id), steps_moved: moved,
  });
  keep(key, form, now, "meeting_changed", { change, meeting: id, steps: moved });
  return { rev: head(), room: Number(form.room_id) };
});

/** Give each open step the hour its anchor has now; returns how many moved. */
function retime(meeting, ms) {
  const changed = new Map(ask.lines.all(meeting.category).map((line) => [line.kind, line]));
  const anchors = { start: instant(meeting.starts_at), end: instant(meeting.ended_at ?? meeting.ends_at), day_before: dayBefore(meeting) };
  ask.rounds.all(meeting.id);
  let moved = 0;
  for (const step of ask.steps.all(meeting.id)) {
    if (!["planned", "doing"].includes(step.state)) continue;
    const planned = anchors[step.anchor] + (changed.get(step.kind)?.minutes ?? step.minutes) * MINUTE;
    const due = step.anchor === "end" ? planned : Math.max(planned, ms);
    if (due === instant(step.due_at)) continue;
    const isPast = step.anchor !== "end" && planned < ms;
    const alarm = step.anchor === "end" ? null : stamp(isPast ? due + 5 * MINUTE : Math.max(ms, due - 10 * MINUTE));
    put.step.run(meeting.room_id, stamp(due), alarm, Number(isPast), isPast ? "due" : "none", step.id, step.version);
    moved += 1;
  }
  return moved;
}

/** Return midnight of the last day worked before a meeting. */
function dayBefore(meeting) {
  const there = new Date(instant(meeting.starts_at));
  const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  const before = (days) => new Date(there.getFullYear(), there.getMonth(), there.getDate() - days);
  const said = new Map(ask.worked.all(iso(before(30)), iso(there)).map((row) => [row.day, row.kind]));
  for (let days = 1; days < 30; days += 1) {
    const date = before(days);
    const kind = said.get(iso(date)) ?? "plain";
    if (kind === "work" || (kind === "plain" && date.getDay() % 6 !== 0)) return date.getTime();
  }
  return before(1).getTime();
}

/** Write the difference, and for each who looks after the meeting that it is to be seen. */
function toBeSeen(old, meeting, moved, ms) {
  const before = JSON.stringify({ starts_at: told(old.starts_at), ends_at: told(old.ends_at) });
  const after = JSON.stringify({ starts_at: told(meeting.starts_at), ends_at: told(meeting.ends_at) });
  const change = Number(put.change.run({
    meeting_id: meeting.id, revision: meeting.revision, before, after, steps_moved: moved, elsewhere: 0, made_at: stamp(ms), made_by: "staff:1", version: 1,
  }).lastInsertRowid);
  for (const staff of ask.people.all(meeting.id)) {
    put.seen.run({ change_id: change, meeting_id: meeting.id, staff_id: staff, seen_at: null, level: "none", alarm_at: stamp(ms + 2 * MINUTE), version: 1 });
  }
  return change;
}

/** Give the regions that a move changes, drawn from one look at the day: each attendant's tablet, the rooms, the board, the door of the room. */
export function drawFloor(rev, room) {
  const today = day();
  return [
    ...today.attendants.flatMap((person) => [drawNow(today, person, rev), drawChanges(today, person, rev)]),
    drawRooms(today, rev),
    drawBoard(today, rev),
    drawSign(today, room, rev),
  ];
}
