// How long the call has lasted, by the server's clock.
export function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function showTimer(timer, now) {
  const began = Date.parse(timer.dataset.timer);
  const draw = () => {
    timer.querySelector(".number").textContent = elapsed(now() - began);
  };
  draw();
  setInterval(draw, 1000);
}
