// Parts of the form open as the answers above allow: data-show="result=reached_holder reached_mandated".
import { parseCondition } from "../core/conditions.js";

function answers(form, name) {
  return [...form.querySelectorAll(`input[name="${name}"]:checked, select[name="${name}"]`)]
    .filter((input) => !input.closest("[hidden]"))
    .map((input) => input.value);
}

function wanted(form, part) {
  const { name, values } = parseCondition(part.dataset.show);
  const given = answers(form, name);
  return values.some((value) => given.includes(value));
}

// What is hidden is not sent: nothing can be saved that the page does not show. A closure that was
// proposed is, so that a refused save does not lose it: it counts with its step only.
function refresh(form) {
  for (const part of form.querySelectorAll("[data-show]")) part.hidden = !wanted(form, part);
  for (const control of form.elements) {
    if (!control.closest("[data-show]") || control.id === "closure") continue;
    control.disabled = Boolean(control.closest("[data-show][hidden]"));
  }
}

const LEADS_ON = "input[name=result], input[name=acts], input[name=next_step], input[data-one-of]";
// Typed over what is proposed, not behind it.
const WRITTEN = "input:not([type=checkbox]):not([type=radio])";

const CONTROL = "input:not([type=hidden]), select, textarea";

const isEmpty = (control) => (control.type === "checkbox" ? !control.checked : !control.value);

// The first control of a part; where it says so (data-leads), the first that is still to be filled in.
function firstOf(part) {
  const all = [...part.querySelectorAll(CONTROL)].filter((control) => !control.closest("[hidden]"));
  return (part.dataset.leads === "empty" && all.find(isEmpty)) || all[0];
}

// A result chosen by its key leads on to what it asks.
function leadOn(form, input) {
  const parts = [...form.querySelectorAll("[data-show]")].filter(
    (part) => !part.hidden && parseCondition(part.dataset.show).values.includes(input.value),
  );
  for (const part of parts) {
    const control = part.querySelector("[data-lead] [data-pick]") ?? firstOf(part);
    if (control) {
      control.focus();
      if (control.matches(WRITTEN)) control.select();
      control.scrollIntoView({ block: "center" });
      return;
    }
  }
}

// What was agreed proposes how the case closes, as the server says; a choice made by hand stays.
function proposeClosure(form) {
  const select = form.querySelector("#closure");
  const proposed = form.querySelector("[data-proposed-closure]")?.dataset.proposedClosure ?? "";
  if (!select || select.dataset.byHand || proposed === (select.dataset.proposed ?? "")) return;
  if (select.value !== (select.dataset.proposed ?? "")) return;
  select.value = select.dataset.proposed = proposed;
}

// Does something now, and again whenever a part of the form is loaded into it later.
export function onArrival(form, prepare) {
  prepare();
  new MutationObserver(prepare).observe(form, { childList: true, subtree: true });
}

export function openParts(form) {
  form.addEventListener("change", (event) => {
    refresh(form);
    if (event.target.id === "closure") event.target.dataset.byHand = "1";
  });
  // A click that no hand made comes from a one-key shortcut.
  form.addEventListener("click", (event) => {
    const input = event.target;
    if (event.isTrusted || !input.matches(LEADS_ON)) return;
    refresh(form);
    if (input.checked) leadOn(form, input);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const control = document.getElementById(button.closest("[data-picks]").dataset.picks);
    control.value = button.dataset.pick;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
    control.focus();
  });
  onArrival(form, () => {
    for (const group of form.querySelectorAll("[data-picks][hidden]")) group.hidden = false;
    proposeClosure(form);
  });
  refresh(form);
  form.dataset.parts = "ready";
}
