// The overview while it is open: figures asked again, and charts drawn by uPlot: a line through the means in a band from lowest to highest.
// A part that is drawn on a chart is asked for again, as finely as it is kept.
const everyMs = 10_000;
const strokes = [
  { mark: '—', dash: [] },
  { mark: '– –', dash: [7, 4] },
  { mark: '···', dash: [2, 3] },
  { mark: '– ·', dash: [10, 3, 2, 3] },
];
const edge = { width: 0, points: { show: false } };

// A canvas wants colours as they come out, not as the tokens say them.
for (const name of ['--accent', '--accent-soft', '--muted', '--line'])
  CSS.registerProperty({ name, syntax: '<color>', inherits: true, initialValue: 'transparent' });

const charts = [...document.querySelectorAll('.plot')].map(chartIn);
const range = document.querySelector('.plot')?.dataset.range;
let part;

async function load() {
  const headers = { 'X-Background': 'true' };
  const answer = await fetch(`/overview/history?${part ?? `range=${range}`}`, { headers }).catch(() => {});
  if (!answer?.ok || answer.redirected) return;
  const history = await answer.json();
  for (const show of charts) show(history);
}

function zoom(from, to) {
  part = from && `from=${Math.round(from * 1000)}&to=${Math.round(to * 1000)}`;
  load();
}

/** Takes the drawing's place at the first history that it is given, and shows every later one. */
function chartIn(box) {
  const { shape, least, most, lines } = JSON.parse(box.dataset.plot);
  const { zone, locale, back, since: sinceTime } = box.dataset;
  const number = new Intl.NumberFormat(locale, shape);
  const moment = parts => new Intl.DateTimeFormat(locale, { timeZone: zone, ...parts });
  const strokeOf = at => strokes[at % strokes.length];
  const keys = lines.map(({ label }, at) => `${strokeOf(at).mark} ${label}`).join('   ');
  let key = keys;
  const told = document.createElement('span');
  const whole = document.createElement('button');
  Object.assign(whole, { type: 'button', className: 'btn quiet', textContent: back, onclick: () => zoom() });
  const sizeNow = () => ({ width: box.clientWidth, height: 156 });
  let chart;

  function show({ from, width, since, lines: values }) {
    const length = Math.max(...Object.values(values).map(({ mean }) => mean.length));
    const data = [Array.from({ length }, (_, at) => (from + at * width) / 1000)];
    for (const { figure } of lines)
      for (const name of ['low', 'high', 'mean']) data.push(values[figure]?.[name] ?? Array(length).fill(null));
    const began = since && sinceTime.replace('{time}', moment(partsFor(Date.now() - since)).format(since));
    key = [lines.length > 1 ? keys : rangeOf(data[1], data[2]), began].filter(Boolean).join(' · ');
    whole.hidden = part === undefined;
    told.textContent = key;
    if (chart) chart.setData(data);
    else draw(data);
  }

  function draw(data) {
    const label = box.querySelector('svg').getAttribute('aria-label');
    const below = document.createElement('p');
    below.append(told, whole);
    box.replaceChildren(below);
    chart = new uPlot({ ...options(), ...sizeNow() }, data, ({ root }, start) => {
      root.role = 'img';
      root.ariaLabel = label;
      box.prepend(root);
      start();
    });
    new ResizeObserver(() => chart.setSize(sizeNow())).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
  }

  /** From the lowest to the highest of all. */
  function rangeOf(lows, highs) {
    const known = [...lows, ...highs].filter(value => value !== null);
    const ends = known.length > 0 ? [Math.min(...known), Math.max(...known)].map(number.format) : ['–'];
    return [...new Set(ends)].join(' – ');
  }

  function options() {
    const { fontFamily } = getComputedStyle(box);
    const colour = name => () => getComputedStyle(box).getPropertyValue(name);
    const grid = { stroke: colour('--line'), width: 1 };
    const axis = { stroke: colour('--muted'), grid, ticks: { show: false }, font: `12px ${fontFamily}` };
    const line = at => ({ stroke: colour('--accent'), dash: strokeOf(at).dash, width: 1.5, points: { size: 3 } });
    return {
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), zone),
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: false } },
      scales: { y: { range: (_, low, high) => [Math.min(least, low ?? least), Math.max(most, high ?? most)] } },
      axes: [
        { ...axis, size: 24, space: 64, values: times },
        { ...axis, size: 48, space: 36, values: (_, splits) => splits.map(number.format) },
      ],
      series: [{}, ...lines.flatMap((_, at) => [edge, edge, line(at)])],
      bands: lines.map((_, at) => ({ series: [3 * at + 2, 3 * at + 1], fill: colour('--accent-soft') })),
      hooks: { setCursor: [tell], setSelect: [choose] },
    };
  }

  function times({ scales: { x } }, splits) {
    const parts = partsFor((x.max - x.min) * 1000);
    return splits.map(split => moment(parts).format(split * 1000));
  }

  /** What tells one moment of so long a time from another. */
  function partsFor(ms) {
    const days = ms / 86_400_000;
    if (days > 60) return { month: 'short' };
    return days > 2 ? { day: 'numeric', month: 'short' } : { timeStyle: 'short' };
  }

  /** What is under the pointer, in words. */
  function tell({ cursor: { idx }, data }) {
    const words = lines.map(({ label }, at) => {
      const [low, high, mean] = [1, 2, 3].map(one => data[3 * at + one][idx]);
      const value = mean == null ? '–' : number.format(mean);
      const between = low === high ? '' : ` (${number.format(low)} – ${number.format(high)})`;
      return `${lines.length > 1 ? `${label} ` : ''}${value}${between}`;
    });
    const when = moment({ day: 'numeric', month: 'short', hour: 'numeric', minute: 'numeric' });
    told.textContent = idx == null ? key : [when.format(data[0][idx] * 1000), ...words].join(' · ');
  }

  function choose(u) {
    const { left, width } = u.select;
    if (width > 8) zoom(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
    u.setSelect({ width: 0, height: 0 }, false);
  }

  return show;
}

if (range) load();
setInterval(() => {
  if (document.hidden) return;
  document.querySelector('#poll').dispatchEvent(new Event('tick'));
  if (range && part === undefined) load();
}, everyMs);
