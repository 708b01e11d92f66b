// An open floor tablet: toasts and dialogs, a sign of life, and back to the lock screen as soon as the server no longer knows who has it open.
import "./answers.js";
import { keepAwake } from "./awake.js";

keepAwake("/tablet/awake");
document.addEventListener("yb:refused", () => location.replace("/tablet"));
