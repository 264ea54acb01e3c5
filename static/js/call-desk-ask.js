// Forms without a draft ask, before they are sent, whether somebody is still signed in.
import { newToken, tell } from "./call-desk-send.js";

export function askSession(form) {
  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    const button = event.submitter;
    let state;
    try {
      state = (await newToken(form)) ? null : "session";
    } catch {
      state = "offline";
    }
    tell(state);
    if (state) return;
    sending = true;
    form.requestSubmit(button ?? undefined);
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });
}
