// The call desk: shows what the result allows, keeps the lease, keeps what is typed.
import { keep } from "./call-keep.js";
import { watchNote } from "./call-note.js";

const form = document.getElementById("call-form");
const requirements = form.querySelectorAll("[data-needs]");
const byEffect = form.querySelectorAll("[data-effects]");
const acts = form.querySelectorAll("[data-act]");
const nextSteps = form.querySelectorAll("[data-next]");

function chosen(name) {
  return form.querySelector(`input[name="${name}"]:checked`);
}

// A part that is hidden is not sent: nothing can be saved that the page does not show.
function show(part, visible) {
  part.hidden = !visible;
  for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = !visible;
}

function refresh() {
  const result = chosen("result");
  const needs = result ? result.dataset.requires.split(" ") : [];
  const effect = result ? result.dataset.effect : "";
  for (const part of requirements) show(part, needs.includes(part.dataset.needs));
  for (const part of byEffect) show(part, part.dataset.effects === effect);
  if (effect !== "outcome") return;
  const ticked = new Set([...form.querySelectorAll('input[name="acts"]:checked')].map((box) => box.value));
  for (const part of acts) show(part, ticked.has(part.dataset.act));
  const step = chosen("next_step");
  for (const part of nextSteps) show(part, Boolean(step) && step.value === part.dataset.next);
}

let waiting;
async function schedule() {
  const place = document.getElementById("schedule");
  if (!place || place.closest("[hidden]")) return;
  const answer = await fetch(form.dataset.schedule, { method: "POST", body: new FormData(form), redirect: "manual" });
  if (answer.ok) place.innerHTML = await answer.text();
}

form.addEventListener("change", refresh);
form.addEventListener("input", (event) => {
  if (!event.target.name.startsWith("plan_") && event.target.name !== "acts") return;
  clearTimeout(waiting);
  waiting = setTimeout(schedule, 400);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  }
});

refresh();
schedule();
watchNote(form);
if (form.dataset.draft) keep(form);
