// The week of callbacks is one stop of the Tab key; the arrows go from hour to hour in it.
import { onArrival } from "./call_form.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// Where a key leads in a grid of slots; hours that are past have none (null) and are stepped over.
export function slotBeside(grid, row, column, key) {
  const [down, right] = STEPS[key];
  let [y, x] = [row + down, column + right];
  for (; grid[y]?.[x] !== undefined; y += down, x += right) if (grid[y][x]) return grid[y][x];
  return grid[row][column];
}

export function slotFor({ key, ctrlKey }, grid, row, column) {
  if (key in STEPS) return slotBeside(grid, row, column, key);
  const within = (ctrlKey ? grid.flat() : grid[row]).filter(Boolean);
  if (key === "Home") return within[0];
  if (key === "End") return within.at(-1);
  return null;
}

const slotsOf = (agenda) => [...agenda.querySelectorAll("[data-pick]")];

function stopAt(slot) {
  for (const other of slotsOf(slot.closest(".agenda"))) other.tabIndex = other === slot ? 0 : -1;
}

function wanted(slot, event) {
  const cell = slot.closest("td");
  const rows = [...cell.closest("tbody").rows];
  const grid = rows.map((row) => [...row.cells].map((each) => each.querySelector("[data-pick]")));
  return slotFor(event, grid, rows.indexOf(cell.parentElement), cell.cellIndex);
}

export function callbackSlots(form) {
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
