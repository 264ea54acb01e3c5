import { slotFor } from "../../static/js/call_desk/callback_slots.js";
import { equal, test } from "./harness.js";

// Columns as in the table: the hour's own cell first; hours that are past have no slot.
const GRID = [
  [null, null, "tue-9", "wed-9"],
  [null, "mon-10", null, "wed-10"],
  [null, "mon-11", "tue-11", null],
];
const go = (key, row, column, ctrlKey = false) => slotFor({ key, ctrlKey }, GRID, row, column);

test("arrows go to the next slot and step over what is past", () => {
  equal(go("ArrowRight", 0, 2), "wed-9");
  equal(go("ArrowRight", 1, 1), "wed-10");
  equal(go("ArrowDown", 0, 2), "tue-11");
  equal(go("ArrowUp", 2, 1), "mon-10");
});

test("at the edge one stays", () => {
  equal(go("ArrowLeft", 1, 1), "mon-10");
  equal(go("ArrowUp", 0, 3), "wed-9");
  equal(go("ArrowDown", 1, 3), "wed-10");
  equal(go("ArrowRight", 2, 2), "tue-11");
});

test("Home and End go along the hour, with Ctrl through the week", () => {
  equal(go("Home", 1, 3), "mon-10");
  equal(go("End", 0, 2), "wed-9");
  equal(go("Home", 2, 2, true), "tue-9");
  equal(go("End", 0, 2, true), "tue-11");
});

test("other keys are not the week's", () => {
  equal(go("Tab", 0, 2), null);
});
