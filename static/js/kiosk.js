// The kiosk's own: what a scanner or the camera reads is sent on, the focus goes to what is asked or what was wrong, closing screens end by themselves.
//   <form id="scan-form"> takes yb:scan.   [data-first] takes the focus when a screen opens.
//   <html data-ends-after="90"> wipes the screen then; [data-ends-within="10"] in a live region brings that forward; [data-ends-left] counts.

const root = document.documentElement;

// --- scans ---------------------------------------------------------------------------------------------------------------------------

document.addEventListener("yb:scan", (event) => {
  const form = document.getElementById("scan-form");
  if (!form || form.matches('[aria-busy="true"]')) return;
  form.elements.scanned.value = event.detail.text;
  form.requestSubmit();
});

// --- focus ---------------------------------------------------------------------------------------------------------------------------

/** Put the focus where the person goes on: the first wrong field, else the first thing asked, else the question itself. */
function focus() {
  const screen = document.getElementById("screen");
  const wrong = screen?.querySelector('[aria-invalid="true"]') ?? screen?.querySelector(".field-error")?.closest(".field")?.querySelector("input, button");
  const first = wrong ?? screen?.querySelector("[data-first]") ?? screen?.querySelector("h1[tabindex]");
  first?.focus({ preventScroll: !wrong });
  if (first?.matches("input") && first.type !== "number" && first.type !== "checkbox" && first.type !== "radio") first.setSelectionRange(first.value.length, first.value.length);
}

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id === "screen") focus();
});

// --- one tap, one wish -----------------------------------------------------------------------------------------------------------------

let isLeaving = false;

// The next screen is on its way: a second tap on the old one is not a second wish.
document.addEventListener("htmx:before:response", (event) => {
  if (event.detail.ctx.response.raw?.headers.has("HX-Redirect")) isLeaving = true;
});
for (const kind of ["click", "submit"]) {
  document.addEventListener(kind, (event) => {
    if (!isLeaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}

// --- the end of a closing screen -----------------------------------------------------------------------------------------------------

const after = Number(root.dataset.endsAfter);
let endsAt = after ? performance.now() + 1000 * after : Infinity;
let isEnding = false;

/** Forget the person and show the home screen; also when the idle timer's own script has not come yet. */
async function end() {
  if (isEnding) return;
  isEnding = true;
  const { wipe } = await import("./idle.js");
  wipe();
}

function tick() {
  const within = document.querySelector("[data-ends-within]");
  if (within && !within.seen) {
    within.seen = true;
    endsAt = Math.min(endsAt, performance.now() + 1000 * Number(within.dataset.endsWithin));
  }
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  for (const place of document.querySelectorAll("[data-ends-left]")) if (place.textContent !== String(left)) place.textContent = String(left);
  if (left === 0) end();
}

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-wipe]")) end(); });
if (after) setInterval(tick, 250);
// An untouched home screen has no idle timer; shown again from the browser's cache it is loaded anew all the same.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

focus();
// After htmx's own listener, and with the idle timer running: from here on every button does what it says, and can be touched.
const idle = root.hasAttribute("data-idle-after") ? import("./idle.js") : null;
document.addEventListener("DOMContentLoaded", async () => {
  try {
    await idle;
  } finally {
    root.dataset.ready = "";
  }
});
