// A photo from a phone or a camera is made smaller before it is sent: <input type="file" data-photo="1500000"> in a form with [data-photo-say].
//   It is drawn into a canvas of at most 1600 pixels a side and written as JPEG, in ever lower quality until it fits. Drawing it anew also drops what
//   the camera wrote into the file: where it was taken, when, by which phone. What the browser cannot read is sent as it is; the server judges it.
const LONGEST_SIDE = 1600;
const QUALITIES = [0.86, 0.78, 0.68, 0.56, 0.44];

for (const input of document.querySelectorAll("input[data-photo]")) watch(input);

function watch(input) {
  const form = input.form;
  const say = form.querySelector("[data-photo-say]");
  let work = Promise.resolve();
  const begin = () => {
    work = makeSmaller(input, say);
  };
  input.addEventListener("change", begin);
  // Chosen before this script was there, or kept by the browser over a reload.
  if (input.files.length) begin();
  // Whoever is quicker than the canvas waits for it: the form goes when the photo is ready.
  form.addEventListener("submit", (event) => {
    if (!input.hasAttribute("data-photo-busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    work.then(() => form.requestSubmit(event.submitter));
  }, true);
}

async function makeSmaller(input, say) {
  const [file] = input.files;
  say.textContent = "";
  if (!file) return;
  input.setAttribute("data-photo-busy", "");
  say.textContent = input.dataset.working;
  const smaller = await drawn(file, Number(input.dataset.photo));
  if (smaller && input.files[0] === file) {
    const list = new DataTransfer();
    list.items.add(smaller);
    input.files = list.files;
  }
  say.textContent = smaller ? `${input.dataset.ready} ${Math.ceil(smaller.size / 1000)} kB` : "";
  input.removeAttribute("data-photo-busy");
}

async function drawn(file, mostBytes) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff"; // a JPEG knows no transparency
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= mostBytes) return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
  }
  return null;
}
