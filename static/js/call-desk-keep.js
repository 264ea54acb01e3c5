// Nothing typed is lost: drafts go to the server, the lease is renewed, a lapsed session is told.
const LEASE_EVERY = 4 * 60 * 1000;
const DRAFT_AFTER = 1500;
const RETRY_AFTER = 10 * 1000;

function tell(kind) {
  const notice = document.getElementById("desk-notice");
  for (const text of notice.querySelectorAll("[data-notice]")) text.hidden = text.dataset.notice !== kind;
  notice.hidden = !kind;
}

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

async function post(form, address, content) {
  const answer = await fetch(address, {
    method: "POST",
    redirect: "manual",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": form.elements.csrf_token.value,
    },
    body: JSON.stringify(content),
  });
  if (answer.ok) return { state: "ok", found: await answer.json() };
  if (answer.status === 409) return { state: "lease" };
  if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) return { state: "session" };
  return { state: "refused" };
}

// After signing in again elsewhere the form's token is an old one: take the new session's.
async function newToken(form) {
  const answer = await fetch(location.pathname, { redirect: "manual", headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) form.elements.csrf_token.value = token;
  return Boolean(token);
}

// The state of one request: "ok", or what stands in the way ("session", "lease", "offline", "refused").
async function send(form, address, content) {
  try {
    const first = await post(form, address, content);
    if (first.state !== "session" || !(await newToken(form))) return first;
    const second = await post(form, address, content);
    return second.state === "session" ? { state: "refused" } : second;
  } catch {
    return { state: "offline" };
  }
}

// Forms without a draft ask, before they are sent, whether somebody is still signed in.
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

function caution(found) {
  document.getElementById("note-numbers").hidden = !found.numbers;
  const words = document.getElementById("note-words");
  words.hidden = found.words.length === 0;
  words.querySelector("[data-words]").textContent = found.words.join(", ");
}

export function keep(form) {
  const saved = document.getElementById("saved");
  let waiting;
  let sending = false;

  async function draft() {
    clearTimeout(waiting);
    const { state, found } = await send(form, form.dataset.draft, typed(form));
    tell(state === "ok" ? null : state);
    if (state === "ok") {
      saved.textContent = saved.dataset.text;
      form.removeAttribute("data-dirty");
      caution(found);
    } else {
      form.setAttribute("data-dirty", "");
      if (state !== "refused") waiting = setTimeout(draft, RETRY_AFTER);
    }
    return state;
  }

  function later() {
    clearTimeout(waiting);
    saved.textContent = "";
    waiting = setTimeout(draft, DRAFT_AFTER);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);

  setInterval(async () => {
    const { state } = await send(form, form.dataset.lease, {});
    if (state !== "ok") tell(state);
  }, LEASE_EVERY);

  // Before a save, the draft: when the session has lapsed the page stays as it is.
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    const button = event.submitter;
    const state = await draft();
    if (state === "session" || state === "offline") return;
    clearTimeout(waiting);
    sending = true;
    form.requestSubmit(button ?? undefined);
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });
}
