// A door sign hangs for months without anybody loading it: <html data-still="/door/still?room=5&theme=day">.
// Each minute, and whenever its wire is back, it asks whether it still stands at this room and in this light (204); where not (205),
// it loads itself anew.
const EVERY_MS = 60_000;

async function look() {
  try {
    const answer = await fetch(document.documentElement.dataset.still, { cache: "no-store" });
    // A device that was revoked (401) sees on its own page why.
    if (answer.status === 205 || answer.status === 401) location.reload();
  } catch {
    // The house is away: the band says so, and it is asked again.
  }
}

setInterval(look, EVERY_MS);
document.addEventListener("yb:live", (event) => event.detail.connected && look());
