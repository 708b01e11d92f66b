// The one script a page loads (type="module"): it starts what the page's attributes ask for.
// Always: htmx-config, busy, toast, steppers, ages. By need: keyboard and wedge (kiosk), camera ([data-camera]), idle (data-idle-after),
// sound (#sound-band or [data-chime]), speak ([data-speak]), back (<html data-comes-back>).
import "./htmx-config.js";
import "./busy.js";
import "./toast.js";
import "./steppers.js";
import "./ages.js";

const root = document.documentElement;
const started = new Set();

/** Load a module once, when the page first holds something for it. */
function when(condition, module) {
  if (started.has(module) || !condition()) return;
  started.add(module);
  import(module);
}

function look() {
  const has = (selector) => () => document.querySelector(selector) !== null;
  when(() => root.dataset.density === "kiosk" && has("input[data-keyboard], textarea[data-keyboard]")(), "./keyboard.js");
  when(() => root.hasAttribute("data-scanner") || ["kiosk", "tablet", "desk"].includes(root.dataset.density), "./wedge.js");
  when(has("[data-camera]"), "./camera.js");
  when(() => root.hasAttribute("data-idle-after") || document.body.hasAttribute("data-idle-after"), "./idle.js");
  when(has("#sound-band, [data-chime], [data-sound-test]"), "./sound.js");
  when(has("[data-speak]"), "./speak.js");
  when(() => root.hasAttribute("data-comes-back"), "./back.js");
}

look();
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
