import { elapsed } from "../../static/js/call_desk/timer.js";
import { timeOf } from "../../static/js/core/demo_clock.js";
import { clockFrom } from "../../static/js/core/server_clock.js";
import { equal, test } from "./harness.js";

test("time is told in minutes and seconds, and never below nothing", () => {
  equal(elapsed(0), "0:00");
  equal(elapsed(59_999), "0:59");
  equal(elapsed(60_000), "1:00");
  equal(elapsed(3_605_000), "60:05");
  equal(elapsed(-5_000), "0:00");
});

test("the clock goes as the server's, whatever this computer believes", () => {
  let here = Date.parse("2026-11-23T07:00:00Z");
  const now = clockFrom("2026-11-23T08:30:00+00:00", () => here);
  here += 4_000;
  equal(new Date(now()).toISOString(), "2026-11-23T08:30:04.000Z");
});

test("without the server's time it is this computer's", () => {
  equal(clockFrom(undefined, () => 42)(), 42);
});

test("a demo's clock is told as one says it, in Paris, in winter and in summer", () => {
  const winter = Date.parse("2026-11-30T09:00:00Z");
  equal(timeOf(winter, "fr"), "10\u00a0h");
  equal(timeOf(winter + 5 * 60_000, "fr"), "10\u00a0h\u00a005");
  equal(timeOf(winter, "en"), "10:00");
  equal(timeOf(Date.parse("2026-07-13T22:00:00Z"), "fr"), "0\u00a0h");
  equal(timeOf(Date.parse("2026-07-13T07:04:59Z"), "en"), "9:04");
});
