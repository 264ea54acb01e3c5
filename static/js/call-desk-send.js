// One request of the call desk to the server, and what stands in its way, told on the page.
const notice = document.getElementById("desk-notice");
let from = null;

export function tell(kind) {
  for (const text of notice.querySelectorAll("[data-notice]")) text.hidden = text.dataset.notice !== kind;
  if (!kind && notice.contains(document.activeElement)) from?.focus();
  notice.hidden = !kind;
}

// A save that goes no further: the notice may have been read long ago, so one is taken to it, and
// back when nothing stands in the way any more.
export function stopAt(kind) {
  tell(kind);
  if (!notice.contains(document.activeElement)) from = document.activeElement;
  notice.focus();
}

// A request goes on to its end when the page is left meanwhile (keepalive).
async function post(form, address, content) {
  const answer = await fetch(address, {
    method: "POST",
    redirect: "manual",
    keepalive: true,
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
export async function newToken(form) {
  const answer = await fetch(location.pathname, { redirect: "manual", headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) form.elements.csrf_token.value = token;
  return Boolean(token);
}

// The state of one request: "ok", or what stands in the way ("session", "lease", "offline", "refused").
export async function send(form, address, content) {
  try {
    const first = await post(form, address, content);
    if (first.state !== "session" || !(await newToken(form))) return first;
    const second = await post(form, address, content);
    return second.state === "session" ? { state: "refused" } : second;
  } catch {
    return { state: "offline" };
  }
}
