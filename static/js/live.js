// The live wire of a page: each [data-region] element is kept as the server last drew it.
//   <html data-face="board" lang="zh-Hans" [data-live-key="…"]>   who asks for the ticket (a kiosk's session, a phone's token: the key)
//   <html data-alive>   a page without regions that tells all the same that its device is there
//   <section id="board.arrivals" data-region data-epoch data-rev data-lang>   drawn by the server, in the page and in each push
// On every connect, each 10 s and on return from the background the page says which `rev` it holds of each region and gets those that are
// behind; so a lost push costs one repair. A region that is being touched is not moved under the finger: what comes is held, a chip counts it.
// Events on document: yb:region {id, rev, isNew}, yb:live {connected}, yb:refused. Exports: serverNow, watch.
import { serverNow, setServerNow } from "./ages.js";

export { serverNow };

const WATCH_MS = 10_000;
const STALE_MS = 12_000;
const GIVE_UP_MS = 16_000;
const TOUCH_MS = 1_500;
const TYPING_MS = 10_000;
const LONGEST_WAIT_MS = 10_000;
const POLL_AFTER = 2;

const root = document.documentElement;
const lang = () => (root.lang.startsWith("en") ? "en" : "zh");
const regions = () => document.querySelectorAll("[data-region]");
const isLive = () => root.hasAttribute("data-alive") || regions().length > 0;

let socket = null;
let epoch = "";
let failures = 0;
let wasConnected = false;
let answeredAt = performance.now();
let dataFrom = serverNow();
const told = new Map();
const held = new Map();

// --- what the page holds -------------------------------------------------------------------------------------------------------------

function holdings() {
  return [...regions()].filter((region) => region.id).map((region) => [region.id, Number(region.dataset.rev) || 0]);
}

/** Tell the server what this page shows; it answers with what is newer. */
export function watch() {
  if (!socket?.connected) return;
  const shown = holdings();
  told.clear();
  for (const [id, rev] of shown) told.set(id, rev);
  // The epoch of the drawing, until the server has named its own: a page drawn before a restore must take everything.
  const drawn = document.querySelector("[data-region]")?.dataset.epoch ?? "";
  socket.emit("watch", { epoch: epoch || drawn, lang: lang(), regions: shown }, (answer) => {
    if (!answer?.now) return;
    setServerNow(answer.now);
    epoch = answer.epoch;
    heard();
  });
}

function receive(message) {
  heard();
  if (message.lang !== lang()) return;
  const region = document.getElementById(message.id);
  if (!region || !isNewer(region, message)) return;
  if (isTouched(region)) hold(message);
  else show(region, message);
}

function isNewer(region, message) {
  const before = held.get(message.id)?.message;
  const has = before ?? { epoch: region.dataset.epoch, rev: Number(region.dataset.rev), lang: region.dataset.lang };
  return message.epoch !== has.epoch || message.lang !== has.lang || message.rev > has.rev;
}

function show(region, message) {
  const isNew = region.dataset.epoch === message.epoch;
  told.set(message.id, message.rev);
  if (window.htmx) window.htmx.swap({ text: message.html, target: region, swap: "outerMorph" });
  else region.outerHTML = message.html;
  document.dispatchEvent(new CustomEvent("yb:region", { detail: { id: message.id, rev: message.rev, isNew } }));
}

// --- not under a finger --------------------------------------------------------------------------------------------------------------

let pointerOn = null;
let pointerAt = -Infinity;
let keyAt = -Infinity;

function isTouched(region) {
  const now = performance.now();
  if (pointerOn && region.contains(pointerOn.target) && (pointerOn.down || now - pointerAt < TOUCH_MS)) return true;
  // A tapped button keeps its focus for ever; only focus that shows, and only while its keys are used, holds a region still.
  return now - keyAt < TYPING_MS && region.querySelector(":focus-visible") !== null;
}

function hold(message) {
  const count = (held.get(message.id)?.count ?? 0) + 1;
  held.set(message.id, { message, count });
  drawChip();
}

function release() {
  for (const [id, { message }] of [...held]) {
    const region = document.getElementById(id);
    if (region && isTouched(region)) continue;
    held.delete(id);
    if (region && message.lang === lang()) show(region, message);
  }
  drawChip();
}

function drawChip() {
  const count = [...held.values()].reduce((sum, one) => sum + one.count, 0);
  let chip = document.querySelector("[data-held]");
  if (!count) {
    if (chip) chip.hidden = true;
    return;
  }
  if (!chip) {
    chip = document.createElement("p");
    chip.className = "held-chip";
    chip.setAttribute("role", "status");
    document.body.append(chip);
  }
  chip.dataset.held = String(count);
  chip.textContent = lang() === "en" ? `${count} more` : `${count} 条更新`;
  chip.hidden = false;
}

function press(event) {
  pointerOn = { target: event.target, down: true };
  pointerAt = performance.now();
}

