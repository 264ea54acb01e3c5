// To come back to the person: the first moment that is proposed stands there until somebody says another.
import { onArrival } from "./call_form.js";

export function proposedMoment(form) {
  const control = form.querySelector("#follow_up_at");
  if (!control) return;
  let said = Boolean(control.value);
  control.addEventListener("input", ({ isTrusted }) => {
    said ||= isTrusted;
  });
  form.addEventListener("click", ({ target }) => {
    said ||= Boolean(target.closest('[data-picks="follow_up_at"] [data-pick]'));
  });
  onArrival(form, () => {
    const first = form.querySelector("#proposals [data-pick]");
    if (said || !first || control.closest("[hidden]") || control.value === first.dataset.pick) return;
    control.value = first.dataset.pick;
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  });
}
