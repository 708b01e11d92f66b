// A scanner that types (keyboard wedge). What it reads is sent as `yb:scan` on document: {text, source: "wedge"}.
// Keys are read from event.code, not event.key, so a Chinese input method or another layout cannot garble them. A gap of more than 80 ms begins
// anew; Enter ends. Outside a text field three signs make a scan. Inside one, typing is never taken: only a whole web address (our codes) that came
// at a scanner's speed is taken out of the field again and sent as a scan; a bar code scanned into a field stays there, as typed.

const GAP = 80;
const SHORTEST = 3;
const OURS = /^https?:\/\/\S{6,}$/i;

const SIGNS = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"", Comma: ",<", Period: ".>", Slash: "/?",
  Backquote: "`~", Space: "  ", NumpadDivide: "//", NumpadMultiply: "**", NumpadSubtract: "--", NumpadAdd: "++", NumpadDecimal: "..",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

let text = "";
let lastAt = 0;
let field = null;
let before = "";

/** The sign a key stands for on a US keyboard, or "" for a key that writes nothing. */
export function signOf(event) {
  const { code, shiftKey } = event;
  if (/^Key[A-Z]$/.test(code)) return shiftKey !== event.getModifierState("CapsLock") ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shiftKey ? SHIFTED_DIGITS[Number(code[5])] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return SIGNS[code]?.[shiftKey ? 1 : 0] ?? "";
}

function textField(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, [contenteditable]") ? target : null;
}

function begin(event) {
  text = "";
  field = textField(event.target);
  before = field?.value ?? "";
}

function finish(event) {
  const read = text;
  const inField = field;
  text = "";
  if (inField ? !OURS.test(read) : read.length < SHORTEST) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (inField) {
    inField.value = before;
    inField.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.dispatchEvent(new CustomEvent("yb:scan", { detail: { text: read, source: "wedge" } }));
}

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const isEnd = event.code === "Enter" || event.code === "NumpadEnter";
  const sign = isEnd ? "" : signOf(event);
  if (!isEnd && !sign) return;
  const now = event.timeStamp;
  if (now - lastAt > GAP || (field && field !== event.target)) begin(event);
  lastAt = now;
  if (isEnd) finish(event);
  else text += sign;
}, true);
