import { parseCondition } from "../../static/js/core/conditions.js";
import { equal, test } from "./harness.js";

test("a condition is a name and the values that are meant", () => {
  equal(parseCondition("reason=bad_number"), { name: "reason", values: ["bad_number"] });
  equal(parseCondition("result=reached_holder reached_mandated").values.length, 2);
});

test("a campaign that asks for nothing shows nothing", () => {
  equal(parseCondition("result="), { name: "result", values: [] });
});
