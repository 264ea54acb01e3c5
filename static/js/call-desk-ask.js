// Forms without a draft ask, before they are sent, whether somebody is still signed in.
import { newToken, stopAt, tell } from "./call-desk-send.js";

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
    if (state) return stopAt(state);
    tell(null);
    sending = true;
    form.requestSubmit(button ?? undefined);
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });
}
