// Nothing typed is lost: drafts go to the server, the lease is renewed, a lapsed session is told.
const LEASE_EVERY = 4 * 60 * 1000;
const DRAFT_AFTER = 1500;
const token = document.querySelector('meta[name="csrf-token"]').content;

function tell(kind) {
  const notice = document.getElementById("desk-notice");
  for (const text of notice.querySelectorAll("p")) text.hidden = !kind || !text.hasAttribute(`data-${kind}`);
  notice.hidden = !kind;
}

// "ok", or what stands in the way: "session-lapsed", "lease-lapsed", "offline".
async function post(address, content) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(content),
    });
    if (answer.ok) return "ok";
    return answer.status === 409 ? "lease-lapsed" : "session-lapsed";
  } catch {
    return "offline";
  }
}

function typed(form) {
  const content = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "csrf_token") continue;
    if (name in content) content[name] = [].concat(content[name], value);
    else content[name] = value;
  }
  return content;
}

export function keep(form) {
  const saved = document.getElementById("saved");
  let waiting;
  let sending = false;

  async function draft() {
    const state = await post(form.dataset.draft, typed(form));
    tell(state === "ok" ? null : state);
    if (state === "ok") saved.textContent = saved.dataset.text;
    return state;
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    saved.textContent = "";
    waiting = setTimeout(draft, DRAFT_AFTER);
  });

  setInterval(async () => {
    const state = await post(form.dataset.lease, {});
    if (state !== "ok") tell(state);
  }, LEASE_EVERY);

  // Before a save, the draft: when the session has lapsed the page stays as it is.
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(waiting);
    const button = event.submitter;
    const state = await draft();
    if (state === "session-lapsed" || state === "offline") return;
    sending = true;
    form.requestSubmit(button ?? undefined);
  });
}
