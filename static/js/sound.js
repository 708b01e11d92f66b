// Chimes, made by the browser itself: one for what is new, another for what is overdue (again each minute until acknowledged), a third for an answer.
//   chime("new" | "overdue" | "answer")
//   An element with data-chime="new|answer" data-chime-id="visit-7" that appears later sounds once; one with data-chime="overdue" sounds
//   at once and each minute while it is on the page: the server leaves the attribute out once somebody has acknowledged.
//   <html data-quiet="22:00-07:00"> keeps silent in those hours (the site's). A click on [data-sound-test] plays all three, even then.
// While the browser keeps the page silent, #sound-band shows; a tap on it (or anywhere) switches the sound on.
import { serverNow } from "./ages.js";

const NOTES = { new: [[660, 0], [880, 0.16]], overdue: [[587, 0], [440, 0.2], [587, 0.4]], answer: [[784, 0], [988, 0.12], [1175, 0.24]] };
const REPEAT = 60_000;

const audio = new AudioContext();
const heard = new Set();
let overdueAt = -Infinity;

/** Play one chime; false when it must be silent (quiet hours, or the browser has not allowed sound yet). */
export function chime(kind, { evenQuiet = false } = {}) {
  if (audio.state !== "running" || (!evenQuiet && isQuiet())) return false;
  document.dispatchEvent(new CustomEvent("yb:chime", { detail: { kind } }));
  for (const [pitch, at] of NOTES[kind] ?? NOTES.new) ring(pitch, audio.currentTime + at);
  return true;
}

function ring(pitch, at) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.22, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.75);
}

/** Whether the site keeps quiet at this hour. */
export function isQuiet() {
  const span = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(document.documentElement.dataset.quiet ?? "");
  if (!span) return false;
  const timeZone = document.documentElement.dataset.tz || "Asia/Shanghai";
  const now = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(serverNow());
  const [, from, to] = span;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

function look() {
  for (const element of document.querySelectorAll('[data-chime="new"], [data-chime="answer"]')) {
    const id = element.dataset.chimeId ?? element.id;
    if (heard.has(id)) continue;
    heard.add(id);
    chime(element.dataset.chime);
  }
  if (document.querySelector('[data-chime="overdue"]') === null) overdueAt = -Infinity;
  else if (Date.now() - overdueAt >= REPEAT && chime("overdue")) overdueAt = Date.now();
}

function showBand() {
  const band = document.getElementById("sound-band");
  if (band) band.hidden = audio.state === "running";
}

async function switchOn() {
  if (audio.state === "running") return;
  await audio.resume();
  showBand();
  look();
}

// What stands on the page when it opens is not news.
for (const element of document.querySelectorAll('[data-chime="new"], [data-chime="answer"]')) heard.add(element.dataset.chimeId ?? element.id);
audio.addEventListener("statechange", showBand);
window.addEventListener("pointerdown", switchOn);
window.addEventListener("keydown", switchOn);
document.addEventListener("click", async (event) => {
  if (!event.target.closest?.("[data-sound-test]")) return;
  await switchOn();
  ["new", "overdue", "answer"].forEach((kind, n) => setTimeout(() => chime(kind, { evenQuiet: true }), n * 1200));
});
new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-chime", "data-chime-id"] });
setInterval(look, 1000);
// The kiosk policy allows sound without a touch; elsewhere resume() stays pending and the band shows.
audio.resume();
showBand();
look();
