// The schedule of the plan as typed, computed on the server by the rule that saves it.
const AFTER = 350;
const ASKED = ["plan_amount", "plan_count", "plan_first_due_on"];

export function livePlan(form) {
  const place = document.getElementById("schedule");
  if (!place) return;
  const byHand = form.querySelector("[data-preview]");
  if (byHand) byHand.hidden = true;
  const said = document.getElementById("schedule-said");
  let waiting;
  let asked;

  // A table read out whole, at each key, says too much: one sentence is, and only when it changes.
  function say() {
    const text = place.querySelector("[data-said]")?.dataset.said ?? place.textContent.trim();
    if (said.textContent !== text) said.textContent = text;
  }

  async function compute() {
    if (place.closest("[hidden]")) return;
    if (!ASKED.every((name) => form.elements[name].value)) {
      place.innerHTML = "";
      const text = document.createElement("p");
      text.className = "quiet small";
      text.textContent = place.dataset.later;
      place.append(text);
      say();
      return;
    }
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.schedule, {
        method: "POST",
        body: new FormData(form),
        redirect: "manual",
        signal: asked.signal,
      });
      if (!answer.ok) return;
      place.innerHTML = await answer.text();
      say();
    } catch {
      // Offline, or overtaken by the next keystroke: the schedule shown stays.
    }
  }

  function soon(event) {
    const name = event.target.name || "";
    if (!name.startsWith("plan_") && name !== "acts") return;
    clearTimeout(waiting);
    waiting = setTimeout(compute, AFTER);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  compute();
}
