// Whoever leaves the desk leaves nothing behind: what was typed last goes to the server first.
import { beforeSending } from "../core/forms.js";
import { isTooSoon } from "./draft.js";

const MARK = "call-desk-left";
const AT_MOST = 3000;

// draft: `unsaved` tells whether something is still to be sent, `save` sends it, `forget` gives it up.
export function saveOnLeave(form, draft) {
  // Drawn too soon, it is asked for once more, and takes no key until it has come.
  const mark = sessionStorage.getItem(MARK);
  sessionStorage.removeItem(MARK);
  if (isTooSoon(mark, location.pathname, Date.now())) {
    form.inert = true;
    location.reload();
  }

  function saveWhatIsLeft() {
    if (draft.unsaved()) draft.save();
  }
  // Before a reload the browser asks for the page anew, and hides the old one only afterwards.
  window.addEventListener("beforeunload", () => {
    if (!draft.unsaved()) return;
    sessionStorage.setItem(MARK, `${location.pathname} ${Date.now()}`);
    draft.save();
  });
  window.addEventListener("pagehide", saveWhatIsLeft);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) saveWhatIsLeft();
  });

  // Another form of the page may take the case or the session away: the draft goes ahead of it.
  beforeSending((other) => {
    if (other === form) return null;
    if ("forget" in other.dataset) draft.forget();
    if (!draft.unsaved()) return null;
    const timeout = new Promise((done) => setTimeout(done, AT_MOST));
    return Promise.race([draft.save(), timeout]).then(() => true);
  });
}
