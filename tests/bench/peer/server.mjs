// The peer: the same work on Node. Express takes the form, better-sqlite3 writes the same rows into the same schema (made by
// `yingbin migrate`) with synchronous FULL, Socket.IO 4 sends the same fragments by the same wire contract.
//   node server.mjs DATABASE PORT [coalesce]
// What it leaves out: who asks (cookies are not looked at), the CSRF token, languages, the check of each field.
// Times of day are those of the process (TZ).
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";
import { EPOCH } from "./drawing.mjs";
import { drawFloor, move } from "./floor.mjs";
import { drawLobby, signIn } from "./lobby.mjs";

const port = Number(process.argv[3]);
const BATCHED = process.argv[4] === "coalesce";

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.urlencoded({ extended: false }));
const http = createServer(app);
http.keepAliveTimeout = 60_000;
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

const newest = new Map();
const planned = new Map();

function send(draw, rev) {
  for (const [id, html] of draw(rev)) {
    const message = { epoch: EPOCH, id, lang: "zh", rev, html };
    newest.set(id, message);
    io.to(id).emit("region", message);
  }
}

/** Send what a sign-in changed: at once, or what came within 5 ms together. */
function tell(draw, rev) {
  if (!BATCHED) return send(draw, rev);
  if (!planned.has(draw)) {
    setTimeout(() => {
      const last = planned.get(draw);
      planned.delete(draw);
      send(draw, last);
    }, 5);
  }
  planned.set(draw, rev);
}

app.post("/desk/visits/new", (request, response) => {
  const { visit, rev } = signIn.immediate(request.body);
  tell(drawLobby, rev);
  response.redirect(303, `/desk/visits/${visit}?done=signed_in`);
});

app.post("/desk/meetings/:meeting/change", (request, response) => {
  const { refused, rev, room } = move.immediate(Number(request.params.meeting), request.body);
  if (refused) return response.status(409).send(refused);
  send((last) => drawFloor(last, room), rev);
  response.redirect(303, `/desk/meetings/${request.params.meeting}?done=change_to_see`);
});

io.on("connection", (socket) => {
  socket.on("watch", (message, acknowledge) => {
    acknowledge?.({ epoch: EPOCH, now: new Date().toISOString() });
    for (const [id, rev] of message.regions) {
      socket.join(id);
      const held = newest.get(id);
      if (held && held.rev > rev) socket.emit("region", held);
    }
  });
});

http.listen(port, "127.0.0.1", () => console.log("ready"));
