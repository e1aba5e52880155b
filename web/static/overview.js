// Charts of the overview, drawn by uPlot from /overview/history: a line through the means, a band from lowest to highest. A drawn part is shown finer.
const everyMs = 10_000;
const { lang } = document.documentElement;
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const formats = {
  plain: { maximumFractionDigits: 2 },
  percent: { style: 'percent' },
  celsius: { style: 'unit', unit: 'celsius', maximumFractionDigits: 0 },
};
const plots = [...document.querySelectorAll('.plot')].map(plotOf);
const asked = plots[0] && `range=${plots[0].box.dataset.range}`;
let part;

async function load() {
  if (!asked) return;
  const answer = await fetch(`/overview/history?${part ?? asked}`, { headers: { 'X-Background': 'true' } }).catch(
    () => {},
  );
  if (!answer?.ok || answer.redirected) return;
  const history = await answer.json();
  for (const plot of plots) plot.show(history);
}

function plotOf(box) {
  const { kind, least, most, lines } = JSON.parse(box.dataset.plot);
  const zone = box.dataset.zone;
  const write = new Intl.NumberFormat(lang, formats[kind]);
  const told = document.createElement('p');
  const back = Object.assign(document.createElement('button'), {
    type: 'button',
    className: 'btn quiet',
    hidden: true,
  });
  back.textContent = box.dataset.back;
  back.addEventListener('click', () => zoom(undefined));
  let chart;

  function show(history) {
    const data = dataOf(history);
    for (const other of [back]) other.hidden = part === undefined;
    if (chart) return chart.setData(data);
    box.replaceChildren();
    chart = new uPlot(optionsOf(history), data, box);
    told.className = 'told';
    box.append(told, back);
    new ResizeObserver(() => chart.setSize(sizeOf())).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
  }

  const sizeOf = () => ({ width: box.clientWidth, height: 160 });
  const colour = name => () => getComputedStyle(box)[name];
  const dataOf = ({ from, width, lines: values }) => {
    const length = values[lines[0].figure]?.mean.length ?? 0;
    const none = Array(length).fill(null);
    const times = Array.from({ length }, (_, at) => (from + at * width) / 1000);
    return [
      times,
      ...lines.flatMap(({ figure }) => ['mean', 'low', 'high'].map(name => values[figure]?.[name] ?? none)),
    ];
  };
  const when = new Intl.DateTimeFormat(lang, { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
  const tick = (splits, ...options) => splits.map(split => options.at(-1).format(split * 1000));

  function optionsOf() {
    const axis = {
      stroke: colour('caretColor'),
      grid: { stroke: colour('outlineColor'), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(box).fontFamily}`,
    };
    return {
      ...sizeOf(),
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: false } },
      scales: { y: { range: (_, low, high) => [Math.min(least, low ?? least), Math.max(most, high ?? most)] } },
      axes: [
        { ...axis, size: 24, space: 64, values: (u, splits) => tick(splits, timesOf(u)) },
        {
          ...axis,
          size: 48,
          space: 36,
          values: (_, splits) =>
            tick(
              splits.map(split => split / 1000),
              write,
            ),
        },
      ],
      series: [
        {},
        ...lines.flatMap(({ label }, at) => {
          const line = { stroke: colour('color'), dash: dashes[at % dashes.length], label };
          return [
            { ...line, width: 1.5, points: { size: 3 } },
            ...[0, 1].map(() => ({ width: 0, points: { show: false } })),
          ];
        }),
      ],
      bands: lines.map((_, at) => ({ series: [3 * at + 3, 3 * at + 2], fill: colour('backgroundColor') })),
      hooks: {
        setCursor: [u => tell(u)],
        setSelect: [
          u =>
            u.select.width > 8 &&
            zoom([u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')]),
        ],
      },
    };
  }

  const timesOf = u => {
    const days = (u.scales.x.max - u.scales.x.min) / 86_400;
    const shape =
      days > 60 ? { month: 'short' } : days > 2 ? { day: 'numeric', month: 'short' } : { timeStyle: 'short' };
    return new Intl.DateTimeFormat(lang, { timeZone: zone, ...shape });
  };

  /** The values under the pointer, in words. */
  function tell({ cursor: { idx }, data }) {
    if (idx == null) {
      told.textContent = '';
      return;
    }
    const values = lines.map(({ label }, at) => {
      const [mean, low, high] = [1, 2, 3].map(one => data[3 * at + one][idx]);
      if (mean == null) return `${label} –`;
      return `${lines.length > 1 ? `${label} ` : ''}${write.format(mean)}${low === high ? '' : ` (${write.format(low)} – ${write.format(high)})`}`;
    });
    told.textContent = `${when.format(data[0][idx] * 1000)} · ${values.join(' · ')}`;
  }
  return { box, show };
}

function zoom(seconds) {
  part = seconds && `from=${Math.round(seconds[0] * 1000)}&to=${Math.round(seconds[1] * 1000)}`;
  load();
}

load();
setInterval(() => {
  if (document.hidden) return;
  document.querySelector('#live').dispatchEvent(new Event('tick'));
  if (part === undefined) load();
}, everyMs);
