import { stateOf } from "../../static/js/call_desk/server.js";
import { equal, test } from "./harness.js";

const answer = (status, type = "basic") => ({ ok: status >= 200 && status < 300, status, type });

test("an answer says what stands in the way", () => {
  equal(stateOf(answer(200)), "ok");
  equal(stateOf(answer(409)), "lease");
  for (const status of [400, 401, 403]) equal(stateOf(answer(status)), "session");
  equal(stateOf(answer(0, "opaqueredirect")), "session");
  for (const status of [404, 413, 422, 429, 500]) equal(stateOf(answer(status)), "refused");
});
