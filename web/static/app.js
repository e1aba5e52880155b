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
