// The kiosk's own keyboard: English, Chinese by pinyin, and pads for numbers and phones, for every
// input[data-keyboard="text|pinyin|number|phone"].
// It opens when the field is touched, never covers it, and writes with real `input` and `change` events. A real keyboard works all the same.
// The keys are simple-keyboard's; the spelling and its candidates are ours (pinyin.js).
import SimpleKeyboard from "../vendor/simple-keyboard/index.modern.esm.js";
import { candidates, isSpellable } from "./pinyin.js";

const SELECTOR = "input[data-keyboard], textarea[data-keyboard]";
const root = document.documentElement;
const isEnglishPage = () => root.lang.startsWith("en");
const say = (zh, en) => (isEnglishPage() ? en : zh);

const LETTERS = ["q w e r t y u i o p", "{gap} a s d f g h j k l {gap}", "{shift} z x c v b n m {bksp}"];
const CAPITALS = ["Q W E R T Y U I O P", "{gap} A S D F G H J K L {gap}", "{shift} Z X C V B N M {bksp}"];
const LAYOUT = {
  latin: [...LETTERS, "{signs} {chinese} {space} . {done}"],
  capital: [...CAPITALS, "{signs} {chinese} {space} . {done}"],
  pinyin: [...LETTERS.slice(0, 2), "{apart} z x c v b n m {bksp}", "{signs} {latin} {space} · {done}"],
  signs: ["1 2 3 4 5 6 7 8 9 0", "- / : @ & ( ) # + _", "{letters} . , ' \" ! ? {bksp}", "{letters} {space} {done}"],
  number: ["1 2 3", "4 5 6", "7 8 9", "{bksp} 0 {done}"],
  phone: ["1 2 3", "4 5 6", "7 8 9", "+ 0 {bksp}", "{done}"],
};

const PADS = ["number", "phone"];

let field = null;
let box = null;
let board = null;
let letters = "latin";
let layout = "latin";
let spelling = "";
let page = 0;
let found = [];
let hasWritten = false;

function build() {
  box = document.createElement("div");
  box.className = "keyboard";
  box.setAttribute("role", "region");
  box.hidden = true;
  box.innerHTML = '<div class="keyboard-words"><span class="keyboard-spelling" aria-live="polite"></span><div class="keyboard-list"></div><button type="button" class="keyboard-page" data-turn="-1" tabindex="-1">‹</button><button type="button" class="keyboard-page" data-turn="1" tabindex="-1">›</button></div><div class="keyboard-keys"></div>';
  document.body.append(box);
  // Touching a key must not take the focus, and with it the caret, from the field.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-turn]");
    const word = event.target.closest("[data-word]");
    if (turn) turnPage(Number(turn.dataset.turn));
    if (word) choose(found[Number(word.dataset.word)]);
  });
  board = new SimpleKeyboard(box.querySelector(".keyboard-keys"), {
    layout: LAYOUT, layoutName: "latin", useButtonTag: true, disableButtonHold: true, disableCaretPositioning: true, enableLayoutCandidates: false,
    preventMouseDownDefault: true, newLineOnEnter: false, physicalKeyboardHighlight: false, mergeDisplay: false, onKeyPress: press,
    display: words(), buttonTheme: themes(), buttonAttributes: names(),
    onRender: () => box.querySelectorAll(".hg-button").forEach((key) => { key.tabIndex = -1; }),
  });
}

function words() {
  const last = nextField() === null;
  return {
    "{bksp}": "⌫", "{shift}": "⇧", "{space}": say("空格", "space"), "{done}": last ? say("完成", "Finish") : say("下一项", "Next field"), "{signs}": "123", "{letters}": letters === "pinyin" ? "拼音" : "ABC",
    "{chinese}": "英 / 中", "{latin}": "中 / 英", "{apart}": "分词", "{gap}": "",
  };
}

