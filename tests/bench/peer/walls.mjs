// What hangs on the walls: the board's meetings of the day, and the sign at a room's door.
import { clock, differences, isCurrent, isLate, statusOf } from "./day.mjs";
import { escape, icon, region, title } from "./drawing.mjs";

const OVER = new Set(["closed", "cancelled", "no_show"]);
const CATEGORIES = { important: "重要", vip: "贵宾" };
const MOST = 14;
const LONG = 3;

function matterOf(meeting, names) {
  const change = meeting.changes.at(-1);
  if (change) {
    const [words, before, after] = differences(change)[0];
    const who = change.unseen.map((seen) => escape(names.get(seen.staff_id))).join("、");
    return `<span class="tone-due">${who}未确认 · ${words} ${before} → ${after}</span>`;
  }
  return [meeting.count ? `${meeting.count} 人` : "", meeting.people.map((person) => escape(names.get(person.staff_id))).join("、")].filter(Boolean).join(" · ");
}

function drawMeeting(meeting, today) {
  const busy = meeting.state === "in_session" ? "in_use" : "setting";
  const usual = isCurrent(meeting) ? busy : "free";
  const [words, tone, sign] = statusOf(today.called.has(meeting.room_id) ? "service" : isLate(meeting) ? "late" : usual);
  const category = CATEGORIES[meeting.category] ? ` <span class="tone-info">${CATEGORIES[meeting.category]}</span>` : "";
  return `<li id="meeting-${meeting.id}"><div class="row${isLate(meeting) ? " row-late" : ""}">
<span class="row-key room-key${meeting.room.length >= LONG && Number.isNaN(Number(meeting.room)) ? " room-key-long" : ""}">${escape(meeting.room)}</span>
<span class="row-main"><span class="row-title">${escape(meeting.title)}</span>
<span class="row-note"><span class="nowrap">${clock(meeting.starts_at)}–${clock(meeting.ends_at)}</span>${category} · ${matterOf(meeting, today.names)}</span></span>
<span class="row-side"><span class="chip chip-${tone}">${icon(sign)}<span>${words}</span></span></span></div></li>\n`;
}

export function drawBoard(today, rev) {
  const held = today.meetings.filter((meeting) => meeting.state !== "cancelled");
  const open = today.meetings.filter((meeting) => !OVER.has(meeting.state));
  const sorted = [...open.filter(isLate), ...open.filter((meeting) => !isLate(meeting))];
  const shown = sorted.length > MOST ? sorted.slice(0, MOST - 1) : sorted;
  const more = sorted.length > MOST ? `<li class="rows-more">另有 ${sorted.length - MOST + 1} 项</li>` : "";
  const much = `${held.length} 场 · ${new Set(held.map((meeting) => meeting.room_id)).size} 间`;
  const inside = `${title("今日会议", much)}<ul class="rows">${shown.map((meeting) => drawMeeting(meeting, today)).join("")}${more}</ul>\n`;
  return ["board.meetings", region("board.meetings", rev, 'class="board-part board-meetings" aria-label="今日会议"', inside)];
}

export function drawSign(today, roomId, rev) {
  const room = today.rooms.find((each) => each.id === roomId);
  const coming = today.meetings.filter((meeting) => meeting.room_id === roomId && !OVER.has(meeting.state) && !isCurrent(meeting));
  const lines = coming.slice(0, 3).map((meeting) => `      <li><div class="row"><span class="row-key row-key-plain">${clock(meeting.starts_at)}</span><span class="row-main"><span class="row-title">${
    escape(meeting.title)}</span><span class="row-note">至 ${clock(meeting.ends_at)}</span></span></div></li>\n`);
  const until = coming.length ? `至 ${clock(coming[0].starts_at)}` : "今天余下时间";
  const inside = `<div class="sign sign-free" data-state="free">
  <div class="sign-now">
    <h1 class="sign-room">${escape(room.name)}</h1>
    <p class="sign-word"><span>空闲</span></p>
    <p class="sign-other" lang="en">Free</p>
    <p class="sign-until">${icon("check")}<span>${until}</span></p>
  </div>
  <div class="sign-side">
    <section class="sign-next">
      ${title("今日接下来", "").replace("<span></span>", "")}${lines.length ? `<ul class="rows">${lines.join("")}</ul>` : '<p class="muted">今天没有会议了</p>'}
    </section>
    <div class="sign-fault"><form method="post" action="/door/fault" novalidate data-operation hx-post="/door/fault" hx-target="#toasts" hx-swap="beforeend"><button type="submit" class="button button-outline button-main">${
      icon("wrench")}<span>报修</span></button></form></div>
  </div>
</div>`;
  const id = `door.sign:${roomId}`;
  return [id, region(id, rev, 'class="sign-place" aria-label="本会议室" aria-live="polite"', inside)];
}
