// "result=reached_holder reached_mandated": one answer of a form, and the values that are meant.
export function parseCondition(text) {
  const at = text.indexOf("=");
  return { name: text.slice(0, at), values: text.slice(at + 1).split(" ").filter(Boolean) };
}
