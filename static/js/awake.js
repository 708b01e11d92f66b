// A sign of life: while somebody uses the page without asking the server for anything, it is told so once a minute.

const AWAKE_MS = 60_000;

/** Tell `address` from now on that somebody is there. */
export function keepAwake(address) {
  let toldAt = performance.now();
  function tell() {
    if (performance.now() - toldAt < AWAKE_MS) return;
    toldAt = performance.now();
    const token = document.querySelector('meta[name="csrf"]')?.content ?? "";
    fetch(address, { method: "POST", headers: { "X-CSRF-Token": token }, keepalive: true }).catch(() => {});
  }
  for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, tell, { passive: true });
}
