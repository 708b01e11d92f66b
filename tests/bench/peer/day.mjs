// The day as the screens show it: its open meetings with their people, steps, tea and changes nobody has acknowledged, each read in one statement.
import { db, instant } from "./store.mjs";

const OPEN = "('registered', 'to_reconfirm', 'confirmed', 'preparing', 'ready', 'in_session', 'ended', 'turning_over')";
const ask = {
  meetings: db.prepare(`SELECT meeting.*, tenant.name AS tenant FROM meeting LEFT JOIN tenant ON tenant.id = meeting.tenant_id
    WHERE day = ? OR (day < ? AND state IN ${OPEN}) ORDER BY starts_at, meeting.id`),
  steps: db.prepare(`SELECT * FROM meeting_step WHERE meeting_id IN (SELECT value FROM json_each(?)) AND state <> 'dropped' ORDER BY due_at, place, id`),
  quantities: db.prepare(`SELECT meeting_quantity.* FROM meeting_quantity JOIN meeting_step ON meeting_step.id = step_id
    WHERE meeting_id IN (SELECT value FROM json_each(?)) ORDER BY meeting_quantity.id`),
  rounds: db.prepare("SELECT * FROM tea_round WHERE meeting_id IN (SELECT value FROM json_each(?)) AND state <> 'dropped' ORDER BY number"),
  people: db.prepare("SELECT * FROM meeting_staff WHERE meeting_id IN (SELECT value FROM json_each(?)) AND until IS NULL ORDER BY id"),
  changes: db.prepare("SELECT * FROM meeting_change WHERE meeting_id IN (SELECT value FROM json_each(?)) ORDER BY revision"),
  unseen: db.prepare("SELECT * FROM meeting_change_seen WHERE meeting_id IN (SELECT value FROM json_each(?)) AND seen_at IS NULL ORDER BY id"),
  rooms: db.prepare("SELECT * FROM room WHERE active ORDER BY floor, name"),
  staff: db.prepare("SELECT id, name, role, active FROM staff"),
  calls: db.prepare("SELECT * FROM service_call WHERE state NOT IN ('done', 'withdrawn')"),
};
const two = (number) => String(number).padStart(2, "0");

/** Write the hour, or the day and the hour, of an instant in the database. */
export function clock(text) {
  const date = new Date(instant(text));
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}
export function dayAndClock(iso) {
  const date = new Date(iso);
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return (id) => groups.get(id) ?? [];
}

/** Read the day. */
export function day() {
  const now = new Date();
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const found = ask.meetings.all(today, today);
  const ids = JSON.stringify(found.map((meeting) => meeting.id));
  const staff = ask.staff.all();
  const names = new Map(staff.map((person) => [person.id, person.name]));
  const rooms = ask.rooms.all();
  const roomOf = new Map(rooms.map((room) => [room.id, room]));
  const [quantities, unseen] = [grouped(ask.quantities.all(ids), "step_id"), grouped(ask.unseen.all(ids), "change_id")];
  const [steps, rounds, people] = ["steps", "rounds", "people"].map((what) => grouped(ask[what].all(ids), "meeting_id"));
  const changes = grouped(ask.changes.all(ids).map((change) => ({ ...change, before: JSON.parse(change.before), after: JSON.parse(change.after),
    unseen: unseen(change.id) })), "meeting_id");
  const meetings = found.map((meeting) => ({
    ...meeting, room: roomOf.get(meeting.room_id).name, count: meeting.guaranteed ?? meeting.estimated ?? 0, people: people(meeting.id),
    steps: steps(meeting.id).map((step) => ({ ...step, quantities: quantities(step.id) })), rounds: rounds(meeting.id),
    changes: changes(meeting.id).filter((change) => change.unseen.length),
  }));
  const attendants = staff.filter((person) => person.role === "attendant" && person.active).map((person) => person.id);
  return { meetings, rooms, names, attendants, called: new Set(ask.calls.all().map((call) => call.room_id)) };
}

/** Return the difference of a change as its fields' words, before and after. */
export function differences(change) {
  const words = { starts_at: "开始", ends_at: "结束" };
  return Object.keys(change.after).map((field) => [words[field], dayAndClock(change.before[field]), dayAndClock(change.after[field])]);
}

const CURRENT = new Set(["preparing", "ready", "in_session", "ended", "turning_over"]);
const LATE = new Set(["late", "board", "supervisor"]);
const WORDS = { free: ["空闲", "ok", "check"], setting: ["布置中", "info", "turn"], in_use: ["使用中", "calm", "dot"], service: ["需服务", "due", "bell"],
  late: ["已超时", "bad", "alert"] };

export const isOpenStep = (step) => step.state === "planned" || step.state === "doing";
export const isLate = (meeting) => meeting.steps.some((step) => isOpenStep(step) && LATE.has(step.level));
export const isHeld = (level) => LATE.has(level);
export const isCurrent = (meeting) => CURRENT.has(meeting.state);

/** Return the word, tone and icon of a room's state. */
export const statusOf = (name) => WORDS[name];
