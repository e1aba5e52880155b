// What scripts add to pages that work without them: "/" for search, focus after a swap, no double submit, the way to sign in again.
document.addEventListener('keydown', event => {
  const typing = event.target.closest?.('input, select, textarea, [contenteditable]');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector('main input[type=search]') ?? document.querySelector('input[type=search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// Where the reader's clock is not the server's, the page says whose times it tells.
{
  const now = new Date();
  const timeIn = timeZone => now.toLocaleString('sv', { timeZone });
  const isElsewhere = timeIn(document.currentScript.dataset.zone) !== timeIn();
  document.documentElement.toggleAttribute('data-elsewhere', isElsewhere);
}

// A form that was sent waits for its answer: the second click of a double click sends nothing.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  form.setAttribute('aria-busy', 'true');
});

// Going back brings the page as it was left; it may be sent again.
const ready = form => {
  delete form.dataset.sent;
  form.removeAttribute('aria-busy');
};
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(ready));
document.addEventListener(
  'htmx:finally:request',
  event => event.target.closest?.('form[data-sent]') && ready(event.target),
);

// A stream that ended with its session cannot say so. The page, asked for again, is the one to sign in at, and leads back here.
document.addEventListener('htmx:sse:error', ({ detail }) => detail.status === 401 && location.reload());

// Where a swap took away what had the focus, it goes to the first error, else to what the page marked, else to the content.
let hadFocus = false;
document.addEventListener('htmx:before:swap', () => {
  hadFocus = document.activeElement !== document.body;
});
document.addEventListener('htmx:after:swap', () => {
  if (!hadFocus || document.activeElement !== document.body) return;
  const main = document.querySelector('#main');
  (main.querySelector('[aria-invalid=true]') ?? main.querySelector('[data-focus]') ?? main).focus();
});

// A page that was made while the agent was away is made anew when it is back. Where somebody has typed, only the top bar says so.
const isTyped = field =>
  ['checkbox', 'radio'].includes(field.type)
    ? field.checked !== field.defaultChecked
    : field.value !== field.defaultValue;
const isUntouched = () => ![...document.querySelectorAll('main :is(input, textarea)')].some(isTyped);
setInterval(async () => {
  const said = document.querySelector('#host-health[data-renew]');
  if (!said || document.hidden) return;
  const answer = await fetch(location.href, { headers: { 'X-Background': 'true' } }).catch(() => undefined);
  const now = answer && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#host-health');
  // What was sent meanwhile brings a page of its own.
  if (!now || now.dataset.renew || !said.isConnected || document.querySelector('form[data-sent]')) return;
  if (isUntouched()) location.replace(answer.url);
  else said.replaceWith(now);
}, 5_000);
