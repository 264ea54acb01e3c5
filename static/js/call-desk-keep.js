// Nothing typed is lost: drafts go to the server, the lease is renewed, a lapsed session is told.
import { leaving } from "./call-desk-leave.js";
import { send, stopAt, tell } from "./call-desk-send.js";

const LEASE_EVERY = 4 * 60 * 1000;
const DRAFT_AFTER = 1500;
const DRAFT_WITHIN = 3000;
const RETRY_AFTER = 10 * 1000;

// Everything typed, what is folded away included.
function typed(form) {
  const content = {};
  for (const control of form.elements) {
    if (!control.name || control.name === "csrf_token" || control.type === "submit") continue;
    if (["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    content[control.name] = control.name in content ? [].concat(content[control.name], control.value) : control.value;
  }
  return content;
}

// A warning pushes the note down: it must not end under the bar below it.
function caution(form, found) {
  const numbers = document.getElementById("note-numbers");
  const words = document.getElementById("note-words");
  const news = (numbers.hidden && found.numbers) || (words.hidden && found.words.length > 0);
  numbers.hidden = !found.numbers;
  words.hidden = found.words.length === 0;
  const list = words.querySelector("[data-words]");
  const said = found.words.join(", ");
  if (list.textContent !== said) list.textContent = said;
  const { note } = form.elements;
  if (news && document.activeElement === note) note.scrollIntoView({ block: "nearest" });
}

export function keep(form) {
  const saved = document.getElementById("saved");
  let waiting;
  let oldest = 0;
  let changes = 0;
  let sent = 0;
  let last = Promise.resolve("ok");
  let sending = false;
  let lost = false;

  // Drafts are taken of a case that is back in the queue as well: only a renewal says it is ours.
  function report(state) {
    lost ||= state === "lease";
    tell(state === "ok" ? lost && "lease" : state);
  }

  async function save() {
    const upTo = changes;
    const { state, found } = await send(form, form.dataset.draft, typed(form));
    report(state);
    if (state === "ok") {
      if (upTo === changes) saved.textContent = saved.dataset.text;
      form.removeAttribute("data-dirty");
      caution(form, found);
    } else {
      sent = -1;
      form.setAttribute("data-dirty", "");
      clearTimeout(waiting);
      if (state !== "refused") waiting = setTimeout(draft, RETRY_AFTER);
    }
    return state;
  }

  function draft() {
    clearTimeout(waiting);
    oldest = 0;
    sent = changes;
    last = save();
    return last;
  }

  // Typing that never pauses is kept as well.
  function later() {
    changes += 1;
    saved.textContent = "";
    oldest ||= Date.now();
    clearTimeout(waiting);
    waiting = setTimeout(draft, Math.min(DRAFT_AFTER, Math.max(0, oldest + DRAFT_WITHIN - Date.now())));
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // The numbers stand outside the form, and belong to it.
  document.addEventListener("change", ({ target }) => {
    if (target.form === form && !form.contains(target)) later();
  });

  setInterval(async () => {
    const { state } = await send(form, form.dataset.lease, {});
    if (state !== "ok") return report(state);
    if (lost) tell(null);
    lost = false;
  }, LEASE_EVERY);

  // Before a save, the draft: when the session has lapsed the page stays as it is.
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    const button = event.submitter;
    const state = await draft();
    if (state === "session" || state === "offline") return stopAt(state);
    clearTimeout(waiting);
    sending = true;
    form.requestSubmit(button ?? undefined);
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });

  leaving(form, {
    unsaved: () => !sending && sent !== changes,
    save: () => (sent === changes ? last : draft()),
    forget: () => {
      clearTimeout(waiting);
      sent = changes;
    },
  });
}
