import { heldBy, isFinal } from "../../static/js/call_desk/held.js";
import { equal, test } from "./harness.js";

test("what is missing is told in the order of a call", () => {
  equal(heldBy({}), "result");
  equal(heldBy({ result: "reached_holder", identity: false }), "identity");
  equal(heldBy({ result: "reached_holder", identity: true }), "next");
  equal(heldBy({ result: "reached_holder", identity: true, next: "close" }), null);
  equal(heldBy({ result: "no_answer" }), null);
});

test("what is final is asked once more", () => {
  equal(heldBy({ result: "opposed", final: true }), "final");
  equal(heldBy({ result: "opposed", final: true, confirmed: true }), null);
});

test("a dead number is final where it is the last one", () => {
  equal(isFinal("wrong_number", false, 1), true);
  equal(isFinal("invalid_number", false, 0), true);
  equal(isFinal("wrong_number", false, 2), false);
  equal(isFinal("no_answer", false, 1), false);
  equal(isFinal("opposed", true, 3), true);
});
