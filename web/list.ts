// A list whose sorting, filter and page stand in the URL: read once by the route, turned into links by the view.
export interface List {
  sort: string;
  direction: 'asc' | 'desc';
  page: number;
  size: number;
  /** Every known filter of the URL, trimmed; '' where it is absent. */
  filters: Record<string, string>;
  /** Where it is not sorted by default: what a form has to send along. */
  order: [name: string, value: string][];
  /** The same list with other settings, as a link. A changed sort or filter begins at page 1. */
  href(changes: Record<string, string | number>): string;
}

export interface ListShape {
  path: string;
  /** What the list can be sorted by; the first is the default. */
  sorts: readonly [string, ...string[]];
  direction?: 'asc' | 'desc';
  filters?: readonly string[];
  size?: number;
}

export function readList(query: Record<string, unknown>, shape: ListShape): List {
  const one = (name: string) => (typeof query[name] === 'string' ? query[name].trim().slice(0, 200) : '');
  const normal = shape.direction ?? 'asc';
  const sort = shape.sorts.find(name => name === one('sort')) ?? shape.sorts[0];
  const direction = one('dir') === 'asc' ? 'asc' : one('dir') === 'desc' ? 'desc' : normal;
  const page = /^[1-9][0-9]{0,6}$/.test(one('page')) ? Number(one('page')) : 1;
  const filters = Object.fromEntries((shape.filters ?? []).map(name => [name, one(name)]));
  const order: List['order'] =
    sort === shape.sorts[0] && direction === normal
      ? []
      : [
          ['sort', sort],
          ['dir', direction],
        ];
  const href = (changes: Record<string, string | number>) => {
    const said: Record<string, string | number> = { ...filters, sort, dir: direction, page: 1, ...changes };
    const asIs = { sort: shape.sorts[0], dir: normal, page: '1' } as Record<string, string>;
    const kept = Object.entries(said).filter(([name, value]) => value !== '' && String(value) !== asIs[name]);
    const text = new URLSearchParams(kept.map(([name, value]): [string, string] => [name, String(value)])).toString();
    return text === '' ? shape.path : `${shape.path}?${text}`;
  };
  return { sort, direction, page, size: shape.size ?? 50, filters, order, href };
}

/** Cuts one page out of rows that are all in memory, and says where it stands. `page` is drawn back into range. */
export function pageOf<T>(rows: readonly T[], list: List): { rows: T[]; page: number; pages: number; total: number } {
  const pages = Math.max(1, Math.ceil(rows.length / list.size));
  const page = Math.min(list.page, pages);
  return { rows: rows.slice((page - 1) * list.size, page * list.size), page, pages, total: rows.length };
}
