import { choiceTypes, nextFigure } from "../../static/js/call_desk/solution.js";
import { contentOf } from "../../static/js/call_desk/draft.js";
import { equal, test } from "./harness.js";

const button = { dataset: { planChoice: "6", first: "2026-12-05" } };
const empty = { plan_first_due_on: { value: "" }, plan_day: { value: "" }, plan_month: { value: "" } };

test("a choice types its number, and the first day where nobody has said one", () => {
  equal(choiceTypes(button, empty), { plan_count: "6", plan_size: "", plan_first_due_on: "2026-12-05" });
});

for (const name of Object.keys(empty)) {
  test(`a day that was said stays: ${name}`, () => {
    equal(choiceTypes(button, { ...empty, [name]: { value: "5" } }), { plan_count: "6", plan_size: "" });
  });
}

test("figures that are folded away are stepped over, and there is none after the last", () => {
  const figure = (id, shown) => ({ id, checkVisibility: () => shown });
  const figures = [figure(1, true), figure(2, false), figure(3, true)];
  equal(nextFigure(figures, figures[0])?.id, 3);
  equal(nextFigure(figures, figures[2]), undefined);
});

test("no draft holds what a household has and pays", () => {
  const controls = [
    { name: "budget_income", type: "text", value: "1450" },
    { name: "acts", type: "checkbox", value: "budget_study", checked: true },
  ];
  equal(contentOf(controls), { acts: "budget_study" });
});
