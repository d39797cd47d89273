// The filters of a product list as the URL has them; the API uses the same names.

export interface Filters {
  category?: string;
  min_price?: string;
  max_price?: string;
  in_stock?: string;
  sort?: string;
}

const NAMES = ["min_price", "max_price", "in_stock", "sort"] as const;

export const SORTS = [
  { value: "newest", label: "Newest" },
  { value: "price", label: "Price, low to high" },
  { value: "-price", label: "Price, high to low" },
  { value: "name", label: "Name" },
] as const;

/** Only what is set is in the object, so that it equals the key of the page's first data. */
export function filtersFrom(params: URLSearchParams, category?: string): Filters {
  const filters: Filters = category === undefined ? {} : { category };
  for (const name of NAMES) {
    const value = params.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

/** A copy of the query with one thing changed; an empty value leaves the address. */
export function withParam(params: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value === "") next.delete(name);
  else next.set(name, value);
  return next;
}

export function isFiltered({ min_price, max_price, in_stock }: Filters): boolean {
  return [min_price, max_price, in_stock].some((value) => value !== undefined);
}
