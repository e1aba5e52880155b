// Where live output does not come through, held back on its way for instance, the page asks for itself again instead.
const patienceMs = 15_000;
const askEveryMs = 3_000;
// The first word is due at once.
let heardAt = performance.now() - patienceMs + 4_000;
const heard = () => {
  heardAt = performance.now();
};
document.addEventListener('beat', heard);
document.addEventListener('htmx:sse:after:message', heard);
setInterval(() => {
  if (document.hidden || performance.now() - heardAt < patienceMs || !document.querySelector('[data-live]')) return;
  // In the background: it keeps no session alive.
  const headers = { 'X-Background': 'true' };
  htmx.ajax('GET', location.pathname, { target: '#job', select: '#job', swap: 'outerHTML', headers });
}, askEveryMs);
