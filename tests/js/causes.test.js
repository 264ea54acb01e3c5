import { mainAfter } from "../../static/js/call_desk/causes.js";
import { equal, test } from "./harness.js";

test("the cause ticked first is the main one", () => {
  equal(mainAfter("", "forgotten", true, ["forgotten"]), "forgotten");
  equal(mainAfter("forgotten", "contested", true, ["contested", "forgotten"]), "forgotten");
});

test("the next one takes its place when it goes", () => {
  equal(mainAfter("forgotten", "forgotten", false, ["contested"]), "contested");
  equal(mainAfter("forgotten", "contested", false, ["forgotten"]), "forgotten");
  equal(mainAfter("forgotten", "forgotten", false, []), "");
});
