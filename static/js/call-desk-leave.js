// Whoever leaves the desk leaves nothing behind: what was typed last goes to the server first.
const MARK = "call-desk-left";
const AT_MOST = 3000;

// A page that is loaded again can be drawn before what was sent on leaving it has arrived: it is
// then asked for once more, and takes no key until it has come. Only the address and the time are
// remembered, never what was typed.
function arrivedTooSoon() {
  const [path, at] = (sessionStorage.getItem(MARK) ?? "").split(" ");
  sessionStorage.removeItem(MARK);
  return path === location.pathname && Date.now() - Number(at) < AT_MOST;
}

// draft: `unsaved` tells whether something is still to be sent, `save` sends it, `forget` gives it up.
export function leaving(form, draft) {
  if (arrivedTooSoon()) {
    form.inert = true;
    location.reload();
  }

  function hurry() {
    if (draft.unsaved()) draft.save();
  }
  // Before a reload the browser asks for the page anew, and hides the old one only afterwards.
  window.addEventListener("beforeunload", () => {
    if (!draft.unsaved()) return;
    sessionStorage.setItem(MARK, `${location.pathname} ${Date.now()}`);
    draft.save();
  });
  window.addEventListener("pagehide", hurry);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hurry();
  });

  // Another form of the page may take the case or the session away: the draft goes ahead of it.
  let gone = null;
  document.addEventListener(
    "submit",
    async (event) => {
      const other = event.target;
      if (other === form || "exchange" in other.dataset || other === gone) return;
      if ("forget" in other.dataset) draft.forget();
      if (!draft.unsaved()) return;
      event.preventDefault();
      const button = event.submitter;
      await Promise.race([draft.save(), new Promise((done) => setTimeout(done, AT_MOST))]);
      gone = other;
      other.requestSubmit(button ?? undefined);
    },
    true,
  );
  window.addEventListener("pageshow", () => {
    gone = null;
  });
}
