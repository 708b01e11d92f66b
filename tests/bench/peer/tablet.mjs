// The regions of a floor tablet: what one attendant does now and next, what is to be acknowledged, how the rooms stand.
import { clock, differences, isCurrent, isHeld, isLate, isOpenStep, statusOf } from "./day.mjs";
import { escape, icon, region, title } from "./drawing.mjs";

const STEPS = {
  reconfirm: "与联系人再确认", plan: "制定接待方案", pick_list: "备料清单", draw_supplies: "领用物品、查有效期", check_room: "布置并检查会场",
  check_equipment: "检查设备", standby: "设备保障待命", security: "请保安协助", lights_on: "开灯", greet_door: "门口迎宾", greet_lift: "电梯口迎宾",
  first_pour: "首轮斟茶", leave_room: "离场", sign: "挂牌，会议开始", tea_break: "茶歇服务", tidy: "整理会场", cleaning: "保洁到场",
  lost_property: "查看遗留物品", disinfect: "清洗消毒", consumables: "清点用量", lights_off: "关灯关空调",
};
const STEP_SKIPS = { not_needed: "这次不需要", contact_wishes: "联系人要求", done_by_others: "别人已做", no_time: "来不及" };
const TEA_SKIPS = { do_not_disturb: "请勿打扰", cups_full: "水还满", nobody_there: "无人", somebody_speaks: "正在发言" };
const CATEGORIES = { important: "重要", vip: "贵宾" };
const TONES = { none: "", soon: " task-soon", due: " task-due", late: " task-late", board: " task-late", supervisor: " task-late" };
const NEXT = 6;
const CLOSES = new Set(["ended", "turning_over"]);
const BEFORE = new Set(["registered", "to_reconfirm", "confirmed", "preparing", "ready"]);

const form = (address, inside) =>
  `<form method="post" action="${address}" novalidate data-operation hx-post="${address}" hx-target="#toasts" hx-swap="beforeend">${inside}</form>`;
const note = (sign, words) => `<span>${icon(sign)}${words}</span>`;

function skip(address, reasons, name, more) {
  const choices = Object.entries(reasons).map(([code, said]) =>
    form(address, `<input type="hidden" name="reason" value="${code}"><button type="submit" class="button button-outline"><span>${said}</span></button>`));
  return `<details class="skip" data-shut><summary class="button button-outline" aria-label="跳过 ${name}"><span>跳过</span></summary>
<div class="skip-why">${choices.join("")}<a href="${more}" class="button button-quiet"><span>其他原因…</span></a></div></details>`;
}

function finish(address, name) {
  return form(address, `<button type="submit" class="button button-primary" aria-label="完成 ${name}">${icon("check")}<span>完成</span></button>`);
}

function card(one, words, notes, actions) {
  const since = `${one.due.slice(0, 19).replace(" ", "T")}+00:00`;
  return `<article class="task${TONES[one.level]}" id="${one.key}"><div class="task-when"><b>${clock(one.due)}</b><span><time datetime="${since}" data-since="${
    since}" data-style="due"></time></span></div>
<div><h3 class="task-title">${words}</h3><p class="task-notes">${notes.join("")}</p></div>
<div class="task-actions">${actions}
</div></article>`;
}

function drawTodo(one, me, names) {
  const { meeting, step, round } = one;
  const whose = one.staff && one.staff !== me ? [note("user", escape(names.get(one.staff)))] : step && !one.staff ? [note("user", "谁有空谁做")] : [];
  const room = escape(meeting.room);
  if (round) {
    const notes = [note("door", room), note("users", meeting.count), note("tea", `每 ${meeting.tea_minutes} 分钟`), ...whose];
    const address = `/tablet/rounds/${round.id}`;
    return card(one, `续茶 第 ${round.number} 轮`, notes, skip(`${address}/skip`, TEA_SKIPS, `茶水 · ${room}`, `/tablet/meetings/${meeting.id}`)
      + finish(`${address}/finish`, `茶水 · ${room}`));
  }
  const flag = CATEGORIES[meeting.category] ? [note("flag", CATEGORIES[meeting.category])] : [];
  const notes = [note("door", `${room} · ${escape(meeting.title)} ${clock(meeting.starts_at)}`), note("users", meeting.count), ...flag, ...whose];
  const [address, name] = [`/tablet/steps/${step.id}`, `${STEPS[step.kind]} · ${room}`];
  const asks = ["draw_supplies", "consumables"].includes(step.kind) || step.party === "cleaning";
  const done = asks ? `<a href="${address}" class="button button-primary" aria-label="完成 ${name}">${icon("check")}<span>完成…</span></a>` : finish(`${address}/finish`, name);
  return card(one, STEPS[step.kind], notes, skip(`${address}/skip`, STEP_SKIPS, name, address) + done);
}

