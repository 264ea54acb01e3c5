// Why a save is held back, and what is final.
const DEAD = ["wrong_number", "invalid_number"];

// A result that is final by itself, or a number that is out of use and the last that could be dialled.
export function isFinal(result, byItself, numbers) {
  return byItself || (DEAD.includes(result) && numbers < 2);
}

// "result", "identity", "next" or "final"; null where nothing holds it back.
export function heldBy({ result, final, identity, next, confirmed }) {
  if (!result) return "result";
  if (identity === false) return "identity";
  if (result.startsWith("reached") && !next) return "next";
  return final && !confirmed ? "final" : null;
}
