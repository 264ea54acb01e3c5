// The week of callbacks is one stop of the Tab key; the arrows go from hour to hour in it.
import { onArrival } from "./call-desk-parts.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const ENDS = { Home: 0, End: -1 };

const slotsOf = (part) => [...part.querySelectorAll("[data-pick]")];

function stopAt(slot) {
  for (const each of slotsOf(slot.closest(".agenda"))) each.tabIndex = each === slot ? 0 : -1;
}

// Hours that are past have no slot: they are stepped over.
function beside(slot, [down, right]) {
  const cell = slot.closest("td");
  const { rows } = cell.closest("tbody");
  let row = cell.parentElement.sectionRowIndex + down;
  let column = cell.cellIndex + right;
  for (; rows[row]?.cells[column]; row += down, column += right) {
    const [found] = slotsOf(rows[row].cells[column]);
    if (found) return found;
  }
  return slot;
}

function wanted(slot, event) {
  if (event.key in STEPS) return beside(slot, STEPS[event.key]);
  if (event.key in ENDS) return slotsOf(slot.closest(event.ctrlKey ? "tbody" : "tr")).at(ENDS[event.key]);
  return null;
}

export function week(form) {
  onArrival(form, () => {
    for (const agenda of form.querySelectorAll(".agenda")) {
      const [first] = slotsOf(agenda);
      if (first && !agenda.querySelector('[data-pick][tabindex="0"]')) stopAt(first);
    }
  });
  form.addEventListener("focusin", (event) => {
    const slot = event.target.closest(".agenda [data-pick]");
    if (slot) stopAt(slot);
  });
  form.addEventListener("keydown", (event) => {
    const slot = event.target.closest(".agenda [data-pick]");
    const to = slot && wanted(slot, event);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
}
