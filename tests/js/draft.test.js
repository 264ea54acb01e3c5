import { contentOf, delayOf, isTooSoon } from "../../static/js/call_desk/draft.js";
import { equal, test } from "./harness.js";

const text = (name, value) => ({ name, type: "text", value });
const box = (name, value, checked) => ({ name, type: "checkbox", value, checked });

test("a draft holds what is typed and ticked", () => {
  const controls = [
    text("note", "Calme."),
    text("plan_amount", ""),
    box("acts", "plan_agreed", true),
    box("acts", "referral", false),
    { name: "result", type: "radio", value: "no_answer", checked: true },
  ];
  equal(contentOf(controls), { note: "Calme.", plan_amount: "", acts: "plan_agreed", result: "no_answer" });
});

test("a name that comes twice is a list, in the order of the page", () => {
  const ticked = ["a", "b", "c"].map((value) => box("acts", value, true));
  equal(contentOf(ticked), { acts: ["a", "b", "c"] });
});

test("a draft holds neither the token nor buttons nor what has no name", () => {
  const controls = [text("csrf_token", "x"), { name: "next", type: "submit", value: "1" }, text("", "y")];
  equal(contentOf(controls), {});
});

test("a draft goes when typing pauses, and within three seconds when it does not", () => {
  equal(delayOf(10_000, 10_000), 1500);
  equal(delayOf(10_000, 11_499), 1500);
  equal(delayOf(10_000, 12_000), 1000);
  equal(delayOf(10_000, 13_000), 0);
  equal(delayOf(10_000, 20_000), 0);
});

test("a page left a moment ago is drawn too soon, another page or later is not", () => {
  equal(isTooSoon("/call/7 1000", "/call/7", 3999), true);
  equal(isTooSoon("/call/7 1000", "/call/7", 4000), false);
  equal(isTooSoon("/call/7 1000", "/call/8", 1001), false);
  equal(isTooSoon(null, "/call/7", 1000), false);
});