function names() {
  const named = (key, name) => ({ attribute: "aria-label", value: name, buttons: key });
  return [
    named("{bksp}", say("退格", "Delete")), named("{shift}", say("大写", "Capitals")), named("{chinese}", say("切换到中文", "Chinese")), named("{latin}", say("切换到英文", "English")),
    { attribute: "aria-hidden", value: "true", buttons: "{gap}" },
  ];
}

function themes() {
  const held = layout === "capital" ? [{ class: "key-held", buttons: "{shift}" }] : [];
  return [
    { class: "key-wide", buttons: "{bksp} {shift} {signs} {letters} {chinese} {latin} {apart}" }, { class: "key-space", buttons: "{space}" }, { class: "key-done", buttons: "{done}" }, { class: "key-gap", buttons: "{gap}" }, ...held,
  ];
}

function show(name) {
  layout = name;
  box.toggleAttribute("data-pad", PADS.includes(name));
  box.querySelector(".keyboard-words").hidden = name !== "pinyin";
  box.setAttribute("aria-label", say("屏幕键盘", "On-screen keyboard"));
  board.setOptions({ layoutName: name, display: words(), buttonTheme: themes(), buttonAttributes: names() });
  spell("");
  makeRoom();
}

/** Open the keyboard for a field; the field keeps the focus. */
export function open(input) {
  if (!box) build();
  const sameField = field === input && !box.hidden;
  field = input;
  field.inputMode = "none";
  if (sameField) return;
  const kind = input.dataset.keyboard;
  letters = kind === "pinyin" && !isEnglishPage() ? "pinyin" : "latin";
  box.hidden = false;
  show(PADS.includes(kind) ? kind : letters);
}

/** Close the keyboard; what was being spelled is kept as letters. */
export function close() {
  if (!box || box.hidden) return;
  write(spelling);
  spell("");
  box.hidden = true;
  root.classList.remove("has-keyboard");
  root.style.setProperty("--keyboard-height", "0px");
  if (field && hasWritten) field.dispatchEvent(new Event("change", { bubbles: true }));
  hasWritten = false;
  field = null;
}

function makeRoom() {
  root.style.setProperty("--keyboard-height", `${box.offsetHeight}px`);
  root.classList.add("has-keyboard");
  const place = field.getBoundingClientRect();
  const free = window.innerHeight - box.offsetHeight;
  if (place.bottom > free - 16 || place.top < 16) field.scrollIntoView({ block: place.height < free ? "center" : "nearest" });
}

function press(key) {
  board.clearInput();
  if (!field) return;
  const name = /^\{(\w+)\}$/.exec(key)?.[1];
  if (name) KEYS[name]?.();
  else type(key);
}

const KEYS = {
  bksp: () => (spelling ? spell(spelling.slice(0, -1)) : erase()),
  shift: () => show(layout === "capital" ? "latin" : "capital"),
  space: () => (spelling ? choose(found[0]) : write(" ")),
  apart: () => spelling && spell(spelling),
  signs: () => { keepLetters(); show("signs"); },
  letters: () => show(letters),
  chinese: () => { letters = "pinyin"; show("pinyin"); },
  latin: () => { keepLetters(); letters = "latin"; show("latin"); },
  done: () => { keepLetters(); onward(); },
};

function type(sign) {
  if (layout === "pinyin" && /^[a-z]$/.test(sign)) return spell(spelling + sign);
  if (spelling) choose(found[0]);
  write(sign);
  if (layout === "capital") show("latin");
}

function keepLetters() {
  write(spelling);
  spell("");
}

function spell(letters) {
  spelling = letters;
  page = 0;
  found = spelling ? candidates(spelling, kindHere()) : [];
  drawWords();
}

// A pinyin field holds a name unless it says otherwise (data-words): its first character is a surname.
const kindHere = () => (field.dataset.words !== undefined ? "word" : beforeCaret() === "" ? "surname" : "given");
const beforeCaret = () => (field?.selectionStart == null ? field?.value : field.value.slice(0, field.selectionStart)) ?? "";