/** Give what one attendant does: his own, nobody's, and what others are late with. */
function* todosOf(meetings, me) {
  for (const meeting of meetings) {
    for (const step of meeting.steps) {
      const isAttendants = step.party === "attendant" || step.party === "cleaning";
      const canCome = step.anchor === "end" ? CLOSES.has(meeting.state) : !(step.kind === "sign" && meeting.asked_at);
      if (isOpenStep(step) && isAttendants && canCome && (step.staff_id === null || step.staff_id === me || isHeld(step.level))) {
        yield { key: `step-${step.id}`, due: step.due_at, level: step.level, staff: step.staff_id, meeting, step };
      }
    }
  }
  for (const meeting of meetings) {
    const round = meeting.rounds.find((each) => ["armed", "claimed", "inside"].includes(each.state) && each.due_at);
    const isHis = round && (round.staff_id === null ? meeting.people.some((person) => person.staff_id === me) : round.staff_id === me);
    if (round && (isHis || isHeld(round.level))) {
      yield { key: `round-${round.id}`, due: round.due_at, level: round.level, staff: round.staff_id, meeting, round };
    }
  }
}

export function drawNow(today, me, rev) {
  const found = [...todosOf(today.meetings, me)].sort((one, other) => (one.due < other.due ? -1 : Number(one.due > other.due)));
  const now = found.filter((one) => one.level !== "none");
  const later = found.filter((one) => one.level === "none");
  const rest = later.slice(NEXT).length;
  const cards = (list) => list.map((one) => drawTodo(one, me, today.names)).join("");
  const next = later.length ? `<h2 class="section-title"><span>下一步</span></h2>\n${cards(later.slice(0, NEXT))}${rest ? `<p class="muted">今天另有 ${rest} 项</p>` : ""}` : "";
  const none = `<div class="state state-inline">${icon("tea")}<p class="state-title">暂时没有待办</p></div>`;
  const id = `tablet.now:${me}`;
  return [id, region(id, rev, 'class="stack"', title("现在", found.length ? `今天还有 ${found.length} 项` : "") + (now.length ? cards(now) : none) + next)];
}

function drawChange(meeting, change) {
  const told = differences(change).map(([words, before, after]) => `<span class="nowrap">${words} <s>${before}</s> → <b>${after}</b></span>`).join(" · ");
  const button = `<button type="submit" class="button button-info" aria-label="知道了 ${escape(meeting.title)}"><span>知道了</span></button>`;
  return `<div id="change-${change.id}"><div class="notice notice-info">${icon("alert")}<div><b>${clock(meeting.starts_at)} ${escape(meeting.title)}</b> · ${
    told} <span class="muted">— ${change.steps_moved} 个步骤已重新排时</span></div>${form(`/tablet/changes/${change.id}/seen`, button)}</div></div>\n`;
}

export function drawChanges(today, me, rev) {
  const mine = today.meetings.flatMap((meeting) =>
    meeting.changes.filter((change) => change.unseen.some((seen) => seen.staff_id === me)).slice(-1).map((change) => drawChange(meeting, change)));
  const id = `tablet.changes:${me}`;
  return [id, region(id, rev, 'class="tablet-changes"', mine.join(""))];
}

function drawRoom(room, meetings, isCalled) {
  const taking = meetings.filter(isCurrent);
  const current = taking.find((meeting) => meeting.state === "in_session") ?? taking[0];
  const next = meetings.find((meeting) => meeting !== current && BEFORE.has(meeting.state));
  const usual = current ? (current.state === "in_session" ? "in_use" : "setting") : "free";
  const [words, tone, sign] = statusOf(isCalled ? "service" : meetings.some(isLate) ? "late" : usual);
  const span = current && `${clock(current.starts_at)}–${clock(current.ends_at)}${current.count ? ` · ${current.count} 人` : ""}`;
  const line = span ?? (next ? `${clock(next.starts_at)} ${escape(next.title)}` : "今天没有会议了");
  const card = `class="room-card"><b>${escape(room.name)}</b><span class="truncate">${current ? escape(current.title) : "空闲"}<small class="truncate">${
    line}</small></span><span class="chip chip-${tone} chip-plain">${icon(sign)}<span>${words}</span></span>`;
  const about = current ?? next;
  return about ? `<a href="/tablet/meetings/${about.id}" ${card}</a>` : `<div ${card}</div>`;
}

export function drawRooms(today, rev) {
  const open = today.meetings.filter((meeting) => BEFORE.has(meeting.state) || isCurrent(meeting));
  const rows = today.rooms.map((room) => drawRoom(room, open.filter((meeting) => meeting.room_id === room.id), today.called.has(room.id)));
  return ["tablet.rooms", region("tablet.rooms", rev, 'class="section" aria-label="会议室"', title("会议室", today.rooms.length) + rows.join(""))];
}
