// Ages, countdowns and the clock, from the server's time, in the page's language.
//   <time data-since="ISO" data-style="age|clock|countdown|due" [data-split]>   and   <time data-clock[="seconds"]>
// The server's now is <html data-now="ISO">, later setServerNow(iso); the zone is <html data-tz>. Between two answers the
// monotonic clock counts, so a device whose own clock is wrong still shows the right age.

let serverMs = Date.parse(document.documentElement.dataset.now ?? "") || Date.now();
let heardAt = performance.now();

/** Take the server's clock: called by live.js with each answer. */
export function setServerNow(iso) {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return;
  serverMs = ms;
  heardAt = performance.now();
  draw();
}

/** The server's time now, in milliseconds since 1970. */
export function serverNow() {
  return serverMs + (performance.now() - heardAt);
}

const WORDS = {
  zh: {
    justNow: "刚刚", now: "现在", minutes: (n) => `${n}分钟`, hours: (h, m) => (m ? `${h}小时${m}分` : `${h}小时`), days: (n) => `${n}天`,
    ahead: (words) => `${words}后`, late: (words) => `晚${words}`, units: { minute: "分钟", hour: "小时", day: "天" },
  },
  en: {
    justNow: "just now", now: "now", minutes: (n) => `${n} min`, hours: (h, m) => (m ? `${h} h ${m} min` : `${h} h`), days: (n) => `${n} d`,
    ahead: (words) => `in ${words}`, late: (words) => `${words} late`, units: { minute: "min", hour: "h", day: "d" },
  },
};

const words = () => (document.documentElement.lang.startsWith("en") ? WORDS.en : WORDS.zh);
const two = (n) => String(n).padStart(2, "0");

/** A length of time in words: minutes up to an hour, then hours and minutes, then days. */
export function lengthWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return words().minutes(minutes);
  if (minutes < 24 * 60) return words().hours(Math.floor(minutes / 60), minutes % 60);
  return words().days(Math.floor(minutes / 1440));
}

function clockWords(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function splitWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  const { minute, hour, day } = words().units;
  if (minutes < 60) return [minutes ? String(minutes) : "<1", minute];
  if (minutes < 24 * 60) return [`${Math.floor(minutes / 60)}:${two(minutes % 60)}`, hour];
  return [String(Math.floor(minutes / 1440)), day];
}

const STYLES = {
  age: (past) => (past < 60 ? words().justNow : lengthWords(past)),
  clock: (past) => clockWords(Math.max(0, past)),
  countdown: (past) => clockWords(Math.max(0, -past)),
  due: (past) => {
    if (Math.abs(past) < 60) return words().now;
    return past > 0 ? words().late(lengthWords(past)) : words().ahead(lengthWords(-past));
  },
};

function drawAge(element) {
  const since = Date.parse(element.dataset.since);
  if (Number.isNaN(since)) return;
  // A countdown shows the second that has begun; an age the second that has passed.
  const style = element.dataset.style ?? "age";
  const exact = (serverNow() - since) / 1000;
  const past = style === "countdown" ? Math.ceil(exact) : Math.floor(exact);
  if (element.hasAttribute("data-split")) {
    const [number, unit] = splitWords(Math.max(0, past));
    if (element.textContent === number + unit) return;
    const small = document.createElement("small");
    small.textContent = unit;
    element.replaceChildren(number, small);
    return;
  }
  write(element, (STYLES[style] ?? STYLES.age)(past));
  if (style === "due" || style === "countdown") element.toggleAttribute("data-over", past >= 0);
}

function drawClock(element) {
  const zone = document.documentElement.dataset.tz || "Asia/Shanghai";
  const shown = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  if (element.dataset.clock === "seconds") shown.second = "2-digit";
  write(element, new Intl.DateTimeFormat("en-GB", shown).format(serverNow()));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Draw every age below `root` now. */
export function draw(root = document) {
  root.querySelectorAll("time[data-since]").forEach(drawAge);
  root.querySelectorAll("time[data-clock]").forEach(drawClock);
}

draw();
setInterval(draw, 1000);
// A region that is swapped in brings empty times: fill them before the next frame is painted.
new MutationObserver(() => draw()).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-since", "lang"] });
