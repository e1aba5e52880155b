// The page of something that runs. Its output follows the last line and can be paused. Where live output does not come through,
// held back on its way for instance, the page asks for itself again instead.
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
  if (document.querySelector('.still')) return;
  // In the background: it keeps no session alive.
  const headers = { 'X-Background': 'true' };
  htmx.ajax('GET', location.pathname, { target: '#job', select: '#job', swap: 'outerHTML', headers });
}, askEveryMs);

const logs = () => [...document.querySelectorAll('[role=log]')];

// Who has scrolled up to read stays there.
let following = [];
document.addEventListener('htmx:sse:before:message', () => {
  following = logs().filter(log => log.scrollHeight - log.scrollTop - log.clientHeight < 8);
});
document.addEventListener('htmx:sse:after:message', () => {
  for (const log of following) log.scrollTop = log.scrollHeight;
});

/** What a log says now, while the log itself goes on unseen and unheard behind it. */
function stillOf(log) {
  const still = document.createElement('pre');
  Object.assign(still, { className: 'output still', textContent: log.textContent, tabIndex: 0, role: 'region' });
  still.ariaLabel = log.ariaLabel;
  log.before(still);
  still.scrollTop = log.scrollTop;
  log.hidden = true;
}

function goOn(still) {
  still.nextElementSibling.hidden = false;
  still.remove();
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('#pause');
  if (!button) return;
  const paused = document.querySelectorAll('.still');
  if (paused.length > 0) paused.forEach(goOn);
  else logs().forEach(stillOf);
  [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
});

const offerPause = () => document.querySelector('#pause')?.removeAttribute('hidden');
document.addEventListener('DOMContentLoaded', offerPause);
document.addEventListener('htmx:after:swap', offerPause);
