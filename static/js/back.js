// A page that refuses, on a screen with nobody to tap "try again": <html data-comes-back="/kiosk" data-status="401">.
// Every ten seconds it asks whether that address answers otherwise by now, and goes there when it does. Meanwhile it stands still.
const WAIT_MS = 10_000;

const { comesBack, status } = document.documentElement.dataset;

async function look() {
  try {
    const answer = await fetch(comesBack, { cache: "no-store" });
    if (answer.status !== Number(status)) return location.replace(comesBack);
  } catch {
    // The house is away: what is shown stays, and it is asked again.
  }
  setTimeout(look, WAIT_MS);
}

setTimeout(look, WAIT_MS);