function lift() {
  if (!pointerOn) return;
  pointerOn.down = false;
  pointerAt = performance.now();
  setTimeout(release, TOUCH_MS + 20);
}

// What somebody did with this touch has been answered: the touch is over, and what comes of it is shown at once. Not while a finger is down again.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.request.method === "GET" || !(ctx.response?.status < 300) || pointerOn?.down) return;
  if (pointerOn && !(ctx.ybControl ?? ctx.sourceElement).contains(pointerOn.target)) return;
  pointerOn = null;
  keyAt = -Infinity;
  release();
});

// --- is what is shown still true? ----------------------------------------------------------------------------------------------------

function heard() {
  answeredAt = performance.now();
  dataFrom = serverNow();
  if (root.hasAttribute("data-stale")) drawStale(false);
}

function drawStale(isStale) {
  root.toggleAttribute("data-stale", isStale);
  const band = document.getElementById("stale-band");
  if (!band) return;
  const time = band.querySelector("[data-stale-since]");
  if (isStale && time) {
    const shown = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: root.dataset.tz || "Asia/Shanghai" };
    time.textContent = new Intl.DateTimeFormat("en-GB", shown).format(dataFrom);
    time.dateTime = new Date(dataFrom).toISOString();
  }
  band.hidden = !isStale;
}

function lookAtTheTime() {
  release();
  const silent = performance.now() - answeredAt;
  if (silent >= STALE_MS && isLive()) drawStale(true);
  // A server that answers no watch is no use as a connection; a new one may reach another worker.
  if (silent >= GIVE_UP_MS && socket?.connected) socket.disconnect();
}

// --- the connection ------------------------------------------------------------------------------------------------------------------

async function connect() {
  const ticket = await fetchTicket();
  if (!ticket) return again();
  socket = window.io("/", { transports: ["websocket"], forceNew: true, reconnection: false, timeout: 6000, query: { ticket } });
  socket.on("connect", () => {
    failures = 0;
    wasConnected = true;
    announce(true);
    watch();
  });
  socket.on("region", receive);
  socket.on("connect_error", again);
  socket.on("disconnect", () => {
    announce(false);
    again();
  });
}

async function fetchTicket() {
  try {
    const answer = await fetch(`/live/ticket?${query({ face: root.dataset.face ?? "" })}`, { cache: "no-store" });
    if (answer.ok) return (await answer.json()).ticket;
    if (answer.status === 401) refused();
  } catch {
    // No answer at all: tried again, later each time; the stale band says so meanwhile.
  }
  return null;
}

function query(words) {
  const key = root.dataset.liveKey;
  return new URLSearchParams(key ? { ...words, key } : words).toString();
}

function refused() {
  document.dispatchEvent(new CustomEvent("yb:refused"));
  // It was let in before and is no longer: its page as of now says why.
  if (wasConnected) location.reload();
}

function announce(connected) {
  document.dispatchEvent(new CustomEvent("yb:live", { detail: { connected } }));
}

function again() {
  socket?.removeAllListeners();
  socket?.close();
  socket = null;
  failures += 1;
  if (failures > POLL_AFTER) poll();
  // Half to one and a half of a doubling wait, so that a thousand screens do not come back in one instant.
  const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random());
  setTimeout(connect, wait);
}

/** Where no websocket comes through (a proxy, too many sockets), regions are fetched one by one. */
async function poll() {
  for (const [id] of holdings()) {
    try {
      const answer = await fetch(`/region/${encodeURI(id)}?${query({ lang: lang() })}`, { cache: "no-store" });
      if (answer.ok) takePolled(id, await answer.text());
    } catch {
      return;
    }
  }
}

function takePolled(id, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const drawn = holder.content.firstElementChild;
  if (drawn?.id === id) receive({ epoch: drawn.dataset.epoch, id, lang: drawn.dataset.lang, rev: Number(drawn.dataset.rev), html });
}

// --- begin ---------------------------------------------------------------------------------------------------------------------------

let noticing = 0;
let hasBegun = false;

/** A region that came with a page's own swap, or was drawn back to an older rev by one, is asked about at once. */
function notice() {
  clearTimeout(noticing);
  noticing = setTimeout(() => {
    begin();
    const shown = holdings();
    if (shown.length !== told.size || shown.some(([id, rev]) => told.get(id) !== rev)) watch();
  }, 60);
}

function begin() {
  if (hasBegun || !isLive() || !window.io) return;
  hasBegun = true;
  heard();
  setInterval(watch, WATCH_MS);
  setInterval(lookAtTheTime, 1000);
  connect();
}

addEventListener("pointerdown", press, { capture: true, passive: true });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, lift, { capture: true, passive: true });
addEventListener("keydown", () => (keyAt = performance.now()), { capture: true, passive: true });
// Whoever sends a form by a key has ended what was being typed: its answer may move what he sees.
addEventListener("submit", () => (keyAt = -Infinity), { capture: true, passive: true });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && watch());
new MutationObserver(notice).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-rev"] });
begin();
