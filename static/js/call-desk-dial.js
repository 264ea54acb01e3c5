// A number dialled is the number of the call, and its beginning; numbers can be copied.
function clockOf(timer) {
  const ahead = timer ? Date.parse(timer.dataset.now) - Date.now() : 0;
  return () => Date.now() + ahead;
}

function showTime(timer, now) {
  const seconds = Math.max(0, Math.floor((now() - Date.parse(timer.dataset.timer)) / 1000));
  const minutes = Math.floor(seconds / 60);
  timer.querySelector(".number").textContent = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

export function dialling(form) {
  const timer = document.querySelector("[data-timer]");
  const now = clockOf(timer);
  if (timer) {
    showTime(timer, now);
    setInterval(showTime, 1000, timer, now);
  }

  for (const link of document.querySelectorAll("[data-dial]")) {
    link.addEventListener(link.matches("form") ? "submit" : "click", () => {
      const number = document.getElementById(link.dataset.dial);
      number.checked = true;
      const dialled = form.elements.started_at;
      if (!form.dataset.dialled) dialled.value = new Date(now()).toISOString();
      form.dataset.dialled = "1";
      number.dispatchEvent(new Event("change", { bubbles: true }));
      form.dispatchEvent(new Event("input"));
    });
  }

  const chosen = document.querySelector("[data-chosen]");
  document.addEventListener("change", ({ target }) => {
    if (chosen && target.name === "phone_id") chosen.textContent = target.dataset.number;
  });

  const line = document.getElementById("line");
  if (line) byExchange(line);

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.setAttribute("aria-label", button.dataset.copied);
      button.classList.add("copied");
    });
  }
}

// The exchange is asked without leaving the page; how the call goes is looked up until it is over.
function byExchange(line) {
  const show = async (address, options) => {
    const answer = await fetch(address, { headers: { "X-Requested-With": "live" }, ...options });
    if (answer.ok && !answer.redirected) line.innerHTML = await answer.text();
  };
  for (const form of document.querySelectorAll("[data-exchange]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      if (button.hasAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      show(form.action, { method: "POST", body: new FormData(form) })
        .catch(() => form.submit())
        .finally(() => button.removeAttribute("aria-busy"));
    });
  }
  setInterval(() => {
    const call = line.querySelector("[data-state]");
    if (!call || ["ended", "failed"].includes(call.dataset.state) || document.hidden) return;
    show(line.dataset.line).catch(() => {});
  }, 3000);
}
