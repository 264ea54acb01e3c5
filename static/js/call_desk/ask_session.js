// Forms without a draft ask, before they are sent, whether somebody is still signed in.
import { beforeSending } from "../core/forms.js";
import { stopAt, tell } from "./notice.js";
import { newToken } from "./server.js";

async function isSignedIn(form) {
  let obstacle;
  try {
    obstacle = (await newToken(form)) ? null : "session";
  } catch {
    obstacle = "offline";
  }
  if (obstacle) stopAt(obstacle);
  else tell(null);
  return !obstacle;
}

export function askSession(form) {
  beforeSending((sent) => (sent === form ? isSignedIn(form) : null));
}
