// The one guard of every form that is posted: what must happen first has happened, then it is sent
// once. Typed work is not lost by a slip.
const checks = [];
const sending = new Map(); // form -> "checking", "cleared" or "sent"
const busy = new Map(); // button -> what it shows while nothing is sent

// check(form) gives nothing when the form may leave at once, else a promise: whether it may.
export function beforeSending(check) {
  checks.push(check);
}

export function isLeaving(form) {
  return ["cleared", "sent"].includes(sending.get(form));
}

// The button must still be sent with its name, so it is only marked busy, not disabled.
function markBusy(button) {
  if (!button || busy.has(button)) return;
  busy.set(button, [...button.childNodes]);
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) button.textContent = button.dataset.busy;
}

function markFree(button) {
  if (!busy.has(button)) return;
  button.replaceChildren(...busy.get(button));
  button.removeAttribute("aria-busy");
  busy.delete(button);
}

async function sendWhenReady(form, button, waiting) {
  sending.set(form, "checking");
  const ready = await Promise.all(waiting).then((answers) => answers.every(Boolean), () => false);
  if (sending.get(form) !== "checking") return;
  sending.delete(form);
  if (!ready) {
    markFree(button);
    return;
  }
  sending.set(form, "cleared");
  form.requestSubmit(button ?? undefined);
}

// A form that htmx sends is its own affair: it prevents the submission before it comes here.
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset) return;
  if (button && "download" in button.dataset) return; // a document of what is typed: nothing is sent for good
  const state = sending.get(form);
  if (state === "checking" || state === "sent") {
    event.preventDefault();
    return;
  }
  markBusy(button);
  const waiting = state === "cleared" ? [] : checks.map((check) => check(form)).filter(Boolean);
  if (waiting.length) {
    event.preventDefault();
    sendWhenReady(form, button, waiting);
    return;
  }
  sending.set(form, "sent");
  form.removeAttribute("data-unsaved");
});

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.method === "post") markBusy(target.querySelector("button"));
});
document.addEventListener("htmx:afterRequest", ({ target }) => {
  if (target.method === "post") markFree(target.querySelector("button"));
});

// Back and forward show the page as it was: ready to be sent again.
window.addEventListener("pageshow", () => {
  sending.clear();
  for (const button of [...busy.keys()]) markFree(button);
});

for (const form of document.querySelectorAll("form[data-warn-unsaved]")) {
  form.addEventListener("input", () => form.setAttribute("data-unsaved", ""));
}
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved]")) event.preventDefault();
});

document.querySelector("[data-focus]")?.focus();
