// Toasts that go by themselves after 6 to 10 s, and dialogs.
//   toast(text, {tone: "ok"|"bad", seconds})    the server's own toasts arrive in #toasts or #alerts as [data-toast data-seconds].
//   <button data-open="dialog-id">  <button data-close> inside a dialog.
// A toast waits while a finger, the pointer or the focus is on it: nobody loses an Undo while reaching for it.

const SHORTEST = 6;
const LONGEST = 10;

const sprite = new URL("../icons.svg", import.meta.url).pathname;

/** Say something at the bottom of the page. `bad` speaks at once to a screen reader. */
export function toast(text, { tone = "ok", seconds = tone === "bad" ? LONGEST : 8 } = {}) {
  const place = document.getElementById(tone === "bad" ? "alerts" : "toasts");
  if (!place || !text) return;
  for (const same of place.querySelectorAll(".toast-text")) if (same.textContent === text) same.closest("[data-toast]").remove();
  const box = document.createElement("div");
  box.className = tone === "bad" ? "toast toast-bad" : "toast";
  box.dataset.toast = "";
  box.dataset.seconds = String(seconds);
  const words = document.createElement("span");
  words.className = "toast-text";
  words.textContent = text;
  box.append(icon(tone === "bad" ? "alert" : "check"), words);
  if (tone === "bad") box.append(closer(box));
  place.append(box);
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function closer(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.setAttribute("aria-label", document.getElementById("sentences")?.dataset.close ?? "Close");
  button.append(icon("close"));
  button.addEventListener("click", () => leave(box));
  return button;
}

function leave(box) {
  box.dataset.leaving = "";
  setTimeout(() => box.remove(), 260);
}

function isHeld(box) {
  return box.matches(":hover") || box.contains(document.activeElement) || box.querySelector('[aria-busy="true"]') !== null;
}

function keep(box) {
  if (box.timed) return;
  box.timed = true;
  const asked = Number(box.dataset.seconds) || 8;
  const until = Date.now() + 1000 * Math.min(LONGEST, Math.max(SHORTEST, asked));
  const watch = setInterval(() => {
    if (!box.isConnected) clearInterval(watch);
    if (Date.now() < until || isHeld(box)) return;
    clearInterval(watch);
    leave(box);
  }, 250);
}

const scan = () => document.querySelectorAll("[data-toast]").forEach(keep);
for (const id of ["toasts", "alerts"]) {
  const place = document.getElementById(id);
  if (place) new MutationObserver(scan).observe(place, { childList: true });
}
scan();

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  event.target.closest?.("[data-close]")?.closest("dialog")?.close();
});
