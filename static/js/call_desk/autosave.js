// Nothing typed is lost: drafts go to the server, the lease is renewed, a lapsed session is told.
import { beforeSending, isLeaving } from "../core/forms.js";
import { contentOf, delayOf } from "./draft.js";
import { stopAt, tell } from "./notice.js";
import { saveOnLeave } from "./save_on_leave.js";
import { send } from "./server.js";

const LEASE_EVERY = 4 * 60 * 1000;
const RETRY_AFTER = 10 * 1000;

// A warning pushes the note down: it must not end under the bar below it.
function warnOfNote(form, found) {
  const numbers = document.getElementById("note-numbers");
  const words = document.getElementById("note-words");
  const isNew = (numbers.hidden && found.numbers) || (words.hidden && found.words.length > 0);
  numbers.hidden = !found.numbers;
  words.hidden = found.words.length === 0;
  const list = words.querySelector("[data-words]");
  const text = found.words.join(", ");
  if (list.textContent !== text) list.textContent = text;
  const { note } = form.elements;
  if (isNew && document.activeElement === note) note.scrollIntoView({ block: "nearest" });
}

export function autosave(form) {
  const saved = document.getElementById("saved");
  let timer;
  let oldest = 0;
  let changes = 0;
  let sent = 0;
  let last = Promise.resolve("ok");
  let lost = false;
  let asked = false; // a save met no line: it goes by itself when the line is back
  let pressed = null; // with the button that was pressed: the next case is nobody's surprise

  // Drafts are taken of a case that is back in the queue as well: only a renewal says it is ours.
  function report(state) {
    lost ||= state === "lease";
    tell(state === "ok" ? lost && "lease" : state);
  }

  async function save() {
    const upTo = changes;
    const { state, found } = await send(form, form.dataset.draft, contentOf(form.elements));
    report(state);
    if (state === "ok") {
      if (upTo === changes) saved.textContent = saved.dataset.text;
      form.removeAttribute("data-unsaved");
      if (asked) setTimeout(() => form.requestSubmit(pressed ?? form.querySelector("[data-save]")));
      asked = false;
      warnOfNote(form, found);
    } else {
      sent = -1;
      form.setAttribute("data-unsaved", "");
      clearTimeout(timer);
      if (state !== "refused") timer = setTimeout(saveNow, RETRY_AFTER);
    }
    return state;
  }

  function saveNow() {
    clearTimeout(timer);
    oldest = 0;
    sent = changes;
    last = save();
    return last;
  }

  function saveSoon() {
    changes += 1;
    saved.textContent = "";
    oldest ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(saveNow, delayOf(oldest, Date.now()));
  }

  form.addEventListener("input", () => {
    asked = false;
    saveSoon();
  });
  form.addEventListener("change", saveSoon);
  // The numbers stand outside the form, and belong to it.
  document.addEventListener("change", ({ target }) => {
    if (target.form === form && !form.contains(target)) saveSoon();
  });

  setInterval(async () => {
    const { state } = await send(form, form.dataset.lease, {});
    if (state !== "ok") return report(state);
    if (lost) tell(null);
    lost = false;
  }, LEASE_EVERY);

  form.addEventListener("submit", ({ submitter }) => {
    pressed = submitter;
  });
  // Before a save, the draft: when the session has lapsed the page stays as it is.
  async function saveFirst() {
    const state = await saveNow();
    asked = state === "offline" && !("held" in form.dataset);
    if (state === "session" || state === "offline") {
      stopAt(state);
      return false;
    }
    clearTimeout(timer);
    return true;
  }
  beforeSending((other) => (other === form ? saveFirst() : null));

  saveOnLeave(form, {
    unsaved: () => !isLeaving(form) && sent !== changes,
    save: () => (sent === changes ? last : saveNow()),
    forget: () => {
      clearTimeout(timer);
      sent = changes;
    },
  });
}