function choose(candidate) {
  if (!candidate) return keepLetters();
  write(candidate.word);
  spell(spelling.slice(candidate.used));
}

function perPage() {
  return Math.max(5, Math.floor((box.querySelector(".keyboard-list").clientWidth + 8) / 84));
}

function turnPage(by) {
  page = Math.min(Math.max(0, page + by), Math.max(0, Math.ceil(found.length / perPage()) - 1));
  drawWords();
}

function drawWords() {
  const size = perPage();
  box.querySelector(".keyboard-spelling").textContent = isSpellable(spelling) ? spelling : spelling.toUpperCase();
  box.querySelector(".keyboard-list").replaceChildren(...found.slice(page * size, (page + 1) * size).map(({ word }, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.className = "keyboard-word";
    button.lang = "zh-Hans";
    button.dataset.word = String(page * size + n);
    button.textContent = word;
    return button;
  }));
  const [back, on] = box.querySelectorAll("[data-turn]");
  back.disabled = page === 0;
  on.disabled = (page + 1) * size >= found.length;
  back.setAttribute("aria-label", say("上一页", "Earlier words"));
  on.setAttribute("aria-label", say("下一页", "More words"));
}

function write(text) {
  if (!text || !field) return;
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  if (field.maxLength >= 0 && field.value.length - (to - from) + text.length > field.maxLength) return;
  replace(text, from, to, "insertText");
}

function erase() {
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  if (from === to && from === 0) return;
  replace("", from === to ? from - 1 : from, to, "deleteContentBackward");
}

function replace(text, from, to, inputType) {
  if (field.selectionStart === null) field.value = field.value.slice(0, from) + text + field.value.slice(to);
  else field.setRangeText(text, from, to, "end");
  hasWritten = true;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType, data: text || null }));
}

function nextField() {
  const all = field?.form ? [...field.form.querySelectorAll(SELECTOR)].filter(isUsable) : [];
  return all[all.indexOf(field) + 1] ?? null;
}

function onward() {
  const next = nextField();
  if (next) next.focus();
  else close();
}

const isUsable = (input) => !input.disabled && !input.readOnly && input.offsetParent !== null;

document.addEventListener("focusin", (event) => {
  const input = event.target.closest?.(SELECTOR);
  if (input && isUsable(input)) {
    if (field && field !== input) finishField();
    open(input);
  } else if (!box?.contains(event.target)) closeSoon();
});
document.addEventListener("focusout", (event) => {
  if (event.target === field) closeSoon();
});

let isPressed = false;
for (const kind of ["pointerdown", "pointerup", "pointercancel"]) window.addEventListener(kind, () => { isPressed = kind === "pointerdown"; }, true);

/** Close once it is sure that no other field takes the focus, and not before the finger is up: what is being tapped must not move away under it. */
function closeSoon() {
  if (isPressed) window.addEventListener("pointerup", () => setTimeout(closeUnlessTyping), { once: true, capture: true });
  else setTimeout(closeUnlessTyping);
}

function closeUnlessTyping() {
  if (document.activeElement !== field) close();
}
document.addEventListener("click", (event) => {
  const input = event.target.closest?.(SELECTOR);
  if (input && isUsable(input)) open(input);
});
window.addEventListener("resize", () => { if (field && !box.hidden) makeRoom(); });

function finishField() {
  keepLetters();
  if (hasWritten) field.dispatchEvent(new Event("change", { bubbles: true }));
  hasWritten = false;
}

// Nothing of the person stays in the keyboard when the page is wiped or left.
window.addEventListener("pagehide", () => { spelling = ""; found = []; });
document.querySelectorAll(SELECTOR).forEach((input) => { input.inputMode = "none"; });
if (document.activeElement?.matches(SELECTOR)) open(document.activeElement);
