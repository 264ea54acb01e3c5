// One request of the call desk to the server: what it answered, or what stands in the way.
// "ok", or what stands in the way: the case is back in the queue, the session is over, it is refused.
export function stateOf({ ok, status, type }) {
  if (ok) return "ok";
  if (status === 409) return "lease";
  return type === "opaqueredirect" || [400, 401, 403].includes(status) ? "session" : "refused";
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
  const state = stateOf(answer);
  return state === "ok" ? { state, found: await answer.json() } : { state };
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

// The state of one request, and what was found; "offline" when there is no answer at all.
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
