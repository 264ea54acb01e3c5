// A clock that goes as the server's: `shown` is the server's time when the page was drawn.
export function clockFrom(shown, now = Date.now) {
  const ahead = shown ? Date.parse(shown) - now() : 0;
  return () => now() + ahead;
}
