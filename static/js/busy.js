// One tap, one operation.
// Every POST form with `data-operation` gets a hidden `operation` (128 random bits) at the first submit and keeps it until the server has
// answered (any 2xx, 3xx or 4xx): a retry after a lost answer sends the same id, and the server does the work once. A second tap while the
// first is on its way is ignored. Works for htmx forms, for buttons with hx-post and data-operation, and for plain forms (which also get `csrf`).
// Plain forms: an answer is a new page; going back to this one after a failure finds the id again in sessionStorage.

const KEPT = "yb:operation:";
const PATIENCE = 15_000;
const flying = new WeakSet();
const ids = new WeakMap();

/** 128 random bits as 32 hexadecimal digits; crypto.randomUUID is missing on plain HTTP. */
export function freshId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The id of the work this form or button asks for by this control; made at the first call, the same until `answered`. */
export function operationOf(element, control = null) {
  const known = ids.get(element) ?? new Map();
  ids.set(element, known);
  const name = nameOf(control);
  if (!known.has(name)) known.set(name, recall(element, name) ?? freshId());
  return known.get(name);
}

/** The server has answered: the next tap on this control is a new operation. */
export function answered(element, control = null) {
  ids.get(element)?.delete(nameOf(control));
  hidden(element, "operation")?.remove();
  forget(element, nameOf(control));
}

// "Coming, 3 minutes" and "Decline" in one form are two controls, and so two operations.
const nameOf = (control) => (control ? [control.name, control.value, control.getAttribute("formaction")].map((part) => part ?? "").join(" ") : "");

function hidden(element, name) {
  return element.querySelector?.(`:scope > input[type="hidden"][name="${name}"]`) ?? null;
}

function put(form, name, value) {
  let input = hidden(form, name);
  if (!input) {
    input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    form.append(input);
  }
  input.value = value;
}

const isHtmx = (element) => ["hx-post", "data-hx-post", "hx-put", "hx-patch", "hx-delete"].some((name) => element.hasAttribute(name)) || element._htmx?.boosted;
const token = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

function mark(element, submitter, on) {
  for (const control of [element, submitter]) {
    if (!control) continue;
    if (on) control.setAttribute("aria-busy", "true");
    else control.removeAttribute("aria-busy");
  }
}

// Capture on the document runs before htmx's own listener on the form.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (flying.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.hasAttribute("data-operation")) put(form, "operation", operationOf(form, event.submitter));
  if (!isHtmx(form)) sendPlainly(form, event);
}, true);

function sendPlainly(form, event) {
  if (token()) put(form, "csrf", token());
  // A listener further in (the offline queue, a dialog) may still take the submit for itself.
  setTimeout(() => {
    if (event.defaultPrevented) return;
    if (form.hasAttribute("data-operation")) remember(form, event.submitter);
    flying.add(form);
    mark(form, event.submitter, true);
    // An answer that is no page (a download) leaves this one standing.
    setTimeout(() => land(form), PATIENCE);
  });
}

function land(form) {
  flying.delete(form);
  mark(form, null, false);
  form.querySelectorAll('[aria-busy="true"]').forEach((control) => control.removeAttribute("aria-busy"));
}

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const owner = ctx.sourceElement.closest("[data-operation]");
  if (!owner || ctx.request.method === "GET") return;
  if (flying.has(owner)) {
    event.preventDefault();
    return;
  }
  ctx.ybControl = ctx.request.submitter ?? (ctx.sourceElement.matches("button, a") ? ctx.sourceElement : null);
  ctx.request.body?.set?.("operation", operationOf(owner, ctx.ybControl));
  ctx.ybOwner = owner;
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.ybOwner) return;
  flying.add(ctx.ybOwner);
  mark(ctx.ybOwner, ctx.ybControl, true);
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.ybOwner && ctx.response.status < 500) answered(ctx.ybOwner, ctx.ybControl);
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.ybOwner) return;
  flying.delete(ctx.ybOwner);
  mark(ctx.ybOwner, ctx.ybControl, false);
});

// Back from the browser's cache: nothing is on its way any more; an id that was answered meanwhile is not used again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    land(form);
    for (const name of ids.get(form)?.keys() ?? []) if (!isHtmx(form) && !recall(form, name)) ids.get(form).delete(name);
  }
});

const keyOf = (form, name) => (form instanceof HTMLFormElement && !isHtmx(form) ? `${KEPT}${location.pathname}>${new URL(form.action).pathname}>${name}` : null);

function remember(form, control) {
  try { sessionStorage.setItem(keyOf(form, nameOf(control)), operationOf(form, control)); } catch { /* storage is off: the retry within this page still works */ }
}

function recall(element, name) {
  try { return keyOf(element, name) && sessionStorage.getItem(keyOf(element, name)); } catch { return null; }
}

function forget(element, name) {
  try { if (keyOf(element, name)) sessionStorage.removeItem(keyOf(element, name)); } catch { /* nothing was kept */ }
}

// A page that was navigated to is the answer to what was sent before; a page gone back to, reloaded, or a failure of the server is not.
const arrival = performance.getEntriesByType("navigation")[0];
if (arrival?.type === "navigate" && (arrival.responseStatus ?? 200) < 500) {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
  } catch { /* nothing was kept */ }
}
